"""Inboxes: webhooks are received by the mock itself."""

from __future__ import annotations

import json
import time

import pytest
from tests.mockserver.webhooks.hooked import disconnect_one, hook, put, secret, settled
from tests.mockserver.webhooks.inbox import BODY, SIGNATURE, inbox, own, send, signed, verdict
from tests.support.servers import RunningMock
from tests.support.times import moment
from tests.support.world import World


def test_event_comes_to_the_inbox_signed_and_as_it_was_sent(world: World) -> None:
    key = secret(world, own(world))
    event = disconnect_one(world)
    settled(world, "delivered")
    (entry,) = inbox(world)

    assert entry["event"] == "account.disconnected"
    assert entry["json"] == {name: event[name] for name in ("id", "event", "created_at", "data")}
    assert json.loads(entry["body"]) == entry["json"]
    assert entry["headers"]["content-type"] == "application/json"
    at = entry["headers"]["x-postfuze-signature"].partition(",")[0].removeprefix("t=")
    assert entry["headers"]["x-postfuze-signature"] == signed(entry["body"].encode(), key, int(at))
    assert entry["signature"]["verdict"] == "valid"
    assert abs(moment(entry["received_at"]).timestamp() - int(at)) < 2
    assert event["deliveries"][0]["attempts"][0]["status"] == 204


def test_event_is_there_before_the_call_that_caused_it_is_answered(world: World) -> None:
    hook(world, own(world))
    ids = [world.make()["id"] for _ in range(20)]
    for number, id in enumerate(ids, start=1):
        world.delete(id)
        assert [entry["json"]["data"]["id"] for entry in inbox(world)] == ids[:number]


def test_event_that_is_sent_again_comes_again(world: World) -> None:
    event = disconnect_one(world)
    hook(world, own(world))
    for _ in range(2):
        world.control("POST", f"/events/{event['id']}/redeliver")

    assert [entry["json"]["id"] for entry in inbox(world)] == [event["id"]] * 2
    assert settled(world, "delivered")[0]["attempts"][0]["duration_ms"] == 0


def test_each_world_has_an_inbox_of_its_own(world: World, other: World) -> None:
    hook(world, own(world))
    hook(other, own(other))
    disconnect_one(world)
    settled(world, "delivered")

    assert [len(inbox(each)) for each in (world, other)] == [1, 0]


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"", {}),
        (b"plain text", {"content-type": "text/plain; charset=utf-16"}),
        (b"\xff\x00\xfe", {"content-type": "application/octet-stream"}),
        (b"a=1&b=2", {"content-type": "application/x-www-form-urlencoded", "accept": "text/html"}),
        (b"{broken", {"content-type": "Application/JSON"}),
        (b"[" * 2000, {"content-type": "application/json"}),
        (b"null", {"content-type": "nonsense", "authorization": "Basic nobody"}),
    ],
    ids=repr,
)
def test_any_body_is_received_as_it_came(world: World, body: bytes, headers: dict[str, str]) -> None:
    response = send(world, body, headers)
    (entry,) = inbox(world)

    assert (response.status_code, response.content) == (204, b"")
    assert (entry["body"], entry["json"], entry["event"]) == (body.decode("utf-8", "replace"), None, None)
    assert headers.items() <= entry["headers"].items()


def test_header_that_comes_twice_is_stored_once(server: RunningMock, world: World) -> None:
    path = f"/_mock/inbox/{world.name}".encode()
    lines = b"Host: localhost\r\nX-Two: a\r\nx-two: b\r\nContent-Length: 2\r\n"
    assert server.exchange(b"POST %b HTTP/1.1\r\n%b\r\n{}" % (path, lines), method="POST").status == 204

    assert inbox(world)[0]["headers"]["x-two"] == "a, b"


def test_body_of_a_mebibyte_is_received_and_a_larger_one_refused(world: World) -> None:
    assert send(world, b"x" * (1 << 20)).status_code == 204
    assert send(world, b"x" * ((1 << 20) + 1)).status_code == 413

    assert [len(entry["body"]) for entry in inbox(world)] == [1 << 20]


@pytest.mark.parametrize("place", ["a%20b", "a.b", "a%2Fb", "x" * 81, "%00", "n%C3%A4me"])
@pytest.mark.parametrize("method", ["POST", "GET", "DELETE"])
def test_invalid_name_is_refused(world: World, place: str, method: str) -> None:
    response = world.control_response(method, f"/inbox/{place}")

    assert response.status_code == 400
    assert "1 to 80 of A-Z, a-z, 0-9, _, - and a colon" in response.json()["detail"]


def test_signature_with_the_secret_of_any_webhook_that_points_here_is_valid(world: World, other: World) -> None:
    for each, key in ((world, "first"), (other, "second")):
        put(each, [{"url": own(world), "signing_secret": key}])
    for key in ("first", "second", "third"):
        send(world, headers={SIGNATURE: signed(BODY, key)})

    assert [entry["signature"]["verdict"] for entry in inbox(world)] == ["valid", "valid", "invalid"]


@pytest.mark.parametrize(
    ("header", "expected", "words"),
    [
        (None, "missing", "no header X-PostFuze-Signature"),
        ("", "missing", "no header X-PostFuze-Signature"),
        ("nonsense", "invalid", "must be t=UNIX,v1=HEX; it is 'nonsense'"),
        ("t=1,v1=", "invalid", "does not match"),
        (signed(BODY, "another"), "invalid", "does not match"),
        (signed(BODY + b" ", "key"), "invalid", "does not match"),
        (signed(BODY, "key", time.time() - 3000), "invalid", "seconds old, more than 300"),
        (signed(BODY, "key", time.time() + 3000), "invalid", "seconds ahead of this clock, more than 300"),
    ],
    ids=["none", "empty", "malformed", "no signature", "another secret", "another body", "old", "of the future"],
)
def test_verdict_says_why_a_signature_is_not_genuine(
    world: World, header: str | None, expected: str, words: str
) -> None:
    put(world, [{"url": own(world), "signing_secret": "key"}])
    send(world, headers={} if header is None else {SIGNATURE: header})

    assert verdict(world)["verdict"] == expected
    assert words in verdict(world)["detail"]


def test_verdict_is_unknown_where_no_webhook_points(world: World) -> None:
    put(world, [{"url": "http://127.0.0.1:9/hook", "signing_secret": "key"}])
    send(world, headers={SIGNATURE: signed(BODY, "key")})

    assert verdict(world) == {
        "verdict": "unknown",
        "detail": "No webhook of any world points to this inbox, so there is no secret to use.",
    }


def test_list_has_filters_and_pages(world: World) -> None:
    for number in range(5):
        send(world, json.dumps({"event": "odd" if number % 2 else "even", "n": number}).encode())
    entries = inbox(world)
    first = world.control("GET", f"/inbox/{world.name}?limit=2&event=even")
    second = world.control("GET", f"/inbox/{world.name}?limit=2&event=even&cursor={first['next_cursor']}")

    assert [entry["json"]["n"] for entry in entries] == [0, 1, 2, 3, 4]
    assert [entry["json"]["n"] for entry in inbox(world, query="?event=odd")] == [1, 3]
    assert [entry["json"]["n"] for entry in first["data"]] == [2, 4]
    assert ([entry["json"]["n"] for entry in second["data"]], second["next_cursor"]) == ([0], None)
    since = entries[2]["id"].upper()
    assert [entry["json"]["n"] for entry in inbox(world, query=f"?since={since}")] == [3, 4]
    assert inbox(world, query="?since=00000000-0000-4000-8000-000000000000") == entries


def test_inbox_can_be_emptied(world: World, other: World) -> None:
    for each in (world, other):
        send(each)
    response = world.control_response("DELETE", f"/inbox/{world.name}")

    assert (response.status_code, response.content) == (204, b"")
    assert [len(inbox(each)) for each in (world, other)] == [0, 1]
    assert world.control_response("DELETE", f"/inbox/{world.name}").status_code == 204
