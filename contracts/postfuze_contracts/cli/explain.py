"""`postfuze-contracts list` and `explain`: describe statements without a run."""

from __future__ import annotations

import argparse
import json
import textwrap
from collections.abc import Iterator

from postfuze_contracts.checks import REGISTRY
from postfuze_contracts.config import ConfigError
from postfuze_contracts.config.casts import did_you_mean
from postfuze_contracts.engine import catalogue
from postfuze_contracts.engine.catalogue import Entry
from postfuze_contracts.engine.registry import Check
from postfuze_contracts.reports.positions import positions
from postfuze_mock import spec

_WIDTH = 100  # columns
_BASIS = {
    "document": "the documentation's page on social accounts",
    "around": "the documentation's pages around the one on social accounts",
}


def list_statements(arguments: argparse.Namespace) -> int:
    """Print each statement with the number of its checks, their least access and their other needs."""
    entries = catalogue.entries(REGISTRY)
    if arguments.json:
        print(json.dumps({"statements": [_to_dict(entry) for entry in entries]}, indent=2))
        return 0
    width = max(len(entry.statement.id) for entry in entries)
    print(f"{'STATEMENT':{width}}  CHECKS  ACCESS   NEEDS")
    for entry in entries:
        needs = ", ".join(need.id for need in entry.needs if not need.id.startswith("access.")) or "-"
        access = entry.access.name.lower()
        print(f"{entry.statement.id:{width}}  {len(entry.checks):6}  {access:7}  {needs}")
    return 0


def explain(arguments: argparse.Namespace) -> int:
    """Print all that is known about a statement. Raises ConfigError if there is no such statement."""
    statements = {statement.id: statement for statement in spec.statements()}
    statement = statements.get(arguments.statement)
    if statement is None:
        near = did_you_mean(arguments.statement, statements)
        raise ConfigError(f"there is no statement {arguments.statement}{near}")
    checks = tuple(check for check in REGISTRY if statement.id in check.statements)
    print("\n".join(_explanation(Entry(statement, checks))))
    return 0


def _to_dict(entry: Entry) -> dict[str, object]:
    return {
        "id": entry.statement.id,
        "statement": entry.statement.statement,
        "basis": entry.statement.basis,
        "operations": list(entry.statement.operations),
        "line": positions()[entry.statement.id].line,
        "access": entry.access.name.lower(),
        "checks": [check.name for check in entry.checks],
        "needs": [{"id": need.id, "how": need.how} for need in entry.needs],
    }


def _explanation(entry: Entry) -> Iterator[str]:
    statement = entry.statement
    yield statement.id
    yield _wrapped(statement.statement, indent=2)
    yield ""
    yield f"Basis       {_BASIS[statement.basis]}"
    yield f"Operations  {', '.join(statement.operations) or 'all'}"
    yield f"Position    {positions()[statement.id]}"
    if not statement.observable:
        yield "\nHTTP alone cannot show it, so no run judges it."
        return
    yield "\nHow it is checked"
    for check in entry.checks:
        yield from _check(check)
    yield "\nWhat that needs"
    yield from (f"  {need.id}: {need.how}" for need in entry.needs)
    if not entry.needs:
        yield "  a URL and a key"


def _check(check: Check) -> Iterator[str]:
    yield f"  {check.name} (access {check.access.name.lower()})"
    yield _wrapped(check.run.__doc__ or check.text, indent=4)
    if check.writes:
        yield f"    It writes: {check.writes}"


def _wrapped(text: str, *, indent: int) -> str:
    margin = " " * indent
    return textwrap.fill(" ".join(text.split()), _WIDTH, initial_indent=margin, subsequent_indent=margin)
