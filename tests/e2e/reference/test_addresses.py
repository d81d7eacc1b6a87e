"""Addresses of the reference: opened cold, followed, copied, and found by searching."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.e2e.browser import PHONE, Browser
from tests.e2e.reference.reference import API, CONTROL, WEBHOOKS, Reference, open_reference
from tests.support.processes import MockProcess

ADDRESSES = [
    (API, "operation/deleteSocialAccount"),
    (API, "operation/listSocialAccounts/limit"),
    (API, "statement/list.newest-first"),
    (API, "statement/auth.missing"),
    (API, "assumption/limit.above-range"),
    (API, "assumption/keys.modes"),
    (API, "schema/SocialAccount/status"),
    (API, "error/not_found"),
    (WEBHOOKS, "webhook/account.token_expired"),
    (API, "assumption/webhooks.signature"),
    (CONTROL, "operation/createFault"),
    (CONTROL, "rule/faults.scripted"),
]


def test_address_opens_cold(reference: Reference, browser: Browser, mock: MockProcess) -> None:
    for path, address in ADDRESSES:
        reference.open(f"{path}#{address}")
        reference.shows(address)
    expect(reference.page.get_by_role("navigation", name="Contents").locator("[aria-current]")).to_have_text("Rules")
    with open_reference(browser, mock.url, PHONE) as phone:
        phone.open("/docs#assumption/limit.above-range")
        phone.shows("assumption/limit.above-range")
        expect(phone.at("assumption/limit.above-range").locator(".alternatives")).to_be_visible()


@pytest.mark.parametrize(
    ("former", "address"),
    [
        ("list.newest-first", "statement/list.newest-first"),
        ("limit.above-range", "assumption/limit.above-range"),
        ("/Accounts/listSocialAccounts", "operation/listSocialAccounts"),
        ("statements", "statements"),
    ],
)
def test_fragment_of_the_former_page_still_leads_there(reference: Reference, former: str, address: str) -> None:
    reference.open(f"/docs#{former}")
    reference.shows(address)
    assert reference.page.url == f"{reference.url}/docs#{address}"


def test_address_that_was_cut_within_a_character_opens_the_page(reference: Reference) -> None:
    reference.open(f"{API}#%E0%A4%A")

    expect(reference.at("operation/listSocialAccounts")).to_be_visible()


def test_names_are_links_and_the_way_back_works(reference: Reference) -> None:
    reference.open("/docs#introduction")
    reference.at("introduction").get_by_role("link", name="keys.modes").click()
    reference.shows("assumption/keys.modes")
    reference.page.go_back()
    reference.shows("introduction")

    reference.open("/docs/webhooks")
    reference.page.get_by_role("link", name="events.connected").click()
    reference.page.wait_for_url("**/docs#statement/events.connected")
    reference.complete()
    reference.shows("statement/events.connected")


def test_link_of_a_statement_is_copied(reference: Reference) -> None:
    reference.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    reference.open()
    reference.page.get_by_role("link", name="Link to delete.gone").click()
    reference.shows("statement/delete.gone")
    copied = reference.page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{reference.url}/docs#statement/delete.gone"


def test_search_by_keyboard(reference: Reference) -> None:
    reference.open()
    press = reference.page.keyboard.press
    press("/")
    expect(reference.search).to_be_focused()
    reference.page.keyboard.type("above limit")
    selected = reference.results.get_by_role("option", selected=True)
    expect(selected).to_contain_text("limit.above-range")
    press("Enter")
    reference.shows("assumption/limit.above-range")
    expect(reference.results).to_be_hidden()

    kinds = {
        "disconnect": "Operations", "delete": "Operations", "newest-first": "Statements", "not_found": "Errors",
        "account.token_expired": "Webhooks", "no-such-thing": None, "network_unique_id": "Fields",
        "SocialAccount": "Schemas",
    }  # fmt: skip
    for words, kind in kinds.items():
        reference.search.fill(words)
        if kind is None:
            expect(reference.results.get_by_role("option")).to_have_text(f"Nothing has “{words}”.")
        else:
            expect(reference.results.locator(".kind").first).to_contain_text(kind)

    reference.search.fill("delete")
    first = selected.inner_text()
    press("ArrowDown")
    assert selected.inner_text() != first
    press("ArrowUp")
    assert selected.inner_text() == first
    press("Escape")
    expect(reference.search).to_have_value("")
    expect(reference.results).to_be_hidden()
