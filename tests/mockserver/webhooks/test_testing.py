"""Test events: a receiver is tried, and nothing happens to an account."""

from __future__ import annotations

from typing import Any, cast

import httpx
import pytest
from tests.mockserver.webhooks.hooked import ALL, disconnect_one, events, hook, put, secret, settled
from tests.mockserver.webhooks.receiver import Receiver
from tests.support.world import Json, World

STATUSES = {
    "account.connected": "active",
    "account.disconnected": "disabled",
    "account.token_expired": "token_expired",
    "account.reauth_required": "token_expired",
}


def send(world: World, event: str = "account.connected", **fields: str) -> Json:
    return cast(Json, world.control("POST", "/events", {"event": event, **fields}))


def refused(world: World, **body: Any) -> httpx.Response:
    """The refusal of a test event, which has changed nothing."""
    before = world.state()
    response = world.control_response("POST", "/events", body)
    assert world.state() == before
    return response


@pytest.mark.parametrize("kind", ALL)
def test_receiver_gets_an_event_like_a_real_one(world: World, receiver: Receiver, kind: str) -> None:
    key = secret(world, receiver.url)
    account = world.make()
    event = send(world, kind, account=account["id"].upper())
    (received,) = receiver.wait_for(1)

    assert received.is_signed_with(key)
    assert received.event == {each: event[each] for each in ("id", "event", "created_at", "data")}
    assert (event["event"], event["test"]) == (kind, True)
    assert event["data"] | {"status": "", "updated_at": ""} == account | {"status": "", "updated_at": ""}
    assert event["data"]["status"] == STATUSES[kind]
    assert world.get(account["id"]) == account


def test_status_after_a_revoked_grant_is_the_one_of_the_world(world: World, receiver: Receiver) -> None:
    world.control("POST", "/reset", {"assume": {"health.revoked-grant": "revoked"}})
    hook(world, receiver.url)

    assert send(world, "account.reauth_required")["data"]["status"] == "revoked"


def test_test_event_is_about_the_newest_account_by_default(world: World, receiver: Receiver) -> None:
    hook(world, receiver.url)
    newest = world.make()

    assert send(world)["data"]["id"] == newest["id"]


def test_disconnected_account_can_be_named(world: World, receiver: Receiver) -> None:
    hook(world, receiver.url)
    id = disconnect_one(world)["data"]["id"]

    assert send(world, "account.disconnected", account=id)["data"]["id"] == id


def test_only_subscribers_get_it_or_the_one_that_was_named(world: World, receiver: Receiver, second: Receiver) -> None:
    urls = [receiver.url, second.url]
    put(world, [*({"url": url} for url in urls), {"url": f"{second.url}/2", "events": ["account.disconnected"]}])

    assert [each["url"] for each in send(world)["deliveries"]] == urls
    assert [each["url"] for each in send(world, webhook=second.url)["deliveries"]] == [second.url]
    assert len(receiver.wait_for(1)) == len(second.wait_for(2)) - 1


def test_test_event_is_listed_retried_and_kept_as_any_other(world: World, receiver: Receiver) -> None:
    hook(world, receiver.url)
    receiver.next(500)
    event = send(world)
    settled(world, "failed")
    state = world.state()
    world.control("PUT", "/state", state)
    world.advance(minutes=1)
    settled(world, "delivered")
    world.control("POST", f"/events/{event['id']}/redeliver")
    first, *others = (each.event for each in receiver.wait_for(3))

    assert "test" not in first
    assert others == [first] * 2
    assert [each["test"] for each in events(world)] == [True]


def test_later_events_have_the_ids_that_they_would_have_had(world: World) -> None:
    without = disconnect_one(world)
    world.reset()
    hook(world, f"/_mock/inbox/{world.name}")
    send(world)

    assert disconnect_one(world)["id"] == without["id"]


def test_who_waits_for_an_event_gets_it(world: World) -> None:
    hook(world, f"/_mock/inbox/{world.name}")
    event = send(world)

    assert [each["id"] for each in events(world, "?wait=5&event=account.connected")] == [event["id"]]


def test_coverage_does_not_count_it(world: World) -> None:
    hook(world, f"/_mock/inbox/{world.name}")
    world.control("DELETE", "/coverage")
    send(world)

    (events,) = (each for each in world.control("GET", "/coverage")["groups"] if each["id"] == "events")
    assert [each["id"] for each in events["items"] if each["met"]] == []


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"event": "account.renamed"}, 400, "account.connected"),
        ({}, 400, "event"),
        ({"event": "account.connected", "account": "1"}, 400, "/account must be a UUID"),
        (
            {"event": "account.connected", "account": "00000000-0000-4000-8000-000000000000"},
            400,
            "/account: must be the id of an account of this world",
        ),
        (
            {"event": "account.connected", "webhook": "http://127.0.0.1:1/"},
            400,
            "/webhook: must be the url of a webhook of this world: http://127.0.0.1:9/a, http://127.0.0.1:9/b",
        ),
        (
            {"event": "account.connected", "webhook": "http://127.0.0.1:9/b"},
            409,
            "http://127.0.0.1:9/b does not subscribe to account.connected, but to account.disconnected.",
        ),
        ({"event": "account.token_expired"}, 409, "No webhook of this world subscribes to account.token_expired"),
    ],
    ids=str,
)
def test_refusal_says_what_would_be_right(world: World, body: Json, status: int, words: str) -> None:
    put(
        world,
        [
            {"url": "http://127.0.0.1:9/a", "events": ["account.connected"]},
            {"url": "http://127.0.0.1:9/b", "events": ["account.disconnected"]},
        ],
    )
    response = refused(world, **body)

    assert response.status_code == status
    assert words in response.text


def test_world_without_webhooks_or_accounts_is_told_so(world: World) -> None:
    world.control("POST", "/reset", {"world": "empty"})
    assert refused(world, event="account.connected").json()["code"] == "no_webhook"
    assert "which has none" in refused(world, event="account.connected", webhook="http://127.0.0.1:1/").text
    hook(world, f"/_mock/inbox/{world.name}")

    response = refused(world, event="account.connected")
    assert (response.status_code, response.json()["code"]) == (409, "no_account")
    assert "POST /_mock/accounts" in response.json()["detail"]
