"""The file that tells the reference page how the harness checks each statement and observes each assumption.

`scripts/reference-checks` writes it; a test compares it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from tests.support.processes import ROOT

from postfuze_contracts.checks import REGISTRY
from postfuze_contracts.engine.registry import Check
from postfuze_mock import spec

FILE: Final[Path] = ROOT / "mockserver/postfuze_mock/http/pages/reference/checks.json"


def written() -> str:
    """The text of the file: all checks in the order in which a run makes them, one a line."""
    return "[\n" + ",\n".join(json.dumps(_entry(check), ensure_ascii=False) for check in REGISTRY) + "\n]\n"


def _entry(check: Check) -> dict[str, object]:
    """What `postfuze-contracts explain` says of a check: what it does, the least access that it needs, and the
    statements and assumptions (`of`) that it judges or observes."""
    ids = [*(each.id for each in spec.statements()), *(each.id for each in spec.assumptions())]
    of = [id for id in ids if id in check.statements | check.assumes]
    does = " ".join((check.run.__doc__ or check.text).split())
    return {"check": check.name, "level": check.access.name.lower(), "of": of, "does": does}


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
