"""The console: the clock."""

from __future__ import annotations

from playwright.sync_api import expect
from tests.e2e.console.console import Console

NOW = "2026-06-14T12:10:00.000Z"


def test_buttons_move_the_clock(console: Console) -> None:
    console.open("clock")
    for button, now in [
        ("+ 1 minute", "2026-06-14 12:11:00"),
        ("+ 1 hour", "2026-06-14 13:11:00"),
        ("+ 1 day", "2026-06-15 13:11:00"),
        ("− 1 hour", "2026-06-15 12:11:00"),
        ("− 1 day", "2026-06-14 12:11:00"),
    ]:
        console.button(button).click()
        expect(console.panel.get_by_text(f"{now} UTC")).to_be_visible()
        expect(console.page.locator("#world-time")).to_contain_text(now)
        assert console.world.get_clock()["now"].replace("T", " ").startswith(now)


def test_clock_runs_and_is_frozen_again(console: Console) -> None:
    console.open("clock")
    expect(console.page.locator("#world-time")).to_contain_text("frozen")
    console.button("Let it run").click()
    console.expect_outcome("Clock running")
    assert console.world.get_clock()["frozen"] is False
    expect(console.panel.locator(".now")).not_to_contain_text("12:10:00")
    expect(console.page.locator("#world-time")).not_to_contain_text("12:10:00")
    console.button("Freeze").click()
    console.expect_outcome("Clock frozen")

    assert console.world.get_clock()["frozen"] is True
    expect(console.button("Freeze")).to_have_attribute("aria-pressed", "true")


def test_clock_accepts_a_time_and_refuses_anything_else(console: Console) -> None:
    console.open("clock")
    console.field("Set it to").fill("noon")
    console.button("Set").click()
    expect(console.panel.get_by_text("must be an RFC 3339 timestamp")).to_be_visible()
    expect(console.field("Set it to")).to_have_attribute("aria-invalid", "true")
    assert console.world.get_clock()["now"] == NOW
    console.field("Set it to").fill("2030-01-01T00:00:00Z")
    console.button("Set").click()
    console.expect_outcome("Clock set (200)")

    assert console.world.get_clock() == {"now": "2030-01-01T00:00:00.000Z", "frozen": True}


def test_clock_goes_to_what_happens_next_and_back_by_undo(console: Console) -> None:
    console.world.reset(world="empty", clock=f"{NOW},frozen")
    console.open("clock")
    expect(console.panel.get_by_text("Nothing that time alone brings about")).to_be_visible()
    token = console.world.create_session("facebook", 2, expires_in=90)["session_token"]
    row = console.rows.filter(has_text="A session expires")
    expect(row).to_contain_text(token)
    expect(row).to_contain_text("in 1 min")
    row.get_by_role("button").click()
    console.expect_outcome("Clock moved: a session expires (200)")
    assert console.world.get_clock()["now"] == "2026-06-14T12:11:30.000Z"
    console.undo.click()
    console.expect_outcome("Undone")

    assert console.world.get_clock() == {"now": NOW, "frozen": True}
