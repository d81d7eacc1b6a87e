"""The reference in light and dark, on a desktop and a phone, checked by axe-core, without a network, and without
scripts."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from playwright.sync_api import ViewportSize, expect
from tests.e2e.browser import PHONE, SCHEMES, Browser, barriers, fits
from tests.e2e.reference.reference import API, PAGES, Reference, open_reference
from tests.support.processes import MockProcess

WIDE: Final[ViewportSize] = {"width": 1440, "height": 900}


def unfold(reference: Reference) -> None:
    """Open what folds, to the last fold."""
    closed = "details:not([open])"
    while reference.page.locator(closed).count():
        reference.page.locator(closed).evaluate_all("all => all.forEach(each => { each.open = true; })")
        expect(reference.page.locator("details[open]").last).to_be_attached()


def test_each_page_fits_and_is_accessible(reference: Reference) -> None:
    for path in PAGES:
        reference.open(path)
        # Not all four, because axe-core takes seconds for a page of this length.
        for size, scheme in zip((WIDE, PHONE), SCHEMES, strict=True):
            reference.page.set_viewport_size(size)
            reference.page.emulate_media(color_scheme=scheme)
            assert barriers(reference.page) == [], (path, size, scheme)
            assert fits(reference.page), (path, size, scheme)


def test_unfolded_page_fits_a_phone_and_is_accessible(browser: Browser, mock: MockProcess) -> None:
    with open_reference(browser, mock.url, PHONE, "dark") as reference:
        reference.open(f"{API}#schemas")
        reference.page.get_by_role("button", name="Contents").click()
        contents = reference.page.get_by_role("navigation", name="Contents")
        expect(contents.get_by_role("link", name="Introduction")).to_be_in_viewport()
        contents.get_by_role("link", name="Retrieve an account").click()
        expect(contents).to_be_hidden()
        reference.shows("operation/getSocialAccount")
        reference.search.fill("limit")
        assert barriers(reference.page, "header") == []
        reference.search.press("Escape")
        unfold(reference)
        assert fits(reference.page)
        assert barriers(reference.page, "[id='operation/getSocialAccountMetrics']") == []


def test_nothing_leaves_the_machine(reference: Reference) -> None:
    for path in PAGES:
        reference.open(path)
    assert {urlsplit(url).hostname for url in reference.requests if url != "about:blank"} == {"127.0.0.1"}


def test_page_without_scripts_names_the_specification(browser: Browser, mock: MockProcess) -> None:
    with browser.page(scripts=False) as page:
        page.goto(f"{mock.url}/docs")
        link = page.get_by_role("link", name="openapi.yaml", exact=True)
        expect(link).to_have_attribute("href", "/openapi.yaml")
        expect(link).to_be_visible()
