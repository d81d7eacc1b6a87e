"""The coverage for people and programs: text, a page, JSON. `document` is what `GET /_mock/coverage` returns."""

from __future__ import annotations

import json as json_format
from typing import Any

from postfuze_mock.cli.coverage.page import html
from postfuze_mock.cli.coverage.text import text

__all__ = ["html", "json", "shortfall", "text"]


def json(document: dict[str, Any]) -> str:
    """The document itself, for a file."""
    return json_format.dumps(document, indent=2, ensure_ascii=False) + "\n"


def shortfall(document: dict[str, Any], percent: float) -> str | None:
    """A sentence if less than `percent` was met, otherwise None."""
    if document["percent"] >= percent:
        return None
    return (
        f"The tests met {document['percent']:g} % of what the mock can show them ({document['met']} of "
        f"{document['total']}), less than the {percent:g} % that are required."
    )
