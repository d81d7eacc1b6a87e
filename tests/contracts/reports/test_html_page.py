"""The HTML report in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page
from tests.contracts.reports import sample
from tests.e2e.browser import SCHEMES, Browser, Visit


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
    assert page.inner_text("#count") == f"2 of {len(sample.finished().verdicts)}"


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


def test_keys_move_and_open(page: Page) -> None:
    first, second, *_ = visible(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.closest('details').id") == second
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    assert page.locator(f"details[id='{first}']").get_attribute("open") is None


def test_page_fits_the_window(page: Page) -> None:
    for width in (360, 768, 1600):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_colours_have_enough_contrast(page: Page) -> None:
    """At least 4.5 to 1 (WCAG 2.2, 1.4.3), for each outcome and for the page's text."""
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        ratios = page.evaluate(CONTRAST, [".mark", ".chips button", ".cell", ".word"])
        assert min(ratios) >= 4.5, scheme


CONTRAST = """(selectors) => {
  const light = (colour) => {
    const parts = colour.match(/[0-9.]+/g).slice(0, 3).map((part) => {
      const c = part / 255;
      return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  return selectors.flatMap((selector) => [...document.querySelectorAll(selector)].map((element) => {
    const style = getComputedStyle(element);
    const [a, b] = [light(style.color), light(style.backgroundColor)];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  }));
}"""
