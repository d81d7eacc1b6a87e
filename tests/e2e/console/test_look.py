"""The console in light and dark, on a desktop and a phone, by keyboard, and checked by axe-core."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from playwright.sync_api import expect
from tests.e2e.browser import DESKTOP, PHONE, SCHEMES, barriers, fits
from tests.e2e.console.conftest import ID
from tests.e2e.console.console import Console

PANELS: Final = (
    *("accounts", f"accounts/{ID}", "scenarios", f"scenarios/{ID}", "requests", "faults"),
    *("events", "webhooks", "inbox", "sessions", "clock", "world"),
)


def furnish(console: Console) -> None:
    """Fill each panel."""
    world = console.world
    world.create_account(id=ID, display_name="W" * 60, username="w" * 80, behaviour={"snapshots": 9})
    world.put_webhooks(
        [
            {"url": "http://127.0.0.1:9/a-long-way-to-go/" + "x" * 90, "description": "Nobody listens there"},
            {"url": f"/_mock/inbox/{console.key.removeprefix('sk_test_')}"},
        ]
    )
    world.create_session(network="facebook", pages=2)
    world.delete_account(world.create_account()["id"])
    world.create_fault(operation="*", effect={"status": 503, "retry_after": 3}, times=5)
    console.api.get("/social-accounts", username="y" * 200)
    console.api.get(f"/social-accounts/{ID}/metrics")


def variants(console: Console) -> Iterator[str]:
    """Show the page on a desktop and a phone, in light and in dark; yield each variant's name."""
    for size in (DESKTOP, PHONE):
        console.page.set_viewport_size(size)
        for scheme in SCHEMES:
            console.page.emulate_media(color_scheme=scheme)
            yield f"{size['width']} px, {scheme}"


def boxes_cut_off(console: Console) -> list[str]:
    """The boxes of the visible panel whose content is wider than they are."""
    boxes: list[str] = console.panel.locator(".rows, .card, aside").evaluate_all(
        "boxes => boxes.filter((box) => box.scrollWidth > box.clientWidth + 1).map((box) => box.outerHTML)"
    )
    return boxes


def test_every_panel_fits_and_is_accessible(console: Console) -> None:
    furnish(console)
    for panel in PANELS:
        console.open(panel)
        console.unfold()
        for variant in variants(console):
            assert fits(console.page), (panel, variant)
            assert boxes_cut_off(console) == [], (panel, variant)
            assert barriers(console.page) == [], (panel, variant)
    assert console.visit.complaints == []


def test_refusal_fits_and_is_accessible(console: Console) -> None:
    console.open("webhooks")
    console.field("URL").fill(f"https://example.com/{'x' * 200}")
    console.button("Add").click()
    console.expect_outcome("Refused (400)")
    summary = console.page.get_by_text("What I just sent")

    for variant in variants(console):
        assert summary.evaluate("each => each.getBoundingClientRect().height") < 30, variant
        assert fits(console.page), variant
        assert barriers(console.page) == [], variant


def test_dialogs_are_accessible(console: Console) -> None:
    console.open("world")
    for opener in (console.button("Reset this world …"), console.switch):
        opener.click()
        expect(console.dialog).to_be_visible()
        for variant in variants(console):
            assert barriers(console.page, "dialog") == [], variant
        console.page.keyboard.press("Escape")


def test_colour_scheme_follows_the_preference(console: Console) -> None:
    console.open()
    brightness = []
    for scheme in SCHEMES:
        console.page.emulate_media(color_scheme=scheme)
        background = console.page.evaluate("getComputedStyle(document.body).backgroundColor")
        brightness.append(sum(map(int, background.removeprefix("rgb(").removesuffix(")").split(","))))

    light, dark = brightness
    assert light > 600 > 150 > dark


def test_account_is_searched_opened_changed_and_closed_by_the_keyboard(console: Console) -> None:
    console.world.create_account(id=ID, display_name="Acme Inc.")
    console.open()
    keyboard = console.page.keyboard
    console.field("Search").focus()
    keyboard.type(ID)
    link = console.panel.get_by_role("link")
    expect(link).to_have_count(1)
    for _ in range(5):  # over status, platform, deleted ones, and the button for a new account
        keyboard.press("Tab")
    expect(link).to_be_focused()
    keyboard.press("Enter")
    expect(console.page.get_by_role("heading", name="Acme Inc.")).to_be_focused()
    for _ in range(10):  # over what closes, the id, two links, three answers, and "active"
        keyboard.press("Tab")
    expect(console.page.get_by_role("button", name="disabled", exact=True)).to_be_focused()
    keyboard.press("Enter")
    console.expect_outcome("Status is disabled (200)")
    expect(console.page.get_by_role("button", name="disabled", exact=True)).to_be_focused()
    keyboard.press("Escape")

    expect(console.page.get_by_role("complementary")).to_have_count(0)
    expect(link).to_be_focused()


def test_every_panel_is_reached_by_keyboard_with_a_visible_focus_ring(console: Console) -> None:
    console.open()
    links = console.page.get_by_role("navigation", name="Panels").get_by_role("link")
    links.first.focus()
    for link in links.all():
        expect(link).to_be_focused()
        assert link.evaluate("link => getComputedStyle(link).outlineStyle") == "solid"
        console.page.keyboard.press("Enter")
        expect(link).to_have_attribute("aria-current", "page")
        expect(console.panel.get_by_role("heading", level=2)).to_have_text(link.locator(".label").inner_text())
        console.page.keyboard.press("Tab")


def test_focus_goes_to_the_next_row_when_its_row_is_removed(console: Console) -> None:
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
