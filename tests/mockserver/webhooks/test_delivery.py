"""Delivery of an event: content, destination, signature."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.mockserver.webhooks.hooked import deliveries, disconnect_one, events, hook, secret, settled
from tests.mockserver.webhooks.receiver import Receiver, now, receiving
from tests.support import schemas
from tests.support.times import NOW, later
from tests.support.world import World

from postfuze_mock import __version__, spec

EXPIRED = {"token_expires_at": later(days=-1)}


@pytest.mark.statement("events.disconnected")
def test_delivery_posts_the_event_with_the_changed_account(world: World, receiver: Receiver) -> None:
    hook(world, f"{receiver.url}?team=a")
    account = world.make()
    world.delete(account["id"])
    (delivery,) = receiver.wait_for(1)

    assert delivery.line == "POST /hook?team=a HTTP/1.1"
    assert delivery.headers["content-type"] == "application/json"
    assert delivery.headers["user-agent"] == f"postfuze-mock/{__version__}"
    assert delivery.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert list(delivery.event) == ["id", "event", "created_at", "data"]
    assert delivery.event["event"] == "account.disconnected"
    assert delivery.event["created_at"] == NOW
    assert delivery.event["data"] == {**account, "status": "disabled"}


def test_delivery_is_as_the_specification_describes_it(world: World, receiver: Receiver) -> None:
    hook(world, receiver.url)
    disconnect_one(world)
    (delivery,) = receiver.wait_for(1)
    operation = spec.load()["x-webhooks"][delivery.event["event"]]["post"]
    header = spec.load()["components"]["parameters"]["WebhookSignature"]

    schemas.check("AccountEvent", delivery.event)
    assert operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("/AccountEvent")
    assert operation["parameters"] == [{"$ref": "#/components/parameters/WebhookSignature"}]
    assert header["name"].lower() in delivery.headers


@pytest.mark.assumption("webhooks.signature", "timestamped-hmac")
def test_signature_covers_real_time_and_body(world: World, receiver: Receiver) -> None:
    signing_secret = secret(world, receiver.url)
    disconnect_one(world)
    (delivery,) = receiver.wait_for(1)

    assert signing_secret.startswith("whsec_")
    assert delivery.is_signed_with(signing_secret)
    assert not delivery.is_signed_with(signing_secret.removeprefix("whsec_"))
    assert abs(delivery.signed_at - now()) < 60


def test_custom_secret_signs_deliveries(world: World, receiver: Receiver) -> None:
    hook(world, receiver.url, signing_secret="my-own-secret")
    disconnect_one(world)

    assert receiver.wait_for(1)[0].is_signed_with("my-own-secret")


@pytest.mark.statement("events.connected", "events.token-expired", "events.reauth-required")
def test_events_are_delivered_once_and_in_order(world: World, receiver: Receiver) -> None:
    hook(world, receiver.url)
    session = world.session()
    world.finalize(session["session_token"], *(page["id"] for page in session["pages"]))
    for refresh in ("fails", "revoked"):
        account = world.make(**EXPIRED, behaviour={"refresh": refresh})
        world.health(account["id"])
        world.health(account["id"])

    assert [each.event for each in receiver.wait_for(6)] == [
        {name: value for name, value in event.items() if name != "deliveries"} for event in events(world)
    ]
    assert [event["event"].removeprefix("account.") for event in events(world)] == [
        "connected",
        "connected",
        "token_expired",
        "token_expired",
        "reauth_required",
        "disconnected",
    ]


def test_webhook_gets_only_its_events(world: World, receiver: Receiver, second: Receiver) -> None:
    world.control(
        "PUT",
        "/webhooks",
        [{"url": receiver.url, "events": ["account.token_expired"]}, {"url": second.url}],
    )
    disconnect_one(world)
    world.health(world.make(**EXPIRED, behaviour={"refresh": "fails"})["id"])
    second.wait_for(2)

    assert [each.event["event"] for each in receiver.wait_for(1)] == ["account.token_expired"]
    assert [each["url"] for each in deliveries(world, 0)] == [second.url]
    assert [each["url"] for each in deliveries(world, 1)] == [receiver.url, second.url]


def test_event_shows_its_delivery(world: World, receiver: Receiver) -> None:
    hook(world, receiver.url)
    disconnect_one(world)
    (delivery,) = settled(world, "delivered")
    (attempt,) = delivery.pop("attempts")

    assert delivery == {"url": receiver.url, "status": "delivered", "next_attempt_at": None}
    assert attempt.pop("duration_ms") >= 0
    assert attempt == {"at": NOW, "status": 200, "error": None}


def test_event_without_a_webhook_is_stored_without_deliveries(world: World) -> None:
    disconnect_one(world)

    assert deliveries(world) == []


@contextmanager
def receiving_only_on(host: str) -> Iterator[Receiver]:
    """A receiver whose port no other program has on the other loopback address."""
    family, other = (socket.AF_INET6, "::1") if host == "127.0.0.1" else (socket.AF_INET, "127.0.0.1")
    for _ in range(10):
        with receiving(host) as receiver, socket.socket(family) as reserved:
            try:
                reserved.bind((other, receiver.port))  # without listening, so that it refuses connections
            except OSError:
                continue
            yield receiver
            return
    pytest.fail("no port is free on both loopback addresses")


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_localhost_means_either_loopback_address(world: World, host: str) -> None:
    with receiving_only_on(host) as receiver:
        hook(world, f"http://localhost:{receiver.port}/hook")
        disconnect_one(world)
        (delivery,) = receiver.wait_for(1)
        settled(world, "delivered")

    assert delivery.headers["host"] == f"localhost:{receiver.port}"


def test_ipv6_address_is_written_in_brackets(world: World) -> None:
    with receiving("::1") as receiver:
        hook(world, receiver.url)
        disconnect_one(world)

        assert receiver.wait_for(1)[0].headers["host"] == f"[::1]:{receiver.port}"


def test_worlds_deliver_to_their_own_receivers(
    world: World, other: World, receiver: Receiver, second: Receiver
) -> None:
    hook(world, receiver.url)
    hook(other, second.url)
    mine, others = disconnect_one(world), disconnect_one(other)

    assert [each.event["id"] for each in receiver.wait_for(1)] == [mine["id"]]
    assert [each.event["id"] for each in second.wait_for(1)] == [others["id"]]
