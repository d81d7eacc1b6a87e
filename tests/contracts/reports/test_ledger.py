"""The reports say of each account that the run connected whether it still exists, and why."""

from __future__ import annotations

import json

import pytest


@pytest.mark.parametrize("format", ["terminal", "markdown", "html", "json"])
def test_what_still_stands_is_told(format: str, reports: dict[str, str]) -> None:
    text = " ".join(reports[format].split())
    assert "disconnecting it answered 500" in text
    assert ('"stands": true' if format == "json" else "still exists") in text


def test_the_ledger_of_the_json_report(reports: dict[str, str]) -> None:
    (change,) = json.loads(reports["json"])["ledger"]
    assert (change["what"], change["stands"], change["why"]) == ("connected", True, "disconnecting it answered 500")
