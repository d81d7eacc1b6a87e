"""The coverage as text, as a page and as JSON."""

from __future__ import annotations

import json
import re
import subprocess
from html.parser import HTMLParser
from typing import Any

import pytest
from tests.mockserver.coverage.met import Met

from postfuze_mock.cli import coverage
from postfuze_mock.cli.coverage.text import MAX_SHOWN

Json = dict[str, Any]


@pytest.fixture
def document(met: Met) -> Json:
    """The coverage of a list and a status by a fault."""
    met.demo.page(limit=5)
    met.prefer(503)
    return met.report()


def missing(document: Json, group: str) -> list[Json]:
    return [item for each in document["groups"] if each["id"] == group for item in each["items"] if not item["met"]]


def test_text_begins_with_what_is_most_useful_of_a_called_operation(document: Json) -> None:
    items = missing(document, "listSocialAccounts")
    lines = coverage.text(document).splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("listSocialAccounts, GET /social-accounts: "))

    assert "in 2 calls (200: 1, 503: 1)" in lines[start]
    assert lines[start + 1 : start + 3] == [f"  - {items[0]['title']}", f"      {items[0]['try']}"]
    assert lines[start + 1 + 2 * MAX_SHOWN].startswith(f"  and {len(items) - MAX_SHOWN} more: {items[MAX_SHOWN]['id']}")


def test_text_lists_each_item_of_a_called_operation(document: Json) -> None:
    text = coverage.text(document)

    for item in missing(document, "listSocialAccounts"):
        assert item["title"] in text or item["id"] in text


def test_text_says_of_an_operation_that_was_never_called_only_that(document: Json) -> None:
    text = coverage.text(document)
    part = text.partition("Never called")[2]

    assert "deleteSocialAccount, DELETE /social-accounts/{id}: 9" in part
    assert "delete.again" not in text


def test_text_ends_with_the_totals(document: Json) -> None:
    *_, sentence, last = coverage.text(document).splitlines()

    assert f"met {document['met']} of {document['total']} things" in sentence
    assert "1 of them only by failures on demand" in sentence
    assert last == f"Coverage: {document['percent']:g} %"


def test_text_is_coloured_only_on_request(document: Json) -> None:
    plain, coloured = coverage.text(document), coverage.text(document, color=True)

    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[\d*m", "", coloured) == plain != coloured


def test_everything_met_leaves_nothing_to_try(document: Json) -> None:
    for group in document["groups"]:
        group["met"] = group["total"]
        for item in group["items"]:
            item["met"] = True
    text = coverage.text({**document, "met": document["total"], "percent": 100.0})

    assert "curl" not in text
    assert text.endswith("Coverage: 100 %\n")


def test_json_is_the_document(document: Json) -> None:
    assert json.loads(coverage.json(document)) == document


def test_shortfall_is_a_sentence_only_below_the_minimum(document: Json) -> None:
    percent = document["percent"]

    assert coverage.shortfall(document, percent) is None
    assert coverage.shortfall(document, percent + 0.1) == (
        f"The tests met {percent:g} % of what the mock can show them ({document['met']} of {document['total']}), "
        f"less than the {percent + 0.1:g} % that are required."
    )


class _Page(HTMLParser):
    """The items of a page with their states, and every URL in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.states: dict[str, str] = {}
        self.links: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        fields = dict(attrs)
        if tag == "li":
            self.states[fields["id"] or ""] = fields["data-state"] or ""
        self.links += [value or "" for name, value in attrs if name in ("src", "href")]


def test_page_has_every_item_with_its_state(document: Json) -> None:
    page = _Page(coverage.html(document))
    states = {
        item["id"]: "never" if not item["met"] else "fault" if item["by_fault"] else "met"
        for group in document["groups"]
        for item in group["items"]
    }

    assert page.states == states
    assert (page.states["list.limit"], page.states["listSocialAccounts.503"]) == ("met", "fault")


def test_page_needs_nothing_from_elsewhere(document: Json) -> None:
    assert [link for link in _Page(coverage.html(document)).links if not link.startswith("#")] == []


def test_page_escapes_what_it_shows(document: Json) -> None:
    document["groups"][0]["items"][0]["title"] = "<script>alert(1)</script>"

    assert "<script>alert(1)" not in coverage.html(document)


def test_command_in_the_text_can_be_copied(document: Json) -> None:
    commands = [line.strip() for line in coverage.text(document).splitlines() if line.startswith("      ")]

    for command in commands:
        assert subprocess.run(["sh", "-n", "-c", command], check=False, capture_output=True).returncode == 0
