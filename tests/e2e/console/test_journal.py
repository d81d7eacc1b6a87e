"""The console: the live journal."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect
from tests.e2e.console.console import Console, shell
from tests.support.processes import MockProcess

UNKNOWN = "/social-accounts/00000000-0000-4000-8000-000000000000"


def line(console: Console, text: str) -> Locator:
    """The button that opens the call whose line has this text."""
    return console.panel.locator("button.line").filter(has_text=text)


def test_requests_appear_live_newest_first(console: Console) -> None:
    console.open("requests")
    expect(console.panel.get_by_text("No requests yet")).to_be_visible()
    for number in range(1, 4):
        console.api.get("/social-accounts", limit=number)
        expect(console.rows).to_have_count(number)
        expect(console.rows.first).to_contain_text(f"limit={number}")


def test_requests_of_the_console_itself_are_not_listed(console: Console) -> None:
    console.api.get("/social-accounts")
    for panel in ("accounts", "faults", "requests"):
        console.open(panel)

    expect(console.rows).to_have_count(1)


def test_journal_is_filtered_by_operation_and_status(console: Console) -> None:
    console.api.get("/social-accounts")
    console.api.get(UNKNOWN)
    console.api.get("/social-accounts", limit=0)
    console.open("requests")
    expect(console.rows).to_have_count(3)
    console.field("Operation").select_option("listSocialAccounts")
    expect(console.rows).to_have_count(2)
    console.field("Status").fill("4XX")

    expect(console.rows).to_have_count(1)
    expect(console.rows).to_contain_text("limit=0")


def test_invalid_status_is_refused_at_its_field(console: Console) -> None:
    console.open("requests")
    console.field("Status").fill("fine")

    expect(console.panel.get_by_text("must be a status like 404")).to_be_visible()


def test_open_row_focus_and_selection_stay_while_requests_come_in(console: Console) -> None:
    console.api.get("/social-accounts", limit=1)
    console.open("requests")
    first = line(console, "limit=1")
    first.click()
    expect(first).to_be_focused()
    first.locator(".path").evaluate("path => getSelection().selectAllChildren(path)")
    first.evaluate("line => (line.dataset.test = 'stays')")
    for number in range(2, 5):
        console.api.get("/social-accounts", limit=number)
    expect(console.rows).to_have_count(4)

    expect(first).to_be_focused()
    expect(first).to_have_attribute("aria-expanded", "true")
    expect(first).to_have_attribute("data-test", "stays")
    assert "limit=1" in console.page.evaluate("String(getSelection())")


def test_journal_emptied_elsewhere_is_shown_empty(console: Console) -> None:
    for number in range(1, 4):
        console.api.get("/social-accounts", limit=number)
    console.open("requests")
    expect(console.rows).to_have_count(3)
    console.world.delete_requests()
    expect(console.rows).to_have_count(0)
    console.api.get("/social-accounts", limit=9)

    expect(console.rows).to_have_count(1)


def test_journal_is_emptied_once_that_is_confirmed_and_comes_back_by_undo(console: Console) -> None:
    console.api.get("/social-accounts")
    console.open("requests")
    console.button("Empty the journal").click()
    expect(console.dialog).to_contain_text("All its requests are removed")
    console.button("Empty the journal").last.click()
    console.expect_outcome("Journal emptied (204)")
    expect(console.rows).to_have_count(0)
    console.undo.click()

    expect(console.rows).to_have_count(1)


def test_empty_journal_offers_a_first_call_that_works(console: Console) -> None:
    console.open("requests")
    command = console.panel.get_by_role("group", name="A first call").inner_text()

    assert shell(command)[0] == 200
    expect(console.rows).to_have_count(1)
    expect(console.panel.get_by_text("Make the first one")).to_be_hidden()


def test_time_is_real_and_goes_on_and_the_worlds_time_stands_beside_it(console: Console) -> None:
    console.api.get("/social-accounts")
    console.open("requests")
    when = console.rows.locator(".when")

    expect(when).to_contain_text(re.compile(r"^[1-9]\d* s ago2026-06-14 12:10:00$"))
    expect(when).to_contain_text(re.compile(r"^([3-9]|\d\d) s ago"))


def test_calls_of_all_worlds_are_one_live_feed(console: Console, mock: MockProcess) -> None:
    console.api.get("/social-accounts", limit=1)
    console.open("requests")
    expect(console.rows).to_have_count(1)
    console.panel.get_by_label("All worlds").check()
    mock.caller("sk_test_beta").get("/social-accounts", limit=1000)
    row = console.rows.filter(has_text="beta").filter(has_text="limit=1000").first

    expect(row).to_contain_text("Refused: limit must be at most 100.")
    expect(console.rows.filter(has_text=console.key.removeprefix("sk_test_"))).to_have_count(1)
    row.locator("button.line").click()
    expect(row.get_by_role("button", name="Send again")).to_have_count(0)
    row.get_by_role("link", name="beta", exact=True).click()
    expect(console.switch).to_contain_text("beta")
    expect(console.rows.locator(".sentence").first).to_have_text("Refused: limit must be at most 100.")


def test_text_is_searched_and_refused_calls_are_selected(console: Console) -> None:
    for limit in (0, 1, 1000):
        console.api.get("/social-accounts", limit=limit)
    console.open("requests")
    expect(console.rows).to_have_count(3)
    console.panel.get_by_label("Only refused").check()
    expect(console.rows).to_have_count(2)
    console.field("Search").fill("at most")
    expect(console.rows).to_have_count(1)
    console.field("Search").fill("nowhere")

    expect(console.panel.get_by_text("No request matches.")).to_be_visible()


def test_address_of_a_search_fills_it_in(console: Console) -> None:
    console.api.get("/social-accounts", limit=0)
    console.open("requests/search/limit%3D0")

    expect(console.field("Search")).to_have_value("limit=0")
    expect(console.rows).to_have_count(1)
