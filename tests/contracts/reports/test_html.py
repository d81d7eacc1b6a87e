"""The HTML report as text: self-contained, with foreign text escaped."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.contracts.reports import sample

VOID = {"meta", "input"}


class Page(HTMLParser):
    """Collects elements, and checks that each is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.mark.parametrize("name", ["reports", "open_reports", "fault_reports"])
def test_page_is_well_formed_and_loads_nothing(name: str, request: pytest.FixtureRequest) -> None:
    page = Page(request.getfixturevalue(name)["html"])
    assert len(page.all("script")) == 1
    assert page.all("link") + page.all("img") + page.all("iframe") == []
    for tag, attributes in page.elements:
        assert not {"src", "style", "onclick", "onerror", "onload"} & set(attributes), tag
        assert str(attributes.get("href", "#")).startswith("#")


def test_policy_allows_only_the_script_and_style_of_the_page(reports: dict[str, str]) -> None:
    html = reports["html"]
    policy = next(str(each["content"]) for each in Page(html).all("meta") if "http-equiv" in each)
    for tag in ("script", "style"):
        inline = re.search(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        assert inline is not None
        digest = base64.b64encode(hashlib.sha256(inline[1].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")


def test_each_statement_has_a_cell_and_an_entry(reports: dict[str, str]) -> None:
    page = Page(reports["html"])
    entries = {str(each["id"]) for each in page.all("details") if each.get("class") == "statement"}
    cells = {str(each["href"])[1:] for each in page.all("a")}
    assert entries == cells == {each.statement for each in sample.finished().verdicts}


def test_flaky_failure_shows_both_responses(reports: dict[str, str]) -> None:
    entry = reports["html"].partition('id="list.default-25"')[2].partition('class="statement"')[0]
    assert entry.count('class="exchange"') == 2
    assert entry.index("When the check ran again, this held:") < entry.index("‹held 1›")


def test_page_says_what_blocked_and_how_to_provide_it(reports: dict[str, str]) -> None:
    section = reports["html"].partition("What blocked, and how to provide it")[2].partition("</table>")[0]
    row = ["allow.exhaust_limits", "exhausting a rate limit is not allowed", "4", "set [allow] exhaust_limits"]
    assert "".join(f"<td>{cell}</td>" for cell in row) in section


def test_page_of_a_run_without_blocked_statements_has_no_such_section(tmp_path: Path) -> None:
    passes = tuple(each for each in sample.finished().verdicts if each.outcome == "pass")
    run = [*sample.events()[:-1], replace(sample.finished(), verdicts=passes)]
    assert "What blocked" not in sample.report(run, tmp_path)["html"]


def test_assumptions_show_whether_the_mock_differs(reports: dict[str, str]) -> None:
    assert "<td>422</td><td>differs: 400</td>" in reports["html"]
    assert "<td>shared</td><td>the same</td>" in reports["html"]


def test_foreign_text_is_escaped(reports: dict[str, str]) -> None:
    assert "<img" not in reports["html"]
    assert "alert(1)</script>" not in reports["html"]
    assert "\x1b" not in reports["html"]
    assert "&lt;/script&gt;&lt;img src=x&gt;" in reports["html"]
