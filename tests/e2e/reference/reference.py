"""The reference in a browser, as a reader uses it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, ViewportSize, expect
from tests.e2e.browser import DESKTOP, Browser, Scheme, Visit

API, CONTROL, WEBHOOKS = "/docs", "/docs/control", "/docs/webhooks"
PAGES = (API, CONTROL, WEBHOOKS)


class Reference(Visit):
    """A page of the reference. Where a fragment leads, the focus is."""

    def open(self, path: str = API) -> None:
        """Go there, and wait until the page is complete."""
        self.page.goto("about:blank")  # a change of the fragment alone would not load the page
        self.go(path)
        self.complete()

    def complete(self) -> None:
        """Wait until the page is complete."""
        expect(self.page.get_by_role("main")).not_to_have_attribute("aria-busy", "true")

    @property
    def search(self) -> Locator:
        return self.page.get_by_role("combobox", name="Search")

    @property
    def results(self) -> Locator:
        """What the search has found."""
        return self.page.get_by_role("listbox", name="Results")

    def at(self, address: str) -> Locator:
        """What has this address."""
        return self.page.locator(f'[id="{address}"]')

    def shows(self, address: str) -> None:
        """Expect that `address` has been opened: it has the focus, it is marked, and the header does not hide it."""
        target = self.at(address)
        expect(target).to_be_focused()
        expect(target).to_contain_class("target")
        header = self.page.locator("header").bounding_box()
        place = target.bounding_box()
        assert header is not None
        assert place is not None
        height = self.page.viewport_size["height"] if self.page.viewport_size else 0
        assert header["height"] <= place["y"] < height, (address, place)


@contextmanager
def open_reference(
    browser: Browser, url: str, size: ViewportSize = DESKTOP, scheme: Scheme = "light"
) -> Iterator[Reference]:
    with browser.page(size, scheme) as page:
        yield Reference(page, url)
