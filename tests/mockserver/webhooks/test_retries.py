"""A failed delivery is retried by the world's clock until it is given up."""

from __future__ import annotations

import pytest
from tests.mockserver.conftest import Serve
from tests.mockserver.webhooks.hooked import deliveries, disconnect_one, events, hook, secret, settled
from tests.mockserver.webhooks.receiver import (
    OK,
    Behaviour,
    Receiver,
    flooding,
    hanging,
    saying,
    status_line,
    unused_port,
)
from tests.support.times import NOW, later, until
from tests.support.world import World

#: As in the control API's specification.
PAUSES = ({"minutes": 1}, {"minutes": 5}, {"minutes": 30}, {"hours": 2}, {"hours": 8})


def test_recovered_receiver_gets_the_event_when_the_clock_advances(world: World, receiver: Receiver) -> None:
    signing_secret = secret(world, receiver.url)
    receiver.next(503)
    event = disconnect_one(world)
    (failed,) = settled(world, "failed")
    world.advance(seconds=59.999)
    (still,) = deliveries(world)
    world.advance(seconds=0.001)
    (delivered,) = settled(world, "delivered")
    first, second = receiver.wait_for(2)

    assert failed["next_attempt_at"] == later(minutes=1)
    assert still == failed
    assert [each["status"] for each in delivered["attempts"]] == [503, 200]
    assert [each["at"] for each in delivered["attempts"]] == [NOW, later(minutes=1)]
    assert first.body == second.body
    assert second.event["id"] == event["id"]
    assert second.is_signed_with(signing_secret)


def test_closed_port_is_reported_and_retried(world: World) -> None:
    hook(world, f"http://127.0.0.1:{unused_port()}/")
    disconnect_one(world)
    (failed,) = settled(world, "failed")
    (attempt,) = failed["attempts"]

    assert (attempt["status"], attempt["error"]) == (None, "no connection: nobody listens there")


def test_pauses_grow_until_the_delivery_is_given_up(world: World, receiver: Receiver) -> None:
    hook(world, receiver.url)
    receiver.next(*[500] * 6)
    disconnect_one(world)
    at = NOW
    for pause in PAUSES:
        (failed,) = settled(world, "failed")
        at = later(at, **pause)
        assert failed["next_attempt_at"] == at
        world.advance(**pause)
        receiver.wait_for(len(failed["attempts"]) + 1)
    (given_up,) = settled(world, "given_up")
    world.advance(days=30)

    assert given_up["next_attempt_at"] is None
    assert [each["error"] for each in given_up["attempts"]] == ["answered 500, not 2xx"] * 6
    assert len(receiver.wait_for(6)) == 6


def test_running_clock_triggers_the_next_attempt(world: World, receiver: Receiver) -> None:
    hook(world, receiver.url)
    receiver.next(500)
    disconnect_one(world)
    settled(world, "failed")
    world.control("PUT", "/clock", {"now": later(seconds=59.8), "frozen": False})

    settled(world, "delivered")


def test_frozen_clock_triggers_no_attempt(world: World, receiver: Receiver) -> None:
    world.control("PUT", "/clock", {"frozen": False})
    hook(world, receiver.url)
    receiver.next(500)
    disconnect_one(world)
    settled(world, "failed")
    world.control("PUT", "/clock", {"now": later(seconds=50), "frozen": True})
    disconnect_one(world)
    settled(world, "delivered")

    assert [each["status"] for each in deliveries(world, 0)] == ["failed"]


@pytest.mark.parametrize(
    ("behaviour", "status", "error"),
    [
        (saying(status_line(204)), 204, None),
        (saying(b"HTTP/1.1 100 Continue\r\n\r\n" + OK), 200, None),
        (saying(b"HTTP/1.0 200 OK\r\n\r\nuntil the end"), 200, None),
        (saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"), 200, None),
        (flooding, 200, None),
        (saying(status_line(400)), 400, "answered 400, not 2xx"),
        (saying(status_line(304)), 304, "answered 304, a redirect, which is not followed"),
        (
            saying(status_line(307, "Location: http://10.0.0.1/")),
            307,
            "answered 307, a redirect to http://10.0.0.1/, which is not followed",
        ),
        (saying(b""), None, "the connection was closed without a response"),
        (saying(b"HTTP/1.1 100 Continue\r\n\r\n"), None, "the connection was closed without a response"),
        (saying(b"HTTP/1.1 20"), None, "the connection was closed without a response"),
        (saying(b"SSH-2.0-OpenSSH_9.6\r\n"), None, "the response is not HTTP: "),
        (saying(b"\x00\xff" * 4096), None, "the response is not HTTP: "),
        (saying(b"HTTP/1.1 101 Well\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"), None, "the response is not HTTP: "),
        (saying(b"HTTP/1.1 200 OK\r\nX: " + b"a" * (1 << 21)), None, "the response's head has no end"),
    ],
    ids=[
        "204", "after 100", "HTTP/1.0", "chunked", "endless body", "400", "304", "307", "nothing", "100 alone",
        "half a line", "SSH", "garbage", "upgrade", "endless head",
    ],
)  # fmt: skip
def test_response_of_the_receiver_is_reported(
    world: World, receiver: Receiver, behaviour: Behaviour, status: int | None, error: str | None
) -> None:
    hook(world, receiver.url)
    receiver.next(behaviour)
    disconnect_one(world)
    (delivery,) = settled(world, "delivered" if error is None else "failed")
    (attempt,) = delivery["attempts"]

    assert attempt["status"] == status
    assert attempt["error"] == error or (error is not None and attempt["error"].startswith(error))


def test_hanging_receiver_does_not_block_calls_receivers_or_worlds(
    world: World, other: World, receiver: Receiver, second: Receiver
) -> None:
    hook(world, receiver.url, second.url)
    hook(other, second.url)
    receiver.next(*[hanging] * 3)
    for _ in range(3):
        disconnect_one(world)
    disconnect_one(other)
    settled(world, "pending", "delivered")
    settled(other, "delivered")

    assert len(receiver.wait_for(1)) == 1
    assert deliveries(world)[0] == {
        "url": receiver.url,
        "status": "pending",
        "next_attempt_at": NOW,
        "attempts": [],
    }


def test_hanging_receivers_of_many_worlds_do_not_block_others(
    serve: Serve, name: str, receiver: Receiver, second: Receiver
) -> None:
    receiver.next(*[hanging] * 30)
    for number in range(30):
        one = serve().world(f"{name}-{number}")
        one.reset(world="empty")
        hook(one, receiver.url)
        disconnect_one(one)
    receiver.wait_for(30)
    last = serve().world(f"{name}-last")
    hook(last, second.url)
    disconnect_one(last)

    settled(last, "delivered")


def test_unresolvable_name_is_reported(serve: Serve, name: str) -> None:
    world = serve("--webhook-allow", "nowhere.invalid").world(name)
    hook(world, "http://nowhere.invalid/")
    disconnect_one(world)
    until(lambda: bool(deliveries(world)[0]["attempts"]), "an attempt")

    assert deliveries(world)[0]["attempts"][0]["status"] is None


def test_last_thousand_events_are_stored(empty: World, receiver: Receiver) -> None:
    hook(empty, receiver.url, events=["account.connected"])
    session = empty.session(pages=500)
    for _ in range(3):
        session = empty.session(pages=[{"id": page["id"]} for page in session["pages"]])
        empty.finalize(session["session_token"], *(page["id"] for page in session["pages"]))
    until(lambda: len(receiver.received) >= 1000, "deliveries")
    before = empty.events()
    empty.session()
    empty.delete(empty.page()["data"][0]["id"])

    assert len(before) == 1000
    assert [each["id"] for each in events(empty, "?limit=1000")] == [each["id"] for each in empty.events()]
    assert [each["id"] for each in empty.events()][:-1] == [each["id"] for each in before[1:]]
