"""The console: Undo puts the world back as it was before the last action, with the requests in its journal."""

from __future__ import annotations

from playwright.sync_api import expect
from tests.e2e.console.console import Console

from postfuze_mock.client.fields import Json


def test_reset_is_undone_with_its_data_clock_faults_and_requests_and_redone(console: Console, acme: Json) -> None:
    console.world.create_fault(operation="*", effect={"status": 500}, after=1)
    console.api.get("/social-accounts", limit=1)
    before = (console.world.get_state(), [entry["id"] for entry in console.world.list_requests()])
    console.open("world")
    console.button("Reset this world …").click()
    console.dialog.get_by_role("button", name="Reset this world").click()
    console.expect_outcome("World reset (204)")
    assert console.world.list_requests() == []
    console.undo.click()
    console.expect_outcome("Undone: World reset (204)")

    assert (console.world.get_state(), [entry["id"] for entry in console.world.list_requests()]) == before
    expect(console.undo).to_be_focused()
    expect(console.undo).to_have_text("Redo")
    console.undo.click()
    console.expect_outcome("Redone: World reset (204)")
    assert console.world.search_accounts(q=acme["id"]) == []
    assert console.world.list_requests() == []


def test_undo_is_offered_for_the_last_action_of_this_world_alone(console: Console) -> None:
    console.open("world")
    console.button("Reset this world …").click()
    console.dialog.get_by_role("button", name="Reset this world").click()
    expect(console.undo).to_be_visible()
    console.open_link("Clock")
    console.button("Freeze").click()
    console.expect_outcome("Clock frozen (200)")
    expect(console.undo).to_have_text("Undo")
    console.switch.click()
    console.dialog.get_by_label("Name or key").fill("demo")
    console.page.keyboard.press("Enter")

    expect(console.switch).to_contain_text("demo")
    expect(console.undo).to_be_hidden()


def test_refused_action_is_not_undone(console: Console) -> None:
    console.open("clock")
    console.field("Set it to").fill("noon")
    console.button("Set").click()
    console.expect_outcome("Refused (400)")

    expect(console.undo).to_be_hidden()
