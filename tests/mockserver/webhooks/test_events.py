"""Events in the control API: listed, and sent again."""

from __future__ import annotations

import pytest
from tests.mockserver.webhooks.hooked import ALL, URL, deliveries, disconnect_one, events, hook, put, secret, settled
from tests.mockserver.webhooks.receiver import Receiver
from tests.support.times import until
from tests.support.world import World

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def test_events_are_filtered_by_name_and_limited_to_the_last(world: World) -> None:
    session = world.session()
    for each in world.finalize(session["session_token"], *(page["id"] for page in session["pages"])):
        world.delete(each["id"])

    assert [each["event"] for each in events(world)] == ALL[:1] * 2 + ALL[1:2] * 2
    assert events(world, "?event=account.connected") == events(world)[:2]
    assert events(world, "?event=account.connected&limit=1") == events(world)[1:2]
    assert events(world, "?limit=3") == events(world)[1:]
    assert events(world, "?event=account.token_expired") == []


@pytest.mark.parametrize(
    ("query", "pointer", "message"),
    [
        ("event=account.conected", "event", "did you mean account.connected?"),
        ("limit=0", "limit", "must be at least 1"),
        ("limit=1001", "limit", "must be at most 1000"),
        ("limit=many", "limit", "must be"),
    ],
)
def test_invalid_event_filter_is_refused(world: World, query: str, pointer: str, message: str) -> None:
    response = world.control_response("GET", f"/events?{query}")
    (error,) = response.json()["errors"]

    assert response.status_code == 400
    assert message in error["message"]
    assert pointer in str(error)


def test_repeated_event_has_the_same_id_and_a_new_signature(world: World, receiver: Receiver) -> None:
    signing_secret = secret(world, receiver.url)
    event = disconnect_one(world)
    settled(world, "delivered")
    response = world.control_response("POST", f"/events/{event['id'].upper()}/redeliver")
    first, second = receiver.wait_for(2)
    (delivery,) = settled(world, "delivered")

    assert response.status_code == 202
    assert (response.json()["id"], response.json()["deliveries"][0]["status"]) == (event["id"], "pending")
    assert first.body == second.body
    assert second.is_signed_with(signing_secret)
    assert second.signed_at >= first.signed_at
    until(lambda: len(deliveries(world)[0]["attempts"]) == 2, "the second attempt")
    assert delivery["url"] == receiver.url


def test_given_up_event_can_be_sent_again(world: World, receiver: Receiver) -> None:
    hook(world, receiver.url)
    receiver.next(*[500] * 7)
    event = disconnect_one(world)
    for attempts in range(1, 6):
        until(lambda attempts=attempts: len(deliveries(world)[0]["attempts"]) == attempts, "an attempt")  # type: ignore[misc]
        world.advance(days=1)
    settled(world, "given_up")
    world.control("POST", f"/events/{event['id']}/redeliver")
    until(lambda: len(deliveries(world)[0]["attempts"]) == 7, "the seventh attempt")
    (again,) = settled(world, "given_up")
    world.control("POST", f"/events/{event['id']}/redeliver")
    (delivered,) = settled(world, "delivered")

    assert again["next_attempt_at"] is None
    assert [each["status"] for each in delivered["attempts"]] == [500] * 7 + [200]


def test_repeated_event_goes_to_the_current_webhooks(world: World, receiver: Receiver, second: Receiver) -> None:
    hook(world, receiver.url)
    event = disconnect_one(world)
    settled(world, "delivered")
    put(world, [{"url": second.url}, {"url": URL, "events": ALL[:1]}])
    world.control("POST", f"/events/{event['id']}/redeliver")
    settled(world, "delivered", "delivered")

    assert [each.event["id"] for each in second.wait_for(1)] == [event["id"]]
    assert len(receiver.wait_for(1)) == 1
    assert [each["url"] for each in deliveries(world)] == [receiver.url, second.url]


def test_event_repeated_during_its_delivery_is_sent_once_more(world: World, receiver: Receiver) -> None:
    hook(world, receiver.url)
    receiver.next(lambda connection, _: (connection.recv(1), None)[1])  # until the mock hangs up, or the test ends
    event = disconnect_one(world)
    receiver.wait_for(1)
    world.control("POST", f"/events/{event['id']}/redeliver")
    (waiting,) = deliveries(world)

    assert (waiting["status"], waiting["attempts"]) == ("pending", [])
    assert waiting["next_attempt_at"] is not None


def test_unknown_or_foreign_event_cannot_be_sent_again(world: World, other: World) -> None:
    hook(world, URL)
    hook(other, URL)
    theirs = disconnect_one(other)
    for id in (UNKNOWN, theirs["id"]):
        response = world.control_response("POST", f"/events/{id}/redeliver")
        assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert world.control_response("POST", "/events/no-uuid/redeliver").status_code in (400, 404)


def test_event_without_a_webhook_cannot_be_sent_again(world: World) -> None:
    event = disconnect_one(world)
    hook(world, URL, events=ALL[:1])
    response = world.control_response("POST", f"/events/{event['id']}/redeliver")

    assert (response.status_code, response.json()["code"]) == (409, "no_webhook")
    assert "No webhook of this world subscribes to account.disconnected" in response.json()["detail"]
