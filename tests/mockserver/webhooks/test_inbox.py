"""Inboxes: webhooks are received by the mock itself."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, cast

import httpx
import pytest
import yaml
from tests.mockserver.conftest import Serve, Start
from tests.mockserver.webhooks.hooked import disconnect_one, hook, put, secret, settled, webhooks
from tests.support.servers import RunningMock
from tests.support.times import moment
from tests.support.world import Json, World

SIGNATURE: Final = "X-PostFuze-Signature"
BODY: Final = b'{"event":"account.connected","n":1}'


def own(world: World) -> str:
    """The path of the inbox of the world's name."""
    return f"/_mock/inbox/{world.name}"


def inbox(world: World, name: str | None = None, query: str = "") -> list[Json]:
    """The entries of an inbox, by default of that of the world's name."""
    return cast(list[Json], world.control("GET", f"/inbox/{name or world.name}{query}")["data"])


def send(
    world: World, body: bytes = BODY, headers: Mapping[str, str] | None = None, name: str | None = None
) -> httpx.Response:
    """Send to an inbox as somebody else's webhook does: without a key."""
    return world.request("POST", f"/_mock/inbox/{name or world.name}", {**(headers or {})}, content=body)


def signed(body: bytes, key: str, at: float | None = None) -> str:
    """The signature as the documentation describes it, apart from the mock's own code."""
    at = int(time.time() if at is None else at)
    return f"t={at},v1={hmac.new(key.encode(), f'{at}.'.encode() + body, hashlib.sha256).hexdigest()}"


def verdict(world: World) -> Json:
    """The verdict on the last delivery."""
    return cast(Json, inbox(world)[-1]["signature"])


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


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST", None])
def test_webhook_may_have_the_servers_own_url_or_the_path_alone(world: World, host: str | None) -> None:
    port = world.url.rpartition(":")[2]
    url = own(world) if host is None else f"http://{host}:{port}{own(world)}"
    hook(world, url)
    disconnect_one(world)
    settled(world, "delivered")

    assert verdict(world)["verdict"] == "valid"
    assert [each["url"] for each in webhooks(world)] == [url]


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


RESETS: Final[dict[str, Any]] = {
    "reset": lambda world: world.reset(),
    "reset to something else": lambda world: world.reset(world="empty"),
    "state": lambda world: world.control("PUT", "/state", world.state()),
}


@pytest.mark.parametrize("reset", RESETS.values(), ids=RESETS)
def test_reset_empties_the_inboxes_of_the_world(world: World, other: World, reset: Any) -> None:
    shared, alone = f"{world.name}-shared", f"{world.name}-alone"
    hook(world, f"/_mock/inbox/{alone}", f"/_mock/inbox/{shared}")
    hook(other, f"/_mock/inbox/{shared}")
    for each in (world, other):
        disconnect_one(each)
        settled(each, *["delivered"] * len(webhooks(each)))
    for name in (world.name, alone, other.name):
        send(world, name=name)
    assert [len(inbox(world, name)) for name in (world.name, alone, shared, other.name)] == [1, 2, 2, 1]
    reset(world)

    assert [len(inbox(world, name)) for name in (world.name, alone, other.name)] == [0, 0, 1]
    (left,) = inbox(world, shared)
    assert left["json"]["data"] == other.events()[0]["data"]


def test_reset_also_empties_the_inboxes_that_its_webhooks_point_to_again(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "world.yaml"
    file.write_text(yaml.safe_dump({"webhooks": [{"url": "/_mock/inbox/first"}]}), encoding="utf-8")
    world = start("--world", file).world("acme")
    disconnect_one(world)
    settled(world, "delivered")
    hook(world, "/_mock/inbox/second")
    assert len(inbox(world, "first")) == 1
    world.reset()

    assert inbox(world, "first") == []


def test_reset_of_all_worlds_empties_all_inboxes(serve: Serve, name: str) -> None:
    world = serve("--seed", "7").world(name)
    send(world, name="nobodys")
    world.control("POST", "/reset?all=true")

    assert inbox(world, "nobodys") == []


def test_world_that_is_built_later_finds_what_came_before(server: RunningMock, name: str) -> None:
    send(server.world("demo"), name=name)

    assert len(inbox(server.world(name))) == 1


def test_saved_state_has_no_inbox_and_the_journal_no_call_of_one(world: World) -> None:
    before = world.state()
    send(world)
    inbox(world)

    assert world.state() == before
    assert world.requests() == []


def test_webhook_of_a_world_file_or_a_flag_may_be_a_path(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "world.yaml"
    file.write_text(yaml.safe_dump({"webhooks": [{"url": "/_mock/inbox/own"}]}), encoding="utf-8")
    world = start("--world", file, "--webhook-url", "/_mock/inbox/all").world("acme")
    disconnect_one(world)
    settled(world, "delivered", "delivered")

    assert [inbox(world, name)[0]["signature"]["verdict"] for name in ("own", "all")] == ["valid", "valid"]


@pytest.mark.parametrize(
    "url", ["/hook", "/_mock/inbox", "/_mock/inbox/", "/_mock/inbox/a/b", "/_mock/inbox/a?b", "//a"]
)
def test_other_path_is_refused_with_one_that_would_be_right(world: World, url: str) -> None:
    response = world.control_response("PUT", "/webhooks", [{"url": url}])

    assert response.status_code == 400
    assert response.json()["detail"] == "/0/url: must be a URL, or the path of an inbox, such as /_mock/inbox/acme"


def test_inbox_of_another_server_is_reached_over_http(world: World, serve: Serve, name: str) -> None:
    there = serve("--seed", "7").world(name)
    hook(world, f"{there.url}{own(there)}")
    disconnect_one(world)
    settled(world, "delivered")

    assert [len(inbox(each)) for each in (world, there)] == [0, 1]
    assert inbox(there)[0]["headers"]["host"] == there.url.removeprefix("http://")
    assert verdict(there)["verdict"] == "unknown"


def test_webhook_to_an_inbox_is_refused_without_a_control_api(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "world.yaml"
    file.write_text(yaml.safe_dump({"webhooks": [{"url": "/_mock/inbox/acme"}]}), encoding="utf-8")
    for flags in (["--world", file], ["--webhook-url", "/_mock/inbox/acme"]):
        with pytest.raises(
            ValueError, match=r"cannot be an inbox of this server, which has none: .*--no-control"
        ) as error:
            start("--no-control", *flags)
        assert "\n" not in str(error.value)


def test_nobody_receives_without_a_control_api(start: Start) -> None:
    world = start("--no-control").world("acme")

    assert send(world).status_code == 403


def test_token_is_needed_for_reading_and_not_for_sending(start: Start) -> None:
    mock = start("--control-token", "secret")
    world = mock.world("acme")
    token: dict[str, str | bytes] = {"X-Mock-Control-Token": "secret"}
    assert send(world).status_code == 204
    mock.request("PUT", "/_mock/webhooks", {**token, **world.bearer()}, json=[{"url": own(world)}])
    account = world.walk()[0]["id"]
    world.delete(account)

    assert world.control_response("GET", "/inbox/acme").status_code == 401
    assert world.control_response("DELETE", "/inbox/acme").status_code == 401
    entries = mock.request("GET", "/_mock/inbox/acme?wait=5&event=account.disconnected", token).json()["data"]
    assert entries[0]["signature"]["verdict"] == "valid"


def test_inboxes_are_at_the_control_port(start: Start) -> None:
    mock = start("--control-port", "0")
    control = mock.caller("sk_test_acme", mock.control_url)
    assert control.call("PUT", "/_mock/webhooks", [{"url": f"{mock.control_url}/_mock/inbox/acme"}]).status == 200
    world = mock.world("acme")
    world.delete(world.page(limit=1)["data"][0]["id"])

    assert control.call("GET", "/_mock/inbox/acme?wait=5").json["data"][0]["signature"]["verdict"] == "valid"
    assert mock.caller(None).call("POST", "/_mock/inbox/acme").status == 404


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://example.com"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}], ids=str
)
def test_foreign_page_cannot_send(world: World, headers: dict[str, str]) -> None:
    response = send(world, headers=headers)

    assert (response.status_code, response.json()["code"]) == (403, "cross_site")
    assert inbox(world) == []
