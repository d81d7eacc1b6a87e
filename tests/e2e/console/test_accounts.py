"""The console's accounts: found, opened, changed, disconnected."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect
from tests.e2e.console.console import Console

from postfuze_mock.client.fields import Json


def rows(console: Console) -> Locator:
    return console.panel.locator(".list tbody tr")


def opened(console: Console, account: Json) -> Locator:
    """The account, open, with what is known of it."""
    console.open(f"accounts/{account['id']}")
    detail = console.page.get_by_role("complementary", name="The open account")
    expect(detail.get_by_role("heading", name=account["display_name"])).to_be_visible()
    return detail


def test_newest_accounts_are_listed_and_more_on_request(console: Console) -> None:
    console.open()
    expect(rows(console)).to_have_count(50)
    console.button("Show 50 more").click()

    expect(rows(console)).to_have_count(100)


@pytest.mark.parametrize("text", ["ACME", "Acme In", "a1b2c3d4-1111", "needle-7", "tenant_needle"])
def test_search_finds_by_name_id_and_tenant(console: Console, acme: Json, text: str) -> None:
    console.world.patch_account(acme["id"], network_unique_id="needle-7", tenant_id="tenant_needle")
    console.open()
    console.field("Search").fill(text)

    expect(rows(console)).to_have_count(1)
    expect(rows(console)).to_contain_text("Acme Inc.")


def test_search_that_finds_nothing_says_so(console: Console) -> None:
    console.open()
    console.field("Search").fill("no such account")

    expect(console.panel.get_by_text("No account matches.")).to_be_visible()
    expect(rows(console).locator(":visible")).to_have_count(0)


def test_list_is_filtered_by_status_and_platform(console: Console, acme: Json) -> None:
    console.world.patch_account(acme["id"], status="revoked")
    console.open()
    console.field("Status").select_option("revoked")
    console.field("Platform").select_option("x")
    wanted = console.world.search_accounts(status="revoked", platform="x", limit=1000)

    expect(rows(console)).to_have_count(len(wanted))


def test_deleted_accounts_are_listed_on_request(console: Console, acme: Json) -> None:
    console.world.delete_account(acme["id"])
    console.open()
    console.field("Search").fill(acme["id"])
    expect(rows(console)).to_have_count(0)
    console.field("Deleted ones too").check()

    expect(rows(console)).to_contain_text("deleted")


def test_account_opens_by_a_click_with_all_its_fields(console: Console, acme: Json) -> None:
    console.open()
    rows(console).filter(has_text="Acme Inc.").click()
    detail = console.page.get_by_role("complementary")

    for name, value in acme.items():
        shown = ", ".join(value) if isinstance(value, list) else "null" if value is None else value
        expect(detail.locator("dl > div").filter(has=console.page.get_by_text(name, exact=True))).to_contain_text(shown)


def test_open_account_shows_its_behaviour_and_snapshots(console: Console, acme: Json) -> None:
    console.world.patch_account(acme["id"], behaviour={"refresh": "fails", "snapshots": 9})
    detail = opened(console, acme)

    expect(detail.get_by_label("refresh")).to_have_value("fails")
    expect(detail.get_by_label("snapshots", exact=True)).to_have_value("9")
    expect(detail.locator(".scroll tbody tr")).to_have_count(7)
    expect(detail.locator("figcaption")).to_contain_text("9 snapshots")


def test_no_picture_of_an_account_is_loaded(console: Console, acme: Json) -> None:
    opened(console, acme)

    assert {url.split("/")[2] for url in console.visit.requests} == {console.visit.url.removeprefix("http://")}


@pytest.mark.parametrize("status", ["disabled", "token_expired", "revoked"])
def test_status_is_changed_by_a_button(console: Console, acme: Json, status: str) -> None:
    detail = opened(console, acme)
    detail.get_by_role("button", name=status, exact=True).click()
    console.told("200")

    expect(detail.get_by_role("button", name=status, exact=True)).to_have_attribute("aria-pressed", "true")
    assert console.api.get(f"/social-accounts/{acme['id']}").json["status"] == status


def test_token_is_made_to_expire_and_the_api_finds_it_expired(console: Console, acme: Json) -> None:
    console.world.patch_account(acme["id"], behaviour={"refresh": "fails"})
    detail = opened(console, acme)
    detail.get_by_role("button", name="Expire the token now").click()
    console.told("200")
    health = console.api.get(f"/social-accounts/{acme['id']}/health").json

    assert (health["healthy"], health["error_code"]) == (False, "token_expired")
    expect(detail.get_by_role("button", name="token_expired")).to_have_attribute("aria-pressed", "true")


def test_behaviour_is_set_and_what_was_not_touched_is_not_sent(console: Console, acme: Json) -> None:
    detail = opened(console, acme)
    detail.get_by_label("platform", exact=True).select_option("unreachable")
    detail.get_by_role("button", name="Set behaviour").click()
    console.told("200")

    assert console.world.get_account(acme["id"])["behaviour"]["platform"] == "unreachable"
    assert '{"behaviour":{"platform":"unreachable"}}' in console.curl


def test_behaviour_that_cannot_be_is_refused_at_its_field(console: Console, acme: Json) -> None:
    detail = opened(console, acme)
    snapshots = detail.get_by_label("snapshots", exact=True)
    snapshots.fill("-1")
    detail.get_by_role("button", name="Set behaviour").click()

    expect(detail.get_by_text("must be at least 0")).to_be_visible()
    expect(snapshots).to_have_attribute("aria-invalid", "true")
    expect(snapshots).to_be_focused()


def test_what_somebody_is_about_to_set_is_not_overwritten(console: Console, acme: Json) -> None:
    detail = opened(console, acme)
    detail.get_by_label("identity").select_option("unauthorized")
    console.world.patch_account(acme["id"], display_name="Changed", behaviour={"refresh": "fails"})

    expect(detail.get_by_role("heading", name="Changed")).to_be_visible()
    expect(detail.get_by_label("refresh")).to_have_value("fails")
    expect(detail.get_by_label("identity")).to_have_value("unauthorized")


def test_any_field_is_changed_by_json(console: Console, acme: Json) -> None:
    detail = opened(console, acme)
    detail.get_by_text("Change any field").click()
    detail.get_by_label("Changes, as JSON").fill('{"tenant_id": "tenant_7"}')
    detail.get_by_role("button", name="Change", exact=True).click()
    console.told("Changed (200)")

    assert console.world.get_account(acme["id"])["tenant_id"] == "tenant_7"


@pytest.mark.parametrize(
    ("text", "message"),
    [("{", "must be JSON"), ('{"platform": "myspace"}', "/platform"), ('{"scopes": [1]}', "/scopes/0")],
)
def test_json_that_cannot_be_is_refused_in_place(console: Console, acme: Json, text: str, message: str) -> None:
    detail = opened(console, acme)
    detail.get_by_text("Change any field").click()
    detail.get_by_label("Changes, as JSON").fill(text)
    detail.get_by_role("button", name="Change", exact=True).click()

    expect(detail.get_by_role("form", name="Other fields")).to_contain_text(message)


def test_account_is_disconnected_after_a_question(console: Console, acme: Json) -> None:
    detail = opened(console, acme)
    detail.get_by_role("button", name="Disconnect …").click()
    console.dialog.get_by_role("button", name="Cancel").click()
    assert console.api.get(f"/social-accounts/{acme['id']}").status == 200
    detail.get_by_role("button", name="Disconnect …").click()
    console.dialog.get_by_role("button", name="Disconnect").click()
    console.told("Disconnected (200)")

    assert console.api.get(f"/social-accounts/{acme['id']}").status == 404
    expect(detail.get_by_text("disabled, deleted")).to_be_visible()


def test_changes_of_others_are_seen_without_a_reload(console: Console, acme: Json) -> None:
    console.open()
    console.field("Search").fill(acme["id"])
    expect(rows(console)).to_have_count(1)
    console.world.patch_account(acme["id"], status="under_review")

    expect(rows(console)).to_contain_text("under_review")


def test_open_account_that_a_reset_took_away_is_said_to_be_gone(console: Console, acme: Json) -> None:
    detail = opened(console, acme)
    console.world.reset()

    expect(detail.get_by_text("No such account.")).to_be_visible()
