"""Webhooks and events over resets, saved states and inline worlds."""

from __future__ import annotations

import socket
import threading

import pytest
from tests.mockserver.webhooks.hooked import (
    ALL,
    URL,
    deliveries,
    disconnect_one,
    events,
    hook,
    secret,
    settled,
    webhooks,
)
from tests.mockserver.webhooks.receiver import Receiver, hanging
from tests.support.world import Json, World


def test_reset_removes_webhooks_events_and_pending_deliveries(world: World, receiver: Receiver) -> None:
    before = world.state()
    hook(world, receiver.url)
    receiver.next(hanging)
    disconnect_one(world)
    receiver.wait_for(1)
    world.reset()

    assert events(world) == webhooks(world) == []
    assert world.state() == before
    hook(world, receiver.url)
    event = disconnect_one(world)
    settled(world, "delivered")
    assert receiver.wait_for(2)[1].event["id"] == event["id"]


def test_reset_disconnects_a_hanging_receiver(world: World, receiver: Receiver) -> None:
    hung_up = threading.Event()

    def telling(connection: socket.socket, ended: threading.Event) -> None:
        hanging(connection, ended)
        hung_up.set()

    hook(world, receiver.url)
    receiver.next(telling)
    disconnect_one(world)
    receiver.wait_for(1)
    world.reset()

    assert hung_up.wait(5)  # an attempt itself has 10 seconds


def test_webhooks_and_events_belong_to_one_world(world: World, other: World) -> None:
    before = other.state()
    hook(world, URL)
    disconnect_one(world)
    settled(world, "failed")

    assert other.state() == before


def test_state_contains_webhooks_with_secrets_and_events_with_deliveries(world: World, receiver: Receiver) -> None:
    signing_secret = secret(world, receiver.url)
    receiver.next(500)
    disconnect_one(world)
    settled(world, "failed")
    state = world.state()
    world.reset(world="empty")
    world.control("PUT", "/state", state)

    assert state["webhooks"] == [
        {"url": receiver.url, "events": ALL, "description": None, "signing_secret": signing_secret}
    ]
    assert world.state() == state
    world.advance(minutes=1)
    settled(world, "delivered")
    assert all(each.is_signed_with(signing_secret) for each in receiver.wait_for(2))


def test_state_continues_in_another_world(world: World, other: World, receiver: Receiver) -> None:
    hook(world, receiver.url)
    receiver.next(500)
    disconnect_one(world)
    settled(world, "failed")
    other.control("PUT", "/state", world.state())
    other.advance(minutes=1)

    settled(other, "delivered")
    assert [each["status"] for each in deliveries(world)] == ["failed"]


def test_state_without_webhooks_and_deliveries_has_none(world: World) -> None:
    disconnect_one(world)
    state = world.state()
    del state["webhooks"], state["events"][0]["deliveries"]
    hook(world, URL)
    world.control("PUT", "/state", state)

    assert webhooks(world) == deliveries(world) == []


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"webhooks": [{"url": URL}]}, "/webhooks/0"),
        (
            {"webhooks": [{"url": "http://10.0.0.1/", "events": ALL, "description": None, "signing_secret": "a"}]},
            "/webhooks/0/url",
        ),
        ({"events": [{"id": "a"}]}, "/events/0"),
        ({"events": [{}]}, "/events/0"),
    ],
    ids=str,
)
def test_state_with_invalid_webhooks_or_events_is_refused(world: World, change: Json, pointer: str) -> None:
    before = world.state()
    response = world.control_response("PUT", "/state", {**before, **change})

    assert response.status_code == 400
    assert all(each["pointer"].startswith(pointer) for each in response.json()["errors"])
    assert world.state() == before


def test_inline_world_may_have_webhooks(world: World, receiver: Receiver) -> None:
    world.reset(world={"generate": 2, "webhooks": [{"url": receiver.url}]})
    disconnect_one(world)
    receiver.wait_for(1)
    settled(world, "delivered")
    hook(world)
    world.reset(keep_world=True)

    assert [each["url"] for each in webhooks(world)] == [receiver.url]


def test_inline_world_with_a_forbidden_webhook_is_refused_with_its_place(world: World) -> None:
    body = {"world": {"webhooks": [{"url": "https://hooks.example.com/"}]}}
    response = world.control_response("POST", "/reset", body)
    (error,) = response.json()["errors"]

    assert response.status_code == 400
    assert error["pointer"] == "/world/webhooks/0/url"
    assert "--webhook-allow hooks.example.com" in error["message"]
