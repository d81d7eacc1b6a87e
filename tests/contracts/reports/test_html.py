"""The HTML report as text: self-contained, with foreign text escaped."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path

import pytest
from tests.contracts.reports import sample
from tests.support.processes import ROOT

from postfuze_contracts.model import needs

VOID = {"meta", "input", "wbr"}
STYLE = resources.files("postfuze_contracts.reports.html") / "page.css"


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


def test_only_what_needs_the_script_waits_for_it(reports: dict[str, str]) -> None:
    hidden = [attributes["class"] for _, attributes in Page(reports["html"]).elements if "hidden" in attributes]
    assert hidden == ["tools", "keys"]
    assert "<button" not in reports["html"].partition('class="tools"')[0] + reports["html"].partition("</output>")[2]


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
    entries = {str(each["id"]) for each in page.all("details") if each.get("class") == "statement item"}
    cells = {str(each["href"])[1:] for each in page.all("a") if str(each.get("class")).startswith("cell ")}
    assert entries == cells == {each.statement for each in sample.finished().verdicts}


def test_flaky_failure_shows_both_responses(reports: dict[str, str]) -> None:
    entry = reports["html"].partition('id="list.default-25"')[2].partition('class="statement item"')[0]
    assert entry.count('class="exchange"') == 2
    assert entry.index("When the check ran again, this held:") < entry.index("‹held 1›")


def test_page_has_a_card_for_each_reason_with_what_to_set(reports: dict[str, str]) -> None:
    cards = reports["html"].partition('id="not-judged"')[2].partition("</section>")[0].split("<article ")[1:]
    assert [words(card.partition("<details>")[2].partition("</summary>")[0]) for card in cards] == [
        "10 statements wait for it; 10 of them for something else, too",
        "10 statements wait for it; 10 of them for something else, too",
        "4 statements wait for it",
    ]
    assert "Exhausting a rate limit is not allowed" in cards[2]
    assert words(cards[2].partition("<pre>")[2].partition("</pre>")[0]) == needs.EXHAUST_LIMITS.setting
    assert '<a class="id" href="#limits.organization">limits.organization</a>' in cards[2]


def test_page_of_a_run_without_blocked_statements_has_no_such_section(tmp_path: Path) -> None:
    passes = tuple(each for each in sample.finished().verdicts if each.outcome == "pass")
    run = [*sample.events()[:-1], replace(sample.finished(), verdicts=passes)]
    assert "Not judged" not in sample.report(run, tmp_path)["html"]


def test_what_the_mock_decides_otherwise_comes_first_with_a_sentence(reports: dict[str, str]) -> None:
    rows = reports["html"].partition('id="open-1"')[2].partition("</table>")[0].split("<tr ")[1:]
    differs, _, same = (words(row.partition(">")[2]) for row in rows)
    assert "Here: " not in differs  # the stylesheet adds it on a narrow screen
    assert differs.startswith("errors.validation-status Which status does an invalid parameter or body get?")
    assert differs.endswith("422 422, with errors . differs: 400 400, with errors .")
    assert same.startswith("keys.modes ")
    assert same.endswith(" the same shared")


def test_failure_shows_the_words_of_the_documentation_and_indented_json(reports: dict[str, str]) -> None:
    entry = reports["html"].partition('id="connect.exactly-selected"')[2].partition('class="statement item"')[0]
    assert "<figcaption>The documentation says</figcaption>" in entry
    assert "<blockquote><p>Connects the pages the user selected.</p></blockquote>" in entry
    assert "{\n  &quot;selectedPageIds&quot;: [\n    &quot;‹page id 1›&quot;\n  ]\n}" in entry


def test_bar_is_as_wide_as_the_outcomes(reports: dict[str, str]) -> None:
    html = reports["html"]
    failed, passed = len(sample.failing()), sum(each.outcome == "pass" for each in sample.finished().verdicts)
    assert f".bar .fail {{ flex-grow: {failed}; }}" in html
    assert f".bar .pass {{ flex-grow: {passed}; }}" in html
    legend = words(html.partition('class="legend"')[2].partition(">")[2].partition("</ul>")[0])
    assert legend.startswith(f"✓ {passed} passed ✗ {failed} failed ~ 1 flaky w 1 waived – 14 not judged")


def test_colours_are_those_of_all_pages() -> None:
    theme, report = (
        set(re.findall(r"--[\w-]+: [^;]+;", path.read_text("utf-8")))
        for path in (ROOT / "mockserver/postfuze_mock/http/pages/shared/theme.css", Path(str(STYLE)))
    )
    assert report == theme


def words(html: str) -> str:
    """The text of a part of the page, with one space between its elements."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html.replace("<wbr>", ""))).split())


def test_foreign_text_is_escaped(reports: dict[str, str]) -> None:
    assert "<img" not in reports["html"]
    assert "alert(1)</script>" not in reports["html"]
    assert "\x1b" not in reports["html"]
    assert "&lt;/script&gt;&lt;img src=x&gt;" in reports["html"]
