"""The console: an opened account, what changes it, and what the API answers now."""

from __future__ import annotations

import json

from playwright.sync_api import Locator, expect
from tests.e2e.console.console import Console

from postfuze_mock.client.fields import Json


def rows(console: Console) -> Locator:
    return console.panel.locator(".list tbody tr")


def open_account(console: Console, account: Json) -> Locator:
    """Open the account, with its fields loaded."""
    console.open(f"accounts/{account['id']}")
    detail = console.page.get_by_role("complementary", name="The open account")
    expect(detail.get_by_role("heading", name=account["display_name"])).to_be_visible()
    return detail


def test_account_opens_by_a_click_with_all_its_fields(console: Console, acme: Json) -> None:
    console.open()
    rows(console).filter(has_text="Acme Inc.").click()
    members = console.page.get_by_role("complementary").locator("dl > div")

    for name, value in acme.items():
        text = ", ".join(value) if isinstance(value, list) else "null" if value is None else value
        expect(members.filter(has=console.page.get_by_text(name, exact=True))).to_contain_text(text)


def test_open_account_shows_its_behaviour_and_snapshots_and_loads_no_picture(console: Console, acme: Json) -> None:
    console.world.patch_account(acme["id"], behaviour={"refresh": "fails", "snapshots": 9})
    detail = open_account(console, acme)

    expect(detail.get_by_label("refresh", exact=True)).to_have_value("fails")
    expect(detail.get_by_label("snapshots", exact=True)).to_have_value("9")
    expect(detail.locator(".scroll tbody tr")).to_have_count(7)
    expect(detail.locator("figcaption")).to_contain_text("9 snapshots")
    assert {url.split("/")[2] for url in console.visit.requests} == {console.visit.url.removeprefix("http://")}


def test_status_is_changed_by_a_button(console: Console, acme: Json) -> None:
    detail = open_account(console, acme)
    for status in ("disabled", "token_expired", "revoked"):
        button = detail.get_by_role("button", name=status, exact=True)
        button.click()
        console.expect_outcome(f"Status is {status} (200)")
        expect(button).to_have_attribute("aria-pressed", "true")
        assert console.api.get(f"/social-accounts/{acme['id']}").json["status"] == status


def test_token_expires_by_a_button_and_the_api_finds_it_expired(console: Console, acme: Json) -> None:
    console.world.patch_account(acme["id"], behaviour={"refresh": "fails"})
    detail = open_account(console, acme)
    detail.get_by_role("button", name="Expire the token now").click()
    console.expect_outcome("200")
    health = console.api.get(f"/social-accounts/{acme['id']}/health").json

    assert (health["healthy"], health["error_code"]) == (False, "token_expired")
    expect(detail.get_by_role("button", name="token_expired", exact=True)).to_have_attribute("aria-pressed", "true")


def test_behaviour_is_set_and_only_changes_are_sent(console: Console, acme: Json) -> None:
    detail = open_account(console, acme)
    detail.get_by_label("platform", exact=True).select_option("unreachable")
    detail.get_by_role("button", name="Set behaviour").click()
    console.expect_outcome("200")

    assert console.world.get_account(acme["id"])["behaviour"]["platform"] == "unreachable"
    assert '{"behaviour":{"platform":"unreachable"}}' in console.curl


def test_invalid_behaviour_is_refused_at_its_field(console: Console, acme: Json) -> None:
    detail = open_account(console, acme)
    snapshots = detail.get_by_label("snapshots", exact=True)
    snapshots.fill("-1")
    detail.get_by_role("button", name="Set behaviour").click()

    expect(detail.get_by_text("must be at least 0")).to_be_visible()
    expect(snapshots).to_have_attribute("aria-invalid", "true")
    expect(snapshots).to_be_focused()


def test_field_being_edited_is_not_overwritten(console: Console, acme: Json) -> None:
    detail = open_account(console, acme)
    detail.get_by_label("identity").select_option("unauthorized")
    console.world.patch_account(acme["id"], display_name="Changed", behaviour={"refresh": "fails"})

    expect(detail.get_by_role("heading", name="Changed")).to_be_visible()
    expect(detail.get_by_label("refresh", exact=True)).to_have_value("fails")
    expect(detail.get_by_label("identity")).to_have_value("unauthorized")


def test_any_field_is_changed_by_json_and_errors_appear_at_the_form(console: Console, acme: Json) -> None:
    form = open_account(console, acme).get_by_role("form", name="Other fields")
    console.panel.get_by_text("Change any field").click()
    for text, message in [
        ("{", "must be JSON"),
        ('{"platform": "myspace"}', "/platform"),
        ('{"scopes": [1]}', "/scopes/0"),
    ]:
        form.get_by_label("Changes, as JSON").fill(text)
        form.get_by_role("button", name="Change", exact=True).click()
        expect(form).to_contain_text(message)
    form.get_by_label("Changes, as JSON").fill('{"tenant_id": "tenant_7"}')
    form.get_by_role("button", name="Change", exact=True).click()
    console.expect_outcome("Changed (200)")

    assert console.world.get_account(acme["id"])["tenant_id"] == "tenant_7"


def test_account_is_disconnected_after_confirmation(console: Console, acme: Json) -> None:
    detail = open_account(console, acme)
    detail.get_by_role("button", name="Disconnect …").click()
    console.dialog.get_by_role("button", name="Cancel").click()
    assert console.api.get(f"/social-accounts/{acme['id']}").status == 200
    detail.get_by_role("button", name="Disconnect …").click()
    console.dialog.get_by_role("button", name="Disconnect").click()
    console.expect_outcome("Disconnected (200)")

    assert console.api.get(f"/social-accounts/{acme['id']}").status == 404
    expect(detail.get_by_text("disabled, deleted")).to_be_visible()


def test_changes_by_others_appear_without_a_reload(console: Console, acme: Json) -> None:
    console.open()
    console.field("Search").fill(acme["id"])
    expect(rows(console)).to_have_count(1)
    console.world.patch_account(acme["id"], status="under_review")

    expect(rows(console)).to_contain_text("under_review")


def test_open_account_removed_by_a_reset_is_reported_missing(console: Console, acme: Json) -> None:
    detail = open_account(console, acme)
    console.world.reset()

    expect(detail.get_by_text("No such account.")).to_be_visible()


def test_open_account_shows_what_the_api_answers_now(console: Console, acme: Json) -> None:
    fields: Json = {"token_expires_at": "2026-06-14T12:00:00Z", "behaviour": {"refresh": "fails", "snapshots": 3}}
    console.world.patch_account(acme["id"], **fields)
    state = console.world.get_state()
    detail = open_account(console, acme)
    health = detail.locator(".answers > li", has_text="/health")
    expect(health).to_contain_text("200")
    expect(health).to_contain_text("not healthy: token_expired, by a live probe")
    expect(health).to_contain_text("The call sets status to token_expired, and fires account.token_expired.")
    expect(detail.locator(".answers > li", has_text="/metrics")).to_contain_text("live, ")
    health.locator("button.line").click()
    preview = health.get_by_role("group", name="Answer: getSocialAccountHealth").inner_text()
    assert console.world.get_state() == state
    assert console.world.list_requests() == []
    health.get_by_role("button", name="Make this call").click()
    console.expect_outcome("Called getSocialAccountHealth (200)")

    assert console.world.list_requests()[-1]["response"]["body"] == json.loads(preview)
    expect(health.get_by_text("The call sets status")).to_have_count(0)
    expect(detail.get_by_role("button", name="token_expired", exact=True)).to_have_attribute("aria-pressed", "true")


def test_fault_that_hits_the_next_call_is_named_and_removed(console: Console, acme: Json) -> None:
    console.world.create_fault(preset="service_down")
    detail = open_account(console, acme)
    health = detail.locator(".answers > li", has_text="/health")
    expect(health.locator(".badge")).to_have_text("503")
    expect(health).to_contain_text("by a fault; without it 200, healthy")
    expect(health).to_contain_text("The next call is hit by a fault: The service is down")
    health.get_by_role("button", name="Remove").click()
    expect(health.locator(".badge")).to_have_text("200")

    assert console.world.list_faults() == []


def test_disconnected_account_says_so_and_is_restored(console: Console, acme: Json) -> None:
    detail = open_account(console, acme)
    console.button("Disconnect …").click()
    console.button("Disconnect").click()
    console.expect_outcome("Disconnected (200)")
    expect(detail.get_by_text("Every call answers 404: No such account.")).to_be_visible()
    expect(detail.get_by_role("link", name="deleted.inspection")).to_have_attribute(
        "href", "/docs#assumption/deleted.inspection"
    )
    expect(detail.locator(".answers")).to_be_hidden()
    expect(detail.get_by_text("Disconnected: the API shows it to nobody.")).to_be_visible()
    detail.get_by_role("button", name="Restore").click()
    console.expect_outcome("Restored (200)")

    expect(detail.locator(".title .badge")).to_have_text("active")
    assert console.api.get(f"/social-accounts/{acme['id']}").status == 200


def test_disconnection_is_undone(console: Console, acme: Json) -> None:
    detail = open_account(console, acme)
    console.button("Disconnect …").click()
    console.button("Disconnect").click()
    console.expect_outcome("Disconnected (200)")
    console.undo.click()
    console.expect_outcome("Undone: Disconnected")

    expect(detail.locator(".title .badge")).to_have_text("active")
    assert console.world.list_events() == []


def test_undocumented_status_is_asked_about(console: Console, acme: Json) -> None:
    detail = open_account(console, acme)
    detail.get_by_text("Set another status").click()
    field = detail.get_by_label("Another status", exact=True).and_(detail.get_by_role("textbox"))
    field.fill("paused")
    console.button("Set status").click()
    expect(console.dialog).to_contain_text("Set the status “paused”?")
    expect(console.dialog).to_contain_text("not a documented status (active, disabled, token_expired, revoked)")
    console.button("Cancel").click()
    assert console.world.get_account(acme["id"])["status"] == "active"
    console.button("Set status").click()
    console.dialog.get_by_role("button", name="Set status").click()
    console.expect_outcome("Status set (200)")
    assert console.world.get_account(acme["id"])["status"] == "paused"
    field.fill("revoked")
    console.button("Set status").click()
    expect(detail.locator(".title .badge")).to_have_text("revoked")

    expect(console.dialog).to_have_count(0)


def test_open_account_links_to_its_calls_events_and_id(console: Console, acme: Json) -> None:
    console.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    detail = open_account(console, acme)
    detail.get_by_role("button", name="Copy: The account's id").click()
    expect(detail.get_by_text("Copied")).to_be_visible()
    assert console.page.evaluate("navigator.clipboard.readText()") == acme["id"]
    for name, panel in (("Its calls", "Requests"), ("Its events", "Events")):
        open_account(console, acme).get_by_role("link", name=name).click()
        expect(console.panel.get_by_role("heading", level=2, name=panel)).to_be_visible()
