"""`postfuze-contracts list` and `explain`: describe statements and assumptions without a run."""

from __future__ import annotations

import argparse
import json
import textwrap
from collections.abc import Iterator, Sequence

from postfuze_contracts.checks import REGISTRY
from postfuze_contracts.config import ConfigError
from postfuze_contracts.config.casts import did_you_mean
from postfuze_contracts.engine import catalogue
from postfuze_contracts.engine.catalogue import Entry
from postfuze_contracts.engine.registry import Check
from postfuze_contracts.model.needs import Need
from postfuze_contracts.reports.positions import positions
from postfuze_mock import spec
from postfuze_mock.spec import Assumption

_WIDTH = 100  # columns
_BASIS = {
    "document": "the documentation's page on social accounts",
    "around": "the documentation's pages around the one on social accounts",
}


def list_statements(arguments: argparse.Namespace) -> int:
    """Print each statement and assumption with the number of its checks, their least access and their other needs."""
    entries = catalogue.entries(REGISTRY)
    assumptions = [(each, _observers(each.id)) for each in spec.assumptions()]
    if arguments.json:
        document = {
            "statements": [_to_dict(entry) for entry in entries],
            "assumptions": [_assumption_to_dict(*pair) for pair in assumptions],
        }
        print(json.dumps(document, indent=2))
        return 0
    _print_table("STATEMENT", [(entry.statement.id, entry.checks) for entry in entries])
    print()
    _print_table("ASSUMPTION", [(assumption.id, checks) for assumption, checks in assumptions])
    return 0


def explain(arguments: argparse.Namespace) -> int:
    """Print all that is known about a statement or an assumption. Raises ConfigError for an unknown id."""
    id = arguments.statement
    statements = {statement.id: statement for statement in spec.statements()}
    assumptions = {assumption.id: assumption for assumption in spec.assumptions()}
    if id in statements:
        checks = tuple(check for check in REGISTRY if id in check.statements)
        print("\n".join(_explanation(Entry(statements[id], checks))))
    elif id in assumptions:
        print("\n".join(_assumption(assumptions[id], _observers(id))))
    else:
        near = did_you_mean(id, (*statements, *assumptions))
        raise ConfigError(f"there is no statement {id}, and no assumption{near}")
    return 0


def _observers(assumption: str) -> tuple[Check, ...]:
    """The checks that observe an assumption."""
    return tuple(check for check in REGISTRY if assumption in check.assumes)


def _print_table(title: str, rows: Sequence[tuple[str, tuple[Check, ...]]]) -> None:
    width = max(len(id) for id, _ in rows)
    print(f"{title:{width}}  CHECKS  ACCESS   NEEDS")
    for id, checks in rows:
        needs = ", ".join(need.id for need in _needs(checks) if not need.id.startswith("access.")) or "-"
        access = _access(checks) if checks else "-"
        print(f"{id:{width}}  {len(checks):6}  {access:7}  {needs}")


def _needs(checks: tuple[Check, ...]) -> tuple[Need, ...]:
    return tuple(dict.fromkeys(need for check in checks for need in catalogue.needs_of(check)))


def _access(checks: tuple[Check, ...]) -> str:
    """The least access that one of the checks needs."""
    return min(check.access for check in checks).name.lower()


def _assumption_to_dict(assumption: Assumption, checks: tuple[Check, ...]) -> dict[str, object]:
    return {
        "id": assumption.id,
        "question": assumption.question,
        "choices": [
            {"id": choice, "description": assumption.descriptions[choice], "played": choice not in assumption.unplayed}
            for choice in assumption.choices
        ],
        "line": positions()[assumption.id].line,
        "access": _access(checks) if checks else None,
        "checks": [check.name for check in checks],
        "needs": [{"id": need.id, "how": need.how} for need in _needs(checks)],
    }


def _assumption(assumption: Assumption, checks: tuple[Check, ...]) -> Iterator[str]:
    yield assumption.id
    yield _wrapped(assumption.question, indent=2)
    yield ""
    yield "Basis       none: the documentation leaves it open, so nothing is judged unless a choice is pinned"
    yield f"Position    {positions()[assumption.id]}"
    yield "\nHow it may be decided"
    for choice in assumption.choices:
        mark = " (as the mock)" if choice == assumption.choice else ""
        mark += " (the mock cannot play it)" if choice in assumption.unplayed else ""
        yield f"  {choice}{mark}"
        yield _wrapped(assumption.descriptions[choice], indent=4)
    if not checks:
        yield "\nNo run observes it."
        return
    yield "\nHow it is observed"
    for check in checks:
        yield from _check(check)
    yield from _what_that_needs(_needs(checks))
    yield "\nTo pin it, `run --pin FILE` writes what it observed; `run --assume-file FILE` judges that from then on."


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
    yield from _what_that_needs(entry.needs)


def _what_that_needs(needs: Sequence[Need]) -> Iterator[str]:
    yield "\nWhat that needs"
    yield from (f"  {need.id}: {need.how}" for need in needs)
    if not needs:
        yield "  a URL and a key"


def _check(check: Check) -> Iterator[str]:
    yield f"  {check.name} (access {check.access.name.lower()})"
    yield _wrapped(check.run.__doc__ or check.text, indent=4)
    if check.writes:
        yield f"    It writes: {check.writes}"


def _wrapped(text: str, *, indent: int) -> str:
    margin = " " * indent
    return textwrap.fill(" ".join(text.split()), _WIDTH, initial_indent=margin, subsequent_indent=margin)
