"""`postfuze-contracts list`."""

from __future__ import annotations

import argparse
import json

from postfuze_contracts.checks import REGISTRY
from postfuze_contracts.engine import catalogue
from postfuze_contracts.engine.catalogue import Entry
from postfuze_contracts.reports.positions import places


def run(arguments: argparse.Namespace) -> int:
    """Print each statement with the number of its checks, the access that they take, and what else they need."""
    entries = catalogue.entries(REGISTRY)
    if arguments.json:
        print(json.dumps({"statements": [_document(entry) for entry in entries]}, indent=2))
        return 0
    width = max(len(entry.statement.id) for entry in entries)
    print(f"{'STATEMENT':{width}}  CHECKS  ACCESS   NEEDS")
    for entry in entries:
        needed = ", ".join(need.id for need in entry.needs if not need.id.startswith("access.")) or "-"
        access = entry.access.name.lower()
        print(f"{entry.statement.id:{width}}  {len(entry.checks):6}  {access:7}  {needed}")
    return 0


def _document(entry: Entry) -> dict[str, object]:
    return {
        "id": entry.statement.id,
        "statement": entry.statement.statement,
        "basis": entry.statement.basis,
        "operations": list(entry.statement.operations),
        "line": places()[entry.statement.id].line,
        "access": entry.access.name.lower(),
        "checks": [check.name for check in entry.checks],
        "needs": [{"id": need.id, "how": need.how} for need in entry.needs],
    }
