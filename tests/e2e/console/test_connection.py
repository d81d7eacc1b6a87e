"""The console bears a server that goes away and comes back, and asks for nothing while nobody looks."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import expect
from tests.e2e.browser import PHONE, Browser, Visit, barriers, fits
from tests.e2e.conftest import Start
from tests.e2e.console.console import Console, shell
from tests.e2e.console.console import console as opened


def test_server_that_is_away_is_said_to_be_and_its_return_noticed(browser: Browser, start: Start) -> None:
    mock = start()
    with opened(browser, mock, "acme") as console:
        console.world.create_account(display_name="Before")
        console.open()
        expect(console.panel.get_by_role("link", name="Before")).to_be_visible()
        mock.stop()
        expect(console.page.locator("#connection")).to_contain_text("Not connected")
        expect(console.panel.get_by_role("link", name="Before")).to_be_visible()
        again = start("--port", str(urlsplit(mock.url).port))
        again.mock("acme").create_account(display_name="After")

        expect(console.page.locator("#connection")).to_have_text("Live")
        expect(console.panel.get_by_role("link", name="After")).to_be_visible()
        expect(console.panel.get_by_role("link", name="Before")).to_have_count(0)


def test_it_is_seen_on_a_phone_wherever_the_page_was_scrolled_to(browser: Browser, start: Start) -> None:
    mock = start()
    with opened(browser, mock, "acme", size=PHONE) as console:
        console.open()
        console.panel.locator("tbody tr").last.scroll_into_view_if_needed()
        mock.stop()

        expect(console.page.get_by_text("Not connected")).to_be_in_viewport()
        expect(console.switch).to_be_in_viewport()
        assert barriers(console.page) == []
        assert fits(console.page)


def test_server_is_asked_at_once_on_request(browser: Browser, start: Start) -> None:
    mock = start()
    with opened(browser, mock, "acme") as console:
        clock = console.page.clock
        clock.install()
        console.open()
        mock.stop()
        expect(console.page.locator("#connection")).to_contain_text("Not connected")
        clock.pause_at(datetime.now() + timedelta(hours=1))  # from now on it asks no more by itself
        start("--port", str(urlsplit(mock.url).port))
        console.page.get_by_role("button", name="Try now").click()

        expect(console.page.locator("#connection")).to_have_text("Live")


def test_return_is_noticed_without_anybody_s_help_and_the_journal_begins_anew(browser: Browser, start: Start) -> None:
    mock = start()
    with opened(browser, mock, "acme") as console:
        console.api.get("/social-accounts", limit=1)
        console.open("requests")
        rows = console.panel.locator(".rows > li")
        expect(rows).to_contain_text(["limit=1"])
        mock.stop()
        expect(console.page.locator("#connection")).to_contain_text("Not connected")
        again = start("--port", str(urlsplit(mock.url).port))
        again.caller("sk_test_acme").get("/social-accounts", limit=2)

        expect(rows).to_contain_text(["limit=2"])


def test_action_without_a_server_says_so_in_place_and_can_be_done_again(browser: Browser, start: Start) -> None:
    mock = start()
    with opened(browser, mock, "acme") as console:
        console.open("clock")
        mock.stop()
        console.button("Freeze").click()
        console.told("No answer.")
        problem = console.panel.get_by_role("alert").filter(has_text="No answer.")
        expect(problem).to_be_visible()
        start("--port", str(urlsplit(mock.url).port))
        console.button("Freeze").click()
        console.told("The clock stands (200)")

        expect(problem).to_have_count(0)


def test_levers_that_are_switched_off_open_no_console(browser: Browser, start: Start) -> None:
    mock = start("--no-control")
    with browser.page() as page:
        answer = page.goto(f"{mock.url}/_mock/")

        assert answer is not None
        assert answer.status == 403


def test_console_is_where_the_levers_are_and_knows_where_the_api_is(browser: Browser, start: Start) -> None:
    mock = start("--control-port", "0")
    line = next(line for line in mock.stderr.splitlines() if line.strip().startswith("Console"))
    levers = line.split()[1].removesuffix("/_mock/")
    with browser.page() as page:
        visit = Visit(page, levers)
        console = Console(visit, mock.mock("demo"), mock.caller("sk_test_demo"), "sk_test_demo")
        console.open("sessions")
        console.button("Get an auth URL").click()
        console.told("Auth URL made (200)")

        assert f"{mock.url}/api/v1/" in console.curl
        assert shell(console.curl)[0] == 200


def test_key_that_opens_no_world_is_told_and_another_can_be_typed(
    browser: Browser, start: Start, tmp_path: Path
) -> None:
    file = tmp_path / "worlds.yaml"
    file.write_text("keys: [{key: sk_test_listed, world: acme}]\n", encoding="utf-8")
    mock = start("--strict-keys", "--world", file)
    with opened(browser, mock, "nobody") as console:
        console.visit.go("/_mock/")
        expect(console.page.get_by_role("alert").filter(has_text="No world has this key")).to_be_visible()
        console.switch.click()
        console.field("Name or key").fill("sk_test_listed")
        console.page.keyboard.press("Enter")

        expect(console.panel.locator("tbody tr")).to_have_count(50)


def test_nothing_is_asked_while_the_page_is_hidden(console: Console) -> None:
    page, minute = console.page, 60_000
    page.clock.install()
    console.open()
    page.evaluate("Object.defineProperty(document, 'hidden', {get: () => window.away})")
    page.evaluate("window.away = true; document.dispatchEvent(new Event('visibilitychange'))")
    page.clock.run_for(minute)
    page.wait_for_load_state("networkidle")
    asked = len(console.visit.requests)
    page.clock.run_for(minute)
    assert len(console.visit.requests) == asked

    with page.expect_request("**/_mock/clock"):
        page.evaluate("window.away = false; document.dispatchEvent(new Event('visibilitychange'))")
