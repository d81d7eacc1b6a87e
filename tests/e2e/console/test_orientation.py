"""The console says on every panel where the user is, and what failed since the user looked."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Locator, expect
from tests.e2e.browser import PHONE, Browser, Visit, barriers, fits
from tests.e2e.conftest import Serve
from tests.e2e.console.console import Console, open_console
from tests.support.processes import MockProcess

from postfuze_mock.client.fields import Json

NOBODY: Final = "http://127.0.0.1:9/"
FILE: Final = """
clock: 2026-06-14T12:10:00Z,frozen
generate: 3
keys: [{key: sk_live_hush7, world: acme}]
worlds: {acme: {}, globex: {generate: 7}}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "acme.yaml"
    path.write_text(FILE, encoding="utf-8")
    return path


def faults(console: Console) -> Locator:
    """The faults that the header shows."""
    return console.page.get_by_role("list", name="Faults that are on").get_by_role("listitem")


def count(console: Console, panel: str) -> Locator:
    return console.page.get_by_role("navigation", name="Panels").get_by_role("link", name=panel).locator(".count")


def test_world_key_and_clock_are_shown_on_every_panel(console: Console, name: str) -> None:
    console.open()
    for label in console.page.locator("nav .label").all_inner_texts():
        console.open_link(label)
        expect(console.panel.get_by_role("heading", level=2)).to_have_text(label)
        expect(console.switch).to_have_text(f"World {name} built in, seed 1")
        expect(console.page.locator("#key")).to_have_text(f"sk_test_{name}")
        expect(console.page.locator("#world-time")).to_have_text("Time 2026-06-14 12:10:00 frozen")
        expect(console.page).to_have_title(f"{label} · {name} · Postfuze, mocked")


def test_fault_is_named_on_every_panel_and_removed_there(console: Console) -> None:
    console.open("clock")
    expect(faults(console)).to_have_count(0)
    console.world.create_fault(preset="service_down")
    expect(faults(console)).to_have_text("Fault The service is down Remove")
    faults(console).get_by_role("button").focus()
    console.page.keyboard.press("Enter")
    console.expect_outcome("Fault removed (204)")

    expect(faults(console)).to_have_count(0)
    expect(console.page.get_by_role("main")).to_be_focused()
    assert console.world.list_faults() == []


def test_several_faults_are_counted_and_removed_together_after_a_question(console: Console) -> None:
    for status in (500, 502, 504):
        console.world.create_fault(operation="*", effect={"status": status})
    console.open("world")
    expect(faults(console)).to_contain_text("3 faults are on")
    faults(console).get_by_role("button").click()
    console.dialog.get_by_role("button", name="Remove all").click()
    expect(faults(console)).to_have_count(0)
    console.undo.click()

    expect(faults(console)).to_contain_text("3 faults are on")
    assert len(console.world.list_faults()) == 3


def test_failed_calls_are_counted_until_the_requests_are_opened(console: Console, name: str) -> None:
    console.open("clock")
    for limit in (0, 1, 0):
        console.api.get("/social-accounts", limit=limit)
    expect(count(console, "Requests")).to_have_text("2 failed since you looked")
    expect(console.page).to_have_title(f"(2) Clock · {name} · Postfuze, mocked")
    console.open_link("Requests")
    expect(count(console, "Requests")).to_be_hidden()
    console.open_link("Clock")
    console.page.reload()
    console.api.get("/social-accounts", limit=0)

    expect(count(console, "Requests")).to_have_text("1 failed since you looked")
    console.world.reset()
    expect(count(console, "Requests")).to_be_hidden()


def test_deliveries_that_failed_are_counted_until_the_events_are_opened(console: Console, acme: Json) -> None:
    console.world.put_webhooks([{"url": NOBODY}])
    console.open("clock")
    console.world.delete_account(acme["id"])
    expect(count(console, "Events")).to_have_text("1 not delivered since you looked")
    console.open_link("Events")
    console.open_link("Clock")

    expect(console.panel.get_by_text("A webhook is sent again")).to_be_visible()
    expect(count(console, "Events")).to_be_hidden()


def test_orientation_fits_on_a_phone(browser: Browser, mock: MockProcess, name: str) -> None:
    with open_console(browser, mock, name, size=PHONE) as console:
        for preset in ("service_down", "rate_limited"):
            console.world.create_fault(preset=preset)
        console.open("faults")
        console.api.get("/social-accounts", limit=0)

        expect(count(console, "Requests")).to_be_in_viewport()
        expect(faults(console)).to_be_in_viewport()
        expect(console.page.locator("#key")).to_be_in_viewport()
        assert fits(console.page)
        assert barriers(console.page) == []


def test_console_begins_with_a_world_of_the_file_and_offers_the_others(
    browser: Browser, serve: Serve, file: Path
) -> None:
    mock = serve("--world", file)
    with browser.page() as page:
        console = Console(Visit(page, mock.url), mock.client("acme"), mock.caller("sk_test_acme"), "sk_test_acme")
        console.visit.go("/_mock/")
        expect(console.panel.locator("tbody tr")).to_have_count(3)
        expect(console.switch).to_have_text("World acme from acme.yaml")
        console.switch.click()
        globex = console.dialog.get_by_role("button", name="globex")
        expect(globex).to_contain_text("not made yet")
        globex.click()

        expect(console.panel.locator("tbody tr")).to_have_count(7)
        assert page.url.endswith("#@globex/accounts")


def test_strict_key_is_never_shown(browser: Browser, serve: Serve, file: Path) -> None:
    mock = serve("--world", file, "--strict-keys")
    with browser.page() as page:
        console = Console(Visit(page, mock.url), mock.client("hush7"), mock.caller("sk_live_hush7"), "sk_live_hush7")
        console.visit.go("/_mock/#clock")
        console.field("Name or key").fill("sk_live_hush7")
        page.keyboard.press("Enter")
        expect(console.switch).to_have_text("World acme from acme.yaml")
        expect(page.locator("#key")).to_have_text("sk_live_…")
        console.expect_outcome("Switched to the world acme.")
        console.button("+ 1 hour").click()
        console.expect_outcome("Clock moved")
        assert "Bearer $POSTFUZE_KEY" in console.curl
        assert "hush7" not in page.content() + page.url
        console.visit.go("/_mock/#@acme/world")  # this tab has the key of acme

        expect(console.panel.get_by_role("heading", name="acme")).to_be_visible()


def test_one_of_many_worlds_is_found_by_a_part_of_its_name(browser: Browser, serve: Serve) -> None:
    mock = serve()
    for number in range(104):
        mock.client(f"shop-{number}").get_clock()
    with open_console(browser, mock, "shop-0") as console:
        console.open()
        console.switch.click()
        expect(console.dialog).to_contain_text("100 of 105: type a part of its name")
        console.field("Name or key").fill("shop-5")
        choices = console.dialog.get_by_role("listitem")
        expect(choices).to_have_count(11)
        choices.get_by_role("button", name=re.compile("^shop-5 ?built")).click()

        expect(console.switch).to_contain_text("shop-5")
