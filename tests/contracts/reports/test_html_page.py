"""The HTML report in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.contracts.reports import sample
from tests.e2e.browser import SCHEMES, Browser, Scheme, Visit, barriers, fits

from postfuze_contracts.model import needs


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """The page of the sample run; it must request nothing and cause no browser error."""
    sample.report(sample.events(), tmp_path)
    (tmp_path / "report.html").rename(tmp_path / "page.html")
    with browser.page({"width": 1200, "height": 900}) as page:
        visit = Visit(page, (tmp_path / "page.html").as_uri())
        visit.go("")
        yield page
        assert [url for url in visit.requests if not url.startswith("file:")] == []
        assert visit.complaints == []


def visible(page: Page) -> list[str]:
    ids: list[str] = page.evaluate(
        "[...document.querySelectorAll('details.statement')].filter(e => e.offsetParent !== null).map(e => e.id)"
    )
    return ids


def test_failures_come_first_and_are_open(page: Page) -> None:
    failing = sample.failing()
    assert set(visible(page)[: len(failing)]) == failing
    assert page.locator("details.statement[open]").count() == len(failing)


def test_chip_filters_by_its_outcome_and_a_second_one_adds_to_it(page: Page) -> None:
    page.click("button[value=flaky]")
    assert visible(page) == ["list.default-25"]
    page.click("button[value=waived]")
    assert visible(page) == ["list.default-25", "get.unknown"]
    assert page.inner_text("#count") == f"2 of {len(sample.finished().verdicts)} statements"


def test_text_filters_and_escape_clears_the_filter(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("cursor signature")
    assert visible(page) == ["list.cursor-signed"]
    page.keyboard.press("Escape")
    assert len(visible(page)) == len(sample.finished().verdicts)


def test_cell_opens_its_statement_even_if_that_is_filtered_out(page: Page) -> None:
    page.click("button[value=fail]")
    page.click(".cell[href='#get.by-id']")
    assert page.locator("details[id='get.by-id']").get_attribute("open") is not None
    assert page.evaluate("document.activeElement.closest('details').id") == "get.by-id"


def test_statement_opened_cold_stands_below_the_bar(page: Page) -> None:
    page.goto(f"{page.url}#connect.once")
    page.reload()
    summary = page.locator("details[id='connect.once'] > summary")
    expect(summary).to_be_in_viewport(ratio=1)
    bar = page.locator(".tools").bounding_box()
    place = summary.bounding_box()
    assert bar is not None
    assert place is not None
    assert place["y"] >= bar["y"] + bar["height"]


def test_search_finds_reasons_and_assumptions_too(page: Page) -> None:
    page.fill("#text", "exhausting a rate limit")
    expect(page.locator(".card:visible")).to_have_count(1)
    page.fill("#text", "metrics.window-bounds nowhere")
    expect(page.locator("main > section:visible h2")).to_have_text(["By subject", "Cost"])


def test_setting_is_copied_whole(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(".card", has_text="Exhausting").get_by_role("button").click()
    assert page.evaluate("navigator.clipboard.readText()") == needs.EXHAUST_LIMITS.setting


def test_keys_move_and_open(page: Page) -> None:
    first, second, *_ = visible(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.closest('details').id") == second
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    assert page.locator(f"details[id='{first}']").get_attribute("open") is None


@pytest.mark.parametrize("scheme", SCHEMES)
def test_page_fits_each_window_without_barriers(page: Page, scheme: Scheme) -> None:
    page.emulate_media(color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    for width in (360, 390, 768, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert fits(page)
        if width in (390, 1440):
            assert barriers(page) == []
