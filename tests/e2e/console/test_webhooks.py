"""The console: webhooks, with a real receiver."""

from __future__ import annotations

from playwright.sync_api import expect
from tests.e2e.browser import barriers, fits
from tests.e2e.console.console import Console
from tests.mockserver.webhooks.receiver import Receiver, unused_port

from postfuze_mock.client.fields import Json


def test_webhook_is_added_and_its_secret_shown_once(console: Console, acme: Json, receiver: Receiver) -> None:
    console.open("webhooks")
    expect(console.panel.get_by_text("This world has no webhooks.")).to_be_visible()
    console.field("URL").fill(receiver.url)
    console.field("Description").fill("The shop")
    console.field("account.connected").uncheck()
    console.button("Add").click()
    secret = console.panel.get_by_role("group", name="Signing secret").inner_text()
    console.world.delete_account(acme["id"])
    (delivery,) = receiver.wait_for(1)

    assert delivery.is_signed_with(secret)
    expect(console.rows).to_contain_text("The shop")
    expect(console.rows).to_contain_text("account.disconnected")
    expect(console.rows).not_to_contain_text("account.connected,")
    expect(console.rows.locator(".badge")).to_have_text("delivered")
    assert secret not in console.curl


def test_failing_webhook_is_first_and_says_why(console: Console, acme: Json, receiver: Receiver) -> None:
    dead = f"http://127.0.0.1:{unused_port()}/hook"
    console.world.put_webhooks([{"url": receiver.url}, {"url": dead}])
    console.open("webhooks")
    expect(console.rows.locator(".badge")).to_have_text(["nothing sent"] * 2)
    console.world.delete_account(acme["id"])

    expect(console.rows.locator("b")).to_have_text([dead, receiver.url])
    expect(console.rows.first).to_contain_text("no connection: nobody listens there")
    console.rows.first.get_by_role("button").click()
    expect(console.rows.first).to_contain_text("account.disconnected, 2026-06-14 12:10:00")
    assert barriers(console.page) == []
    assert fits(console.page)
    console.rows.first.get_by_text("Its events").click()
    expect(console.field("Webhook")).to_have_value(dead)
    expect(console.rows).to_have_count(1)


def test_webhook_is_changed_and_its_secret_replaced(console: Console, receiver: Receiver) -> None:
    console.world.put_webhooks([{"url": receiver.url, "signing_secret": "whsec_old"}, {"url": f"{receiver.url}/2"}])
    console.open("webhooks")
    row = console.rows.first
    row.get_by_role("button").click()
    row.get_by_text("Change").click()
    row.get_by_label("Description").fill("The shop")
    row.get_by_label("account.connected").uncheck()
    row.get_by_role("button", name="Save").click()
    console.expect_outcome(f"Webhook {receiver.url} changed (200)")
    hook, other = console.world.get_webhooks()
    assert (hook["description"], len(hook["events"]), len(other["events"])) == ("The shop", 3, 4)

    row.get_by_role("button", name="New secret …").click()
    console.dialog.get_by_role("button", name="New secret").click()
    secret = console.panel.get_by_role("group", name="Signing secret", exact=True).inner_text()
    console.world.create_event("account.disconnected", webhook=receiver.url)
    (delivery,) = receiver.wait_for(1)
    assert delivery.is_signed_with(secret)


def test_removed_webhook_comes_back_with_undo(console: Console, receiver: Receiver) -> None:
    urls = [f"{receiver.url}/{name}" for name in ("one", "two")]
    console.world.put_webhooks([{"url": url} for url in urls])
    before = console.world.get_state()["webhooks"]
    console.open("webhooks")
    console.rows.first.get_by_role("button").click()
    console.panel.get_by_role("button", name=f"Remove the webhook {urls[0]}").click()
    console.expect_outcome(f"Webhook {urls[0]} removed (200)")
    expect(console.rows).to_have_count(1)
    assert [hook["url"] for hook in console.world.get_webhooks()] == urls[1:]
    console.page.get_by_role("button", name="Undo").click()

    expect(console.rows).to_have_count(2)
    assert console.world.get_state()["webhooks"] == before


def test_address_that_is_not_allowed_is_refused_at_its_field(console: Console, receiver: Receiver) -> None:
    console.world.put_webhooks([{"url": receiver.url}])
    console.open("webhooks")
    expect(console.rows).to_have_count(1)
    console.field("URL").fill("https://example.com/hook")
    console.button("Add").click()

    expect(console.field("URL")).to_have_attribute("aria-invalid", "true")
    expect(console.panel.get_by_text("--webhook-allow")).to_be_visible()
    assert len(console.world.get_webhooks()) == 1


def test_test_event_goes_to_the_chosen_webhook_and_is_marked(console: Console, acme: Json, receiver: Receiver) -> None:
    console.world.put_webhooks([{"url": receiver.url}, {"url": f"{receiver.url}/2", "events": ["account.connected"]}])
    console.open("webhooks")
    form = console.panel.get_by_role("form", name="Send a test event")
    form.get_by_label("Event").select_option("account.token_expired")
    form.get_by_label("Webhook").select_option(f"{receiver.url}/2")
    form.get_by_role("button", name="Send").click()
    expect(form).to_contain_text("does not subscribe to account.token_expired")
    form.get_by_label("Webhook").select_option(receiver.url)
    form.get_by_label("Account").fill("1")
    form.get_by_role("button", name="Send").click()
    expect(form.get_by_label("Account")).to_have_attribute("aria-invalid", "true")
    form.get_by_label("Account").fill(acme["id"])
    form.get_by_role("button", name="Send").click()
    console.panel.get_by_text("See its delivery").click()

    (delivery,) = receiver.wait_for(1)
    assert delivery.event["data"] | {"status": "", "updated_at": ""} == acme | {"status": "", "updated_at": ""}
    expect(console.rows).to_have_count(1)
    expect(console.rows.locator("> button .badge")).to_have_text(["test", "delivered"])
    expect(console.rows.locator(".timeline > li")).to_have_count(1)
    assert console.world.get_account(acme["id"])["status"] == acme["status"]
