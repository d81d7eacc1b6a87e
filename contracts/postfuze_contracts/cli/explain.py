"""`postfuze-contracts explain STATEMENT`."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Iterator

from postfuze_contracts.checks import REGISTRY
from postfuze_contracts.config import ConfigError
from postfuze_contracts.config.problems import hint
from postfuze_contracts.engine.catalogue import Entry
from postfuze_contracts.engine.check import Check
from postfuze_contracts.reports.positions import places
from postfuze_mock import spec

_BASIS = {
    "document": "the documentation's page on social accounts",
    "around": "the documentation's pages around the one on social accounts",
}


def run(arguments: argparse.Namespace) -> int:
    """Print all that is known of a statement. Raises ConfigError for an unknown one."""
    known = {statement.id: statement for statement in spec.statements()}
    if (statement := known.get(arguments.statement)) is None:
        raise ConfigError(f"there is no statement {arguments.statement}{hint(arguments.statement, known)}")
    checks = tuple(check for check in REGISTRY if statement.id in check.statements)
    print("\n".join(_lines(Entry(statement, checks))))
    return 0


def _lines(entry: Entry) -> Iterator[str]:
    statement = entry.statement
    yield statement.id
    yield textwrap.fill(" ".join(statement.statement.split()), 100, initial_indent="  ", subsequent_indent="  ")
    yield ""
    yield f"Basis       {_BASIS[statement.basis]}"
    yield f"Operations  {', '.join(statement.operations) or 'all'}"
    yield f"Place       {places()[statement.id]}"
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
    text = " ".join((check.run.__doc__ or check.text).split())
    yield f"  {check.name} (access {check.access.name.lower()})"
    yield textwrap.fill(text, 100, initial_indent="    ", subsequent_indent="    ")
    if check.writes:
        yield f"    It writes: {check.writes}"
