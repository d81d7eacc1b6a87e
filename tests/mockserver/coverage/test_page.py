"""The page of the coverage in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page
from tests.e2e.browser import SCHEMES, Browser, Scheme, Visit, barriers, fits
from tests.mockserver.coverage.met import Met

from postfuze_mock.cli import coverage

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser, met: Met, tmp_path: Path) -> Iterator[Page]:
    """The page after a list and a status by a fault; it must request nothing and cause no browser error."""
    met.demo.page(limit=5)
    met.prefer(503)
    (tmp_path / "page.html").write_text(coverage.html(met.report()), encoding="utf-8")
    with browser.page({"width": 1200, "height": 900}) as page:
        visit = Visit(page, (tmp_path / "page.html").as_uri())
        visit.go("")
        yield page
        assert [url for url in visit.requests if not url.startswith("file:")] == []
        assert visit.complaints == []


def visible(page: Page) -> list[str]:
    ids: list[str] = page.evaluate(
        "[...document.querySelectorAll('li[data-state]')].filter(e => e.offsetParent !== null).map(e => e.id)"
    )
    return ids


def test_chip_filters_by_its_state_and_a_second_one_adds_to_it(page: Page) -> None:
    page.click("button[value=fault]")
    assert visible(page) == ["listSocialAccounts.503"]
    page.click("button[value=met]")
    assert {"listSocialAccounts.503", "list.limit"} <= set(visible(page))
    assert "list.last-page" not in visible(page)


def test_text_filters_and_escape_shows_all(page: Page) -> None:
    everything = visible(page)
    page.keyboard.press("/")
    page.keyboard.type("double click")
    assert visible(page) == ["finalize.used"]
    page.keyboard.press("Escape")
    assert visible(page) == everything


def test_statement_leads_to_what_exercises_it(page: Page) -> None:
    page.click("text=Statements that were not exercised")
    page.click("button[value=met]")
    page.click("td a[href='#connect.pending']")
    assert "connect.pending" in visible(page)


def test_page_fits_the_window(page: Page) -> None:
    for width in (360, 768, 1600):
        page.set_viewport_size({"width": width, "height": 900})
        assert fits(page)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_page_is_accessible(page: Page, scheme: Scheme) -> None:
    """With enough contrast, among the rest."""
    page.emulate_media(color_scheme=scheme)

    assert barriers(page) == []
