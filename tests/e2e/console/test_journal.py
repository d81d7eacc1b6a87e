"""The console: the live journal."""

from __future__ import annotations

from playwright.sync_api import expect
from tests.e2e.console.console import Console

UNKNOWN = "/social-accounts/00000000-0000-4000-8000-000000000000"


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


def test_entry_opens_with_request_response_and_reason(console: Console) -> None:
    console.api.get(UNKNOWN)
    console.open("requests")
    console.rows.get_by_role("button").click()
    (entry,) = console.world.list_requests()

    expect(console.rows).to_contain_text(entry["reason"]["rule"])
    expect(console.rows).to_contain_text(entry["reason"]["detail"])
    expect(console.rows.get_by_role("group", name="Request headers")).to_contain_text("authorization: Bearer")
    expect(console.rows.get_by_role("group", name="Response body")).to_contain_text('"status": 404')


def test_fault_that_hit_a_request_is_named(console: Console) -> None:
    fault = console.world.create_fault(operation="*", effect={"status": 500})
    console.api.get("/social-accounts")
    console.open("requests")
    console.rows.get_by_role("button").click()

    expect(console.rows).to_contain_text(fault["id"])


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
    first = console.rows.filter(has_text="limit=1").get_by_role("button")
    first.click()
    expect(first).to_be_focused()
    console.page.evaluate(
        "getSelection().selectAllChildren(document.querySelector('main section:not([hidden]) .path'))"
    )
    for number in range(2, 5):
        console.api.get("/social-accounts", limit=number)
    expect(console.rows).to_have_count(4)

    expect(first).to_be_focused()
    expect(first).to_have_attribute("aria-expanded", "true")
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


def test_journal_is_emptied_by_its_button(console: Console) -> None:
    console.api.get("/social-accounts")
    console.open("requests")
    console.button("Empty the journal").click()
    console.expect_outcome("Journal emptied (204)")

    expect(console.rows).to_have_count(0)
    assert console.world.list_requests() == []
