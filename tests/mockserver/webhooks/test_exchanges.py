"""What an attempt sent and got is there to read, and bounded."""

from __future__ import annotations

import json
from typing import cast

import pytest
from tests.mockserver.webhooks import stored
from tests.mockserver.webhooks.hooked import disconnect_one, events, hook, put, secret, settled
from tests.mockserver.webhooks.receiver import Receiver, hanging, saying, status_line, unused_port
from tests.mockserver.webhooks.stored import Place, taken
from tests.support.times import moment
from tests.support.world import Json, World

from postfuze_mock.domain.webhooks import Attempt, Delivery, Exchange
from postfuze_mock.signatures import verify
from postfuze_mock.worlds.webhooks import outbox
from postfuze_mock.worlds.webhooks.outbox import Outbox


def in_full(world: World) -> Json:
    """The last event with what its deliveries exchanged."""
    return cast(Json, world.control("GET", f"/events/{events(world)[-1]['id'].upper()}"))


def attempts(world: World) -> list[Json]:
    """The attempts of the only delivery of the last event."""
    (delivery,) = in_full(world)["deliveries"]
    return cast(list[Json], delivery["attempts"])


def test_attempt_has_the_request_as_it_was_received(world: World, receiver: Receiver) -> None:
    key = secret(world, receiver.url)
    event = disconnect_one(world)
    settled(world, "delivered")
    (attempt,) = attempts(world)
    (received,) = receiver.wait_for(1)

    assert attempt["request"] == {"headers": received.headers, "body": received.body.decode()}
    headers = attempt["request"]["headers"]
    assert verify(attempt["request"]["body"], headers["x-postfuze-signature"], key)["id"] == event["id"]
    assert abs(moment(attempt["sent_at"]).timestamp() - received.signed_at) < 2


def test_attempt_has_a_verdict_on_its_signature_by_the_secret_of_today(world: World, receiver: Receiver) -> None:
    put(world, [{"url": receiver.url, "signing_secret": "first"}])
    disconnect_one(world)
    settled(world, "delivered")
    verdicts = [attempts(world)[0]["signature"]]
    put(world, [{"url": receiver.url, "signing_secret": "second"}])
    verdicts += [attempts(world)[0]["signature"]]
    put(world, [])
    verdicts += [attempts(world)[0]["signature"]]

    assert [each["verdict"] for each in verdicts] == ["valid", "invalid", "unknown"]
    assert [each["detail"].partition(" ")[0] for each in verdicts] == ["It", "The", "The"]
    assert "signature" not in world.state()["events"][-1]["deliveries"][0]["attempts"][0]


def test_attempt_has_the_response_with_headers_and_body(world: World, receiver: Receiver) -> None:
    hook(world, receiver.url)
    body = "größer".encode()
    receiver.next(saying(b"HTTP/1.1 100 Go\r\nA: b\r\n\r\nHTTP/1.1 418 No\r\nX-Two: a\r\nx-two: b\r\n\r\n" + body))
    disconnect_one(world)
    settled(world, "failed")
    (attempt,) = attempts(world)

    assert attempt["status"] == 418
    assert attempt["response"] == {"headers": {"x-two": "a, b"}, "body": "größer"}


@pytest.mark.parametrize("length", [8192, 8193, 2_000_000])
def test_long_response_is_cut_with_an_ellipsis(world: World, receiver: Receiver, length: int) -> None:
    hook(world, receiver.url)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nX-Long: %b\r\n\r\n" % (length, b"y" * 9000)
    receiver.next(saying(head + b"x" * length))
    disconnect_one(world)
    settled(world, "delivered")
    answer = attempts(world)[0]["response"]

    assert answer["body"] == "x" * 8192 + ("…" if length > 8192 else "")
    assert list(answer["headers"]) == ["content-length"]


def test_attempt_that_reached_nobody_has_the_request_and_no_response(world: World) -> None:
    hook(world, f"http://127.0.0.1:{unused_port()}/hook")
    disconnect_one(world)
    settled(world, "failed")
    (attempt,) = attempts(world)

    assert attempt["error"] == "no connection: nobody listens there"
    assert attempt["request"]["headers"]["x-postfuze-signature"].startswith("t=")
    assert attempt["response"] is None


def test_attempt_to_an_inbox_has_what_the_inbox_received(world: World) -> None:
    hook(world, f"/_mock/inbox/{world.name}")
    disconnect_one(world)
    (entry,) = world.control("GET", f"/inbox/{world.name}")["data"]

    (attempt,) = attempts(world)
    assert attempt["request"] == {"headers": entry["headers"], "body": entry["body"]}
    assert attempt["response"] == {"headers": {}, "body": ""}


def test_each_attempt_is_signed_anew_and_lists_are_short(world: World, receiver: Receiver) -> None:
    receiver.next(500, hanging)
    hook(world, receiver.url)
    disconnect_one(world)
    settled(world, "failed")
    world.advance(minutes=1)
    receiver.wait_for(2)

    assert [each["response"] and each["response"]["body"] for each in attempts(world)] == [""]
    (listed,) = events(world)[-1]["deliveries"][0]["attempts"]
    assert set(listed) == {"at", "status", "error", "duration_ms"}


def test_saved_state_keeps_what_was_exchanged(world: World, other: World, receiver: Receiver) -> None:
    hook(world, receiver.url)
    receiver.next(saying(status_line(503, "Retry-After: 5")))
    disconnect_one(world)
    settled(world, "failed")
    before = in_full(world)
    state = world.state()
    other.control("PUT", "/state", state)

    assert in_full(other) == before
    assert "body" not in state["events"][-1]["deliveries"][0]["attempts"][0]["request"]


def test_unknown_event_is_refused(world: World) -> None:
    response = world.control_response("GET", "/events/00000000-0000-4000-8000-000000000000")

    assert (response.status_code, response.json()["detail"]) == (404, "No such event in this world.")


def test_undelivered_events_can_be_listed_also_of_one_webhook(
    world: World, receiver: Receiver, second: Receiver
) -> None:
    put(world, [{"url": receiver.url}, {"url": second.url, "events": ["account.connected"]}])
    for status in (200, 500):
        receiver.next(status)
        disconnect_one(world)
        settled(world, "delivered" if status == 200 else "failed")
    taken, failed = events(world)

    assert events(world, "?undelivered=true") == [failed]
    assert events(world, f"?webhook={receiver.url}") == [taken, failed]
    assert events(world, f"?webhook={second.url}") == events(world, f"?webhook={second.url}&undelivered=true") == []
    world.advance(minutes=1)
    settled(world, "delivered")
    assert events(world, "?undelivered=true") == []


def test_events_of_an_account_can_be_listed(world: World) -> None:
    first, second = (disconnect_one(world, username=name) for name in ("Acme", "other"))

    for query in (f"?q={first['data']['id']}", "?q=aCME"):
        assert events(world, query) == [first]
    assert events(world, "?q=") == [first, second]
    assert events(world, f"?q=acme&since={first['id']}") == []


def exchanged(body: str) -> Attempt:
    return Attempt(1, 500, "no", 1.0, Exchange(1, {"a": "b"}, {"headers": {}, "body": body}))


def kept(full: Outbox, id: str) -> list[bool]:
    """Whether what was exchanged is still stored, of each attempt of the only delivery of an event."""
    (delivery,) = full.of(id)
    return [attempt.exchange is not None for attempt in delivery.attempts]


def test_oldest_exchanges_make_room(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "MAX_EXCHANGED", 3000)
    full = stored.outbox(place)
    for id in "0123":
        full.add(id, [Delivery(id, "http://a", 1)])
        full.settle(taken(full, "http://a", 1), exchanged("x" * 1000), 1)

    assert [kept(full, id) for id in "0123"] == [[False], [False], [True], [True]]
    assert [full.of(id)[0].attempts[0].status for id in "0123"] == [500] * 4
    (oldest,) = full.of("0")
    assert json.dumps(oldest.to_dict(Attempt.in_full)) == json.dumps(oldest.to_dict())


def test_restored_exchanges_are_bounded_too(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "MAX_EXCHANGED", 3000)
    full = stored.outbox(place)
    full.add("1", [Delivery("1", "http://a", None, "delivered", [exchanged("x" * 1000) for _ in range(5)])])

    assert kept(full, "1") == [False] * 3 + [True] * 2
