"""The console survives a lost server, and polls only while its page is visible."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import expect
from tests.e2e.browser import PHONE, Browser, Visit, barriers, fits
from tests.e2e.conftest import Serve, Start
from tests.e2e.console.console import Console, open_console, shell
from tests.support.processes import MockProcess


def test_lost_server_is_reported_and_its_return_noticed(browser: Browser, start: Start) -> None:
    mock = start()
    with open_console(browser, mock, "acme") as console:
        console.api.get("/social-accounts", limit=1)
        console.open("requests")
        expect(console.rows).to_contain_text(["limit=1"])
        mock.stop()
        expect(console.page.locator("#connection")).to_contain_text("Not connected")
        expect(console.rows).to_contain_text(["limit=1"])
        restarted = start("--port", str(urlsplit(mock.url).port))
        restarted.caller("sk_test_acme").get("/social-accounts", limit=2)

        expect(console.rows).to_contain_text(["limit=2"])  # the new journal, and no entry of the old one
        expect(console.page.locator("#connection")).to_have_text("Live")


def test_lost_connection_is_visible_on_a_phone_wherever_the_page_is_scrolled_to(
    browser: Browser, mock: MockProcess, name: str
) -> None:
    with open_console(browser, mock, name, size=PHONE) as console:
        console.open()
        console.panel.locator("tbody tr").last.scroll_into_view_if_needed()
        with console.cut_off():
            expect(console.page.get_by_text("Not connected")).to_be_in_viewport()
            expect(console.switch).to_be_in_viewport()
            assert barriers(console.page) == []
            assert fits(console.page)


def test_server_is_polled_at_once_on_request(browser: Browser, mock: MockProcess, name: str) -> None:
    with open_console(browser, mock, name) as console:
        clock = console.page.clock
        clock.install()
        console.open()
        with console.cut_off():
            expect(console.page.locator("#connection")).to_contain_text("Not connected")
            clock.pause_at(datetime.now() + timedelta(hours=1))  # stops the polling
        console.page.get_by_role("button", name="Try now").click()

        expect(console.page.locator("#connection")).to_have_text("Live")


def test_action_without_a_server_is_reported_in_place_and_can_be_repeated(
    browser: Browser, mock: MockProcess, name: str
) -> None:
    with open_console(browser, mock, name) as console:
        console.open("clock")
        problem = console.panel.get_by_role("alert").filter(has_text="No response.")
        with console.cut_off():
            console.button("Freeze").click()
            console.expect_outcome("No response.")
            expect(problem).to_be_visible()
        console.button("Freeze").click()
        console.expect_outcome("Clock frozen (200)")

        expect(problem).to_have_count(0)


def test_console_does_not_open_without_the_control_api(browser: Browser, serve: Serve) -> None:
    mock = serve("--no-control")
    with browser.page() as page:
        response = page.goto(f"{mock.url}/_mock/")

        assert response is not None
        assert response.status == 403


def test_console_is_on_the_control_port_and_knows_where_the_api_is(browser: Browser, serve: Serve) -> None:
    mock = serve("--control-port", "0")
    with browser.page() as page:
        visit = Visit(page, mock.control_url)
        console = Console(visit, mock.client("demo"), mock.caller("sk_test_demo"), "sk_test_demo")
        console.open("sessions")
        console.button("Get an auth URL").click()
        console.expect_outcome("Auth URL made (200)")

        assert f"{mock.url}/api/v1/" in console.curl
        assert shell(console.curl)[0] == 200


def test_key_without_a_world_is_reported_and_can_be_replaced(browser: Browser, serve: Serve, tmp_path: Path) -> None:
    file = tmp_path / "worlds.yaml"
    file.write_text("keys: [{key: sk_test_listed, world: acme}]\n", encoding="utf-8")
    mock = serve("--strict-keys", "--world", file)
    with open_console(browser, mock, "nobody") as console:
        console.visit.go("/_mock/")
        expect(console.page.get_by_role("alert").filter(has_text="No world has this key")).to_be_visible()
        console.switch.click()
        console.field("Name or key").fill("sk_test_listed")
        console.page.keyboard.press("Enter")

        expect(console.panel.locator("tbody tr")).to_have_count(50)


def test_nothing_is_requested_while_the_page_is_hidden(console: Console) -> None:
    page, minute = console.page, 60_000
    page.clock.install()
    console.open()
    page.evaluate("Object.defineProperty(document, 'hidden', {get: () => window.away})")
    page.evaluate("window.away = true; document.dispatchEvent(new Event('visibilitychange'))")
    page.clock.run_for(minute)
    page.wait_for_load_state("networkidle")
    count = len(console.visit.requests)
    page.clock.run_for(minute)
    assert len(console.visit.requests) == count

    with page.expect_request("**/_mock/world?*"):
        page.evaluate("window.away = false; document.dispatchEvent(new Event('visibilitychange'))")
