"""The console in light and dark, on a desk and on a phone, with the keyboard alone, and as axe-core sees it."""

from __future__ import annotations

from typing import Final, Literal

import pytest
from playwright.sync_api import ViewportSize, expect
from tests.e2e.browser import DESKTOP, PHONE, Browser, barriers, fits
from tests.e2e.console.conftest import ID
from tests.e2e.console.console import Console
from tests.e2e.console.console import console as opened
from tests.e2e.mock_process import MockProcess

PANELS: Final = ("accounts", f"accounts/{ID}", "sessions", "clock", "faults", "requests", "events", "webhooks", "world")
SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")


def furnish(console: Console) -> None:
    """Put something into each panel."""
    world = console.world
    world.create_account(id=ID, display_name="W" * 60, username="w" * 80, behaviour={"snapshots": 9})
    world.put_webhooks(
        [{"url": "http://127.0.0.1:9/a-long-way-to-go/" + "x" * 90, "description": "Nobody listens there"}]
    )
    world.create_session(network="facebook", pages=2)
    world.delete_account(world.create_account()["id"])
    world.create_fault(operation="*", effect={"status": 503, "retry_after": 3}, times=5)
    console.api.get("/social-accounts", username="y" * 200)
    console.api.get(f"/social-accounts/{ID}/metrics")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_panel_fits_and_keeps_nobody_out(
    browser: Browser, mock: MockProcess, name: str, size: ViewportSize, scheme: Literal["light", "dark"]
) -> None:
    with opened(browser, mock, name, size=size, scheme=scheme) as console:
        furnish(console)
        for panel in PANELS:
            console.open(panel)
            console.unfold()
            assert fits(console.page), panel
            assert barriers(console.page) == [], panel
        assert console.visit.complaints == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_refusal_fits_and_keeps_nobody_out(
    browser: Browser, mock: MockProcess, name: str, size: ViewportSize, scheme: Literal["light", "dark"]
) -> None:
    with opened(browser, mock, name, size=size, scheme=scheme) as console:
        console.open("webhooks")
        console.field("URL").fill(f"https://example.com/{'x' * 200}")
        console.button("Add").click()
        console.told("Refused (400)")
        summary = console.page.get_by_text("What I just sent")

        assert summary.evaluate("each => each.getBoundingClientRect().height") < 30
        assert fits(console.page)
        assert barriers(console.page) == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_dialogs_keep_nobody_out(
    browser: Browser, mock: MockProcess, name: str, scheme: Literal["light", "dark"]
) -> None:
    with opened(browser, mock, name, scheme=scheme) as console:
        console.open("world")
        for opener in (console.button("Reset this world …"), console.switch):
            opener.click()
            expect(console.dialog).to_be_visible()
            assert barriers(console.page) == []
            console.page.keyboard.press("Escape")


def test_scheme_follows_what_the_person_likes(browser: Browser, mock: MockProcess, name: str) -> None:
    grounds = []
    for scheme in SCHEMES:
        with opened(browser, mock, name, scheme=scheme) as console:
            console.open()
            grounds.append(console.page.evaluate("getComputedStyle(document.body).backgroundColor"))

    light, dark = (sum(map(int, ground.removeprefix("rgb(").removesuffix(")").split(","))) for ground in grounds)
    assert light > 600 > 150 > dark


def test_account_is_found_opened_changed_and_closed_by_the_keyboard(console: Console) -> None:
    console.world.create_account(id=ID, display_name="Acme Inc.")
    console.open()
    keyboard = console.page.keyboard
    console.field("Search").focus()
    keyboard.type(ID)
    link = console.panel.get_by_role("link")
    expect(link).to_have_count(1)
    for _ in range(4):  # over status, platform and deleted ones
        keyboard.press("Tab")
    expect(link).to_be_focused()
    keyboard.press("Enter")
    expect(console.page.get_by_role("heading", name="Acme Inc.")).to_be_focused()
    for _ in range(3):  # over the button that closes, and "active"
        keyboard.press("Tab")
    expect(console.page.get_by_role("button", name="disabled")).to_be_focused()
    keyboard.press("Enter")
    console.told("Status is disabled (200)")
    expect(console.page.get_by_role("button", name="disabled")).to_be_focused()
    keyboard.press("Escape")

    expect(console.page.get_by_role("complementary")).to_have_count(0)
    expect(link).to_be_focused()


def test_every_panel_is_reached_by_the_keyboard_with_a_ring_to_see(console: Console) -> None:
    console.open()
    links = console.page.get_by_role("navigation").get_by_role("link")
    links.first.focus()
    for link in links.all():
        expect(link).to_be_focused()
        assert link.evaluate("link => getComputedStyle(link).outlineStyle") == "solid"
        console.page.keyboard.press("Enter")
        expect(link).to_have_attribute("aria-current", "page")
        expect(console.panel.get_by_role("heading", level=2)).to_have_text(link.inner_text())
        console.page.keyboard.press("Tab")


def test_focus_goes_to_the_next_one_when_what_had_it_is_removed(console: Console) -> None:
    for status in (500, 502):
        console.world.create_fault(operation="*", effect={"status": status})
    console.open("faults")
    remove = console.panel.get_by_role("button", name="Remove the fault")
    expect(remove).to_have_count(2)
    remove.first.focus()
    console.page.keyboard.press("Enter")
    expect(remove).to_have_count(1)
    expect(remove).to_be_focused()
    console.page.keyboard.press("Enter")

    expect(console.panel.get_by_role("heading", name="Faults")).to_be_focused()


def test_outcome_is_announced(console: Console) -> None:
    console.open("clock")
    console.button("+ 1 hour").click()

    expect(console.page.get_by_role("status").filter(has_text="Clock moved: + 1 hour (200)")).to_be_visible()
