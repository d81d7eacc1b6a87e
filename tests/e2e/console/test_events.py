"""The console: events and webhooks, with a real receiver."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from tests.e2e.console.console import Console
from tests.mockserver.webhooks.receiver import Receiver, receiving

from postfuze_mock.client.fields import Json


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def test_event_appears_with_its_account_and_delivery(console: Console, acme: Json, receiver: Receiver) -> None:
    console.world.put_webhooks([{"url": receiver.url}])
    console.open("events")
    expect(console.panel.get_by_text("No events yet.")).to_be_visible()
    console.world.delete_account(acme["id"])
    receiver.wait_for(1)

    expect(console.rows.first).to_contain_text("account.disconnected")
    expect(console.rows.first).to_contain_text("acme")
    expect(console.rows.first).to_contain_text("delivered")


def test_event_is_delivered_again_on_request(console: Console, acme: Json, receiver: Receiver) -> None:
    receiver.next(500)
    console.world.put_webhooks([{"url": receiver.url}])
    console.world.delete_account(acme["id"])
    console.open("events")
    expect(console.rows.first).to_contain_text("failed")
    console.rows.first.get_by_role("button", expanded=False).click()
    expect(console.rows.first).to_contain_text(receiver.url)
    console.button("Deliver again").click()
    first, again = receiver.wait_for(2)

    assert first.event == again.event
    expect(console.rows.locator(".attempts ol li")).to_have_count(2)
    expect(console.rows.locator(".badge")).to_have_text("delivered")


def test_event_of_a_world_without_webhooks_says_so(console: Console, acme: Json) -> None:
    console.world.delete_account(acme["id"])
    console.open("events")
    console.rows.first.get_by_role("button", expanded=False).click()

    expect(console.rows.first).to_contain_text("No webhook subscribed to this event.")


def test_webhook_is_added_and_its_secret_shown_once(console: Console, acme: Json, receiver: Receiver) -> None:
    console.open("webhooks")
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
    assert secret not in console.curl


def test_webhook_is_removed_and_the_others_stay(console: Console, receiver: Receiver) -> None:
    urls = [f"{receiver.url}/{name}" for name in ("one", "two")]
    console.world.put_webhooks([{"url": url} for url in urls])
    console.open("webhooks")
    console.panel.get_by_role("button", name=f"Remove the webhook {urls[0]}").click()
    console.expect_outcome("Webhook removed (200)")

    assert [hook["url"] for hook in console.world.get_webhooks()] == urls[1:]
    expect(console.rows).to_have_count(1)


def test_address_that_is_not_allowed_is_refused_at_its_field(console: Console, receiver: Receiver) -> None:
    console.world.put_webhooks([{"url": receiver.url}])
    console.open("webhooks")
    expect(console.rows).to_have_count(1)
    console.field("URL").fill("https://example.com/hook")
    console.button("Add").click()

    expect(console.field("URL")).to_have_attribute("aria-invalid", "true")
    expect(console.panel.get_by_text("--webhook-allow")).to_be_visible()
    assert len(console.world.get_webhooks()) == 1
