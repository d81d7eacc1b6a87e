"""The reports say whether each account connected by the run still exists, and why."""

from __future__ import annotations

import json

import pytest


@pytest.mark.parametrize("format", ["terminal", "markdown", "html", "json"])
def test_remaining_accounts_are_reported(format: str, reports: dict[str, str]) -> None:
    text = " ".join(reports[format].split())
    assert "disconnecting it answered 500" in text
    assert ('"stands": true' if format == "json" else "still exists") in text


def test_json_report_contains_the_ledger(reports: dict[str, str]) -> None:
    (change,) = json.loads(reports["json"])["ledger"]
    assert (change["what"], change["stands"], change["why"]) == ("connected", True, "disconnecting it answered 500")
