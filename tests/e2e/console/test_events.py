"""The console: events and what became of them, with a real receiver."""

from __future__ import annotations

from playwright.sync_api import expect
from tests.e2e.browser import barriers, fits
from tests.e2e.console.console import Console
from tests.mockserver.webhooks.receiver import Receiver, saying

from postfuze_mock.client.fields import Json

SECRET = "whsec_mine"


def open_first(console: Console) -> None:
    """Open the newest event, and the first attempt to deliver it."""
    console.rows.first.get_by_role("button", expanded=False).first.click()
    console.rows.first.locator(".timeline > li button").first.click()


def test_event_appears_and_is_green_only_where_every_receiver_took_it(
    console: Console, acme: Json, receiver: Receiver
) -> None:
    console.world.put_webhooks([{"url": receiver.url}, {"url": f"{receiver.url}/2"}])
    console.open("events")
    expect(console.panel.get_by_text("No events yet.")).to_be_visible()
    receiver.next(200, 500, 200)
    console.world.delete_account(acme["id"])
    badge = console.rows.first.locator("> button .badge")

    expect(console.rows.first).to_contain_text("account.disconnected")
    expect(console.rows.first).to_contain_text("Acme Inc.")
    expect(badge).to_have_text("1 of 2 delivered")
    expect(badge).to_have_class("badge bad")
    console.world.advance_clock(60)
    expect(badge).to_have_text("2 of 2 delivered")
    expect(badge).to_have_class("badge good")


def test_attempt_shows_its_request_its_answer_and_the_next_one(
    console: Console, acme: Json, receiver: Receiver
) -> None:
    console.world.put_webhooks([{"url": receiver.url}])
    receiver.next(saying(b'HTTP/1.1 418 No\r\nX-Reason: tea\r\n\r\n{"error":"signature"}'))
    console.world.delete_account(acme["id"])
    console.open("events")
    open_first(console)
    request, response = console.rows.locator(".sides > div").all()
    (received,) = receiver.wait_for(1)

    for words in (f"POST {receiver.url}", received.headers["x-postfuze-signature"], '"event": "account.disconnected"'):
        expect(request).to_contain_text(words)
    for words in ("HTTP 418", "x-reason: tea", '"error": "signature"'):
        expect(response).to_contain_text(words)
    expect(console.rows.locator(".timeline")).to_contain_text("answered 418, not 2xx")
    expect(console.rows.locator(".timeline")).to_contain_text("signature valid")
    expect(console.rows.locator(".next")).to_contain_text("the clock stands, so advance it by 1 min.")
    console.button("Advance the clock to it").click()
    console.expect_outcome("Clock advanced to the next attempt (200)")

    expect(console.rows.locator(".timeline > li")).to_have_count(2)
    expect(console.rows.locator(".receiver .badge")).to_have_text("delivered")
    expect(console.rows.locator(".next")).to_be_hidden()
    expect(request).to_be_visible()  # what the user has opened stays open
    assert '{"seconds":60}' in console.curl


def test_signature_is_verified_with_the_secret_that_the_user_enters(
    console: Console, acme: Json, receiver: Receiver
) -> None:
    console.world.put_webhooks([{"url": receiver.url, "signing_secret": SECRET}])
    console.world.delete_account(acme["id"])
    console.open("events")
    open_first(console)
    console.panel.get_by_text("Verify the signature").click()
    verdict, steps = console.panel.get_by_role("status"), console.panel.locator(".steps > li")
    expect(steps.last).to_contain_text("Enter the signing secret")

    console.field("Signing secret").fill("whsec_other")
    expect(verdict).to_have_text("Not genuine: see the last step.")
    expect(steps.last).to_contain_text("They part at character")
    console.field("Signing secret").fill(SECRET)
    expect(verdict).to_have_text("Genuine: signed with this secret.")
    expect(steps.last).to_contain_text("it is genuine and recent")
    (received,) = receiver.wait_for(1)
    assert f"{received.signed_at}.{received.body.decode()}" in steps.nth(2).inner_text()
    assert barriers(console.page) == []
    assert fits(console.page)


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
    expect(console.rows.locator(".timeline > li")).to_have_count(2)
    expect(console.rows.locator("> button .badge")).to_have_text("delivered")


def test_event_of_a_world_without_webhooks_says_so(console: Console, acme: Json) -> None:
    console.world.delete_account(acme["id"])
    console.open("events")
    console.rows.first.get_by_role("button", expanded=False).click()

    expect(console.rows.first).to_contain_text("No webhook subscribed to this event.")


def test_list_is_filtered_and_an_address_opens_an_event(console: Console, acme: Json, receiver: Receiver) -> None:
    other = console.world.create_account(username="other", display_name="Other", platform="x")
    console.world.delete_account(other["id"])
    console.world.put_webhooks([{"url": receiver.url}])
    receiver.next(500)
    console.world.delete_account(acme["id"])
    console.open("events")
    expect(console.rows).to_have_count(2)
    console.field("Only undelivered").check()
    expect(console.rows).to_have_count(1)
    expect(console.rows).to_contain_text("Acme Inc.")
    console.field("Only undelivered").uncheck()
    console.field("Webhook").select_option(receiver.url)
    expect(console.rows).to_have_count(1)
    console.page.reload()

    console.open("events/search/other")
    expect(console.rows).to_have_count(1)
    expect(console.rows).to_contain_text("Other")
    first = console.world.list_events(q="other")[0]
    console.open(f"events/open/{first['id']}")
    expect(console.rows.nth(1)).to_contain_text("No webhook subscribed to this event.")
