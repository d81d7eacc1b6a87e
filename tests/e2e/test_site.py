"""The static site in a real browser, below a path of a static host, as a project's page has it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import ViewportSize, expect
from tests.e2e.browser import DESKTOP, PHONE, SCHEMES, Browser, Scheme, Visit, barriers, fits
from tests.support.processes import command
from tests.support.static_host import hosted

LOOK = ("index.html", "guides/harness.html", "guides/decisions/store.html", "files/examples/verify_webhook.py.html")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the site is."""
    folder = tmp_path_factory.mktemp("host")
    result = command("site", "project", cwd=folder)
    assert (result.returncode, result.stderr) == (0, b"")
    with hosted(folder) as host:
        yield f"{host}/project"


def test_a_reader_goes_from_the_first_page_through_a_guide_into_the_reference(browser: Browser, url: str) -> None:
    with browser.page() as page:
        visit = Visit(page, url)
        visit.go("/")
        guides = page.get_by_role("navigation", name="Guides")
        guides.get_by_role("link", name="Harness").click()
        expect(page).to_have_title("Harness: postfuze-mock")
        expect(guides.get_by_role("link", name="Harness")).to_have_attribute("aria-current", "page")
        page.get_by_role("navigation", name="On this page").get_by_role("link", name="What it cannot tell").click()
        expect(page.get_by_role("heading", name="What it cannot tell")).to_be_in_viewport()
        guides.get_by_role("link", name="Overview").click()
        page.get_by_role("article").get_by_role("link", name="list.newest-first").click()
        expect(page).to_have_url(re.compile("/project/docs/#statement/list.newest-first$"))
        expect(page.locator(":focus")).to_contain_text("newest first")
        expect(page.locator(":focus")).to_be_in_viewport()
        page.get_by_role("link", name="Guides").click()
        expect(page).to_have_url(f"{url}/index.html")

        assert visit.complaints == []
        assert [each for each in visit.requests if not each.startswith(f"{url}/")] == []


def test_code_is_copied(browser: Browser, url: str) -> None:
    with browser.page() as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        Visit(page, url).go("/guides/journal.html")
        button = page.locator("article .copyable button").first
        button.click()

        expect(button).to_have_text("Copied")
        shown = page.locator("article pre").first.text_content()
        assert page.evaluate("navigator.clipboard.readText()") == shown


def test_the_search_finds_headings_of_all_guides_and_what_has_a_name_in_the_reference(
    browser: Browser, url: str
) -> None:
    with browser.page() as page:
        visit = Visit(page, url)
        visit.go("/guides/decisions/store.html")
        expect(page.get_by_role("combobox")).to_be_visible()
        page.keyboard.press("/")
        page.keyboard.type("limit above")
        expect(page.get_by_role("option", name="limit.above-range")).to_be_visible()
        assert barriers(page) == []
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type("state over restarts")
        page.keyboard.press("Enter")

        expect(page).to_have_url(f"{url}/guides/worlds.html#state-over-restarts")
        assert visit.complaints == []


@pytest.mark.parametrize("address", ["docs#statement/auth.missing", "docs/webhooks#webhook/account.connected"])
def test_an_address_of_the_reference_is_opened_from_elsewhere(browser: Browser, url: str, address: str) -> None:
    """As a report of the harness has it, without a slash at the end of its path."""
    with browser.page() as page:
        visit = Visit(page, url)
        visit.go(f"/{address}")

        expect(page.locator(":focus")).to_be_in_viewport()
        expect(page.locator(":focus")).to_contain_text(address.rpartition("/")[2])
        assert visit.complaints == []


@pytest.mark.parametrize("path", ["/guides/no-such-guide.html", "/no/such/folder/"])
def test_an_unknown_address_leads_to_the_first_page(browser: Browser, url: str, path: str) -> None:
    with browser.page() as page:
        visit = Visit(page, url)
        visit.go(path)
        expect(page.get_by_role("heading", name="There is no such page")).to_be_visible()
        expect(page.get_by_role("link", name="Go to its first page")).to_be_visible()
        assert barriers(page) == []
        assert [each for each in visit.complaints if "status of 404" not in each] == []
        page.get_by_role("link", name="Go to its first page").click()

        expect(page).to_have_url(f"{url}/")
        expect(page.get_by_role("heading", name="postfuze-mock")).to_be_visible()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_pages_are_accessible_and_fit(browser: Browser, url: str, size: ViewportSize, scheme: Scheme) -> None:
    with browser.page(size, scheme) as page:
        visit = Visit(page, url)
        for path in LOOK:
            visit.go(f"/{path}")
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            assert fits(page), path
            assert barriers(page) == [], path
        assert visit.complaints == []


def test_on_a_phone_the_lists_are_folded_until_they_are_wanted(browser: Browser, url: str) -> None:
    with browser.page(PHONE) as page:
        Visit(page, url).go("/guides/webhooks.html")
        link = page.get_by_role("link", name="Connect flow", exact=True).first
        expect(link).to_be_hidden()
        page.get_by_text("All guides").click()
        link.click()

        expect(page.get_by_role("heading", name="Connect flow")).to_be_visible()


def test_without_scripts_everything_can_be_read(browser: Browser, url: str) -> None:
    with browser.page() as page:
        page.route("**/*.js", lambda route: route.abort())
        Visit(page, url).go("/guides/webhooks.html")

        expect(page.locator("article pre").first).to_be_visible()
        expect(page.get_by_role("navigation", name="Guides").get_by_role("link", name="Faults")).to_be_visible()
