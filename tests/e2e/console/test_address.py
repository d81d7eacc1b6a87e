"""The console: its addresses name the world and what is open in it."""

from __future__ import annotations

from playwright.sync_api import expect
from tests.e2e.browser import Browser
from tests.e2e.console.console import Console, open_console
from tests.support.processes import MockProcess

from postfuze_mock.client.fields import Json


def test_address_opened_cold_shows_its_world_panel_and_account(browser: Browser, mock: MockProcess, name: str) -> None:
    with open_console(browser, mock, "demo") as visitor:
        account = visitor.world.world(name).create_account(display_name="Acme Inc.")
        visitor.visit.go(f"/_mock/#@{name}/accounts/{account['id']}")

        expect(visitor.page.get_by_role("heading", name="Acme Inc.")).to_be_visible()
        expect(visitor.switch).to_contain_text(name)


def test_address_bar_and_links_name_the_world_and_the_open_account(console: Console, acme: Json, name: str) -> None:
    console.open()
    console.panel.get_by_role("link", name="Acme Inc.").click()
    expect(console.page.get_by_role("heading", name="Acme Inc.")).to_be_visible()
    assert console.page.url.endswith(f"/_mock/#@{name}/accounts/{acme['id']}")
    console.open("clock")
    assert console.page.url.endswith(f"/_mock/#@{name}/clock")

    link = console.page.get_by_role("navigation", name="Panels").get_by_role("link", name="Faults")
    expect(link).to_have_attribute("href", f"/_mock/#@{name}/faults")


def test_going_back_leads_to_the_world_before(console: Console, name: str) -> None:
    console.world.world(f"{name}-b").create_account(display_name="Only in b")
    console.open()
    console.visit.go(f"/_mock/#@{name}-b/accounts")
    expect(console.panel.get_by_role("link", name="Only in b")).to_be_visible()
    console.page.go_back()

    expect(console.switch.locator("b")).to_have_text(name)
    expect(console.panel.get_by_role("link", name="Only in b")).to_have_count(0)
