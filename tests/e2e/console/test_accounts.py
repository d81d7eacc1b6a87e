"""The console: the list of accounts, and how a world gets its first."""

from __future__ import annotations

from playwright.sync_api import Locator, expect
from tests.e2e.browser import SCHEMES, barriers
from tests.e2e.console.console import Console

from postfuze_mock.client.fields import Json


def rows(console: Console) -> Locator:
    return console.panel.locator(".list tbody tr")


def test_newest_accounts_are_listed_and_more_on_request(console: Console) -> None:
    console.open()
    expect(rows(console)).to_have_count(50)
    expect(console.panel.get_by_text("50 of 120, newest first", exact=True)).to_be_visible()
    console.button("Show 50 more").click()

    expect(rows(console)).to_have_count(100)
    expect(console.panel.get_by_text("100 of 120, newest first", exact=True)).to_be_visible()


def test_search_matches_name_id_and_tenant(console: Console, acme: Json) -> None:
    console.world.patch_account(acme["id"], network_unique_id="needle-7", tenant_id="tenant_needle")
    console.open()
    for text in ("ACME", "Acme In", "a1b2c3d4-1111", "needle-7", "tenant_needle"):
        console.field("Search").fill("no such account")
        expect(console.panel.get_by_text("No account matches.")).to_be_visible()
        expect(rows(console).locator(":visible")).to_have_count(0)
        console.field("Search").fill(text)
        expect(rows(console)).to_have_count(1)
        expect(rows(console)).to_contain_text("Acme Inc.")
        expect(console.panel.get_by_text(f"1 of 1 with “{text}” in id, username, display name")).to_be_visible()


def test_list_is_filtered_by_status_and_platform(console: Console, acme: Json) -> None:
    console.world.patch_account(acme["id"], status="revoked")
    console.open()
    console.field("Status").select_option("revoked")
    console.field("Platform").select_option("x")
    matches = console.world.search_accounts(status="revoked", platform="x", limit=1000)

    expect(rows(console)).to_have_count(len(matches))


def test_deleted_accounts_are_listed_on_request(console: Console, acme: Json) -> None:
    console.world.delete_account(acme["id"])
    console.open()
    console.field("Search").fill(acme["id"])
    expect(rows(console)).to_have_count(0)
    console.field("Include deleted").check()

    expect(rows(console)).to_contain_text("deleted")


def test_account_is_made_and_opened(console: Console) -> None:
    console.open()
    console.button("New account …").click()
    form = console.page.get_by_role("form", name="New account")
    for scheme in SCHEMES:
        console.page.emulate_media(color_scheme=scheme)
        assert barriers(console.page, "dialog") == []
    form.get_by_label("Platform").select_option("reddit")
    form.get_by_label("Display name").fill("Fresh Ltd")
    form.get_by_label("Id", exact=True).fill("nonsense")
    console.button("Make the account").click()
    expect(console.dialog.get_by_text("must be a UUID")).to_be_visible()
    form.get_by_label("Id", exact=True).fill("")
    console.button("Make the account").click()
    console.expect_outcome("Account made (201)")
    detail = console.page.get_by_role("complementary", name="The open account")

    expect(detail.get_by_role("heading", name="Fresh Ltd")).to_be_focused()
    (account,) = console.world.search_accounts(q="Fresh Ltd")
    assert (account["platform"], account["status"]) == ("reddit", "active")


def test_world_without_accounts_says_what_to_do(console: Console) -> None:
    console.world.reset(world="empty")
    console.open()
    expect(console.panel.get_by_text("This world has no accounts.")).to_be_visible()
    console.field("Search").fill("acme")
    expect(console.panel.get_by_text("No account matches.")).to_be_visible()
    console.field("Search").fill("")
    console.button("Start over from demo").click()

    expect(rows(console).first).to_be_visible()
    console.undo.click()
    expect(console.panel.get_by_text("This world has no accounts.")).to_be_visible()
