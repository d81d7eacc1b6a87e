"""The control API: a journal's bounds, and odd requests in it."""

from __future__ import annotations

import json
import socket
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.support import wire
from tests.support.servers import RunningMock
from tests.support.times import until
from tests.support.world import World

BOUND = 8192
FINALIZE = "/api/v1/social-accounts/pending/unknown/finalize"


def finalize(world: World, body: str) -> Any:
    headers = {**world.bearer(), "Content-Type": "application/json"}
    return world.request("POST", FINALIZE, headers, content=body)


def test_last_thousand_calls_are_stored(world: World) -> None:
    world.page()
    for number in range(1002):
        world.call("GET", f"/nothing?{number}")
    entries = world.requests()

    assert [entry["path"] for entry in entries] == [f"/api/v1/nothing?{number}" for number in range(2, 1002)]
    assert len({entry["id"] for entry in entries}) == 1000
    assert world.requests(operation="listSocialAccounts") == []


def test_long_body_is_cut_and_marked(world: World) -> None:
    finalize(world, json.dumps({"selectedPageIds": ["x" * 10_000]}))
    page = world.list_response("limit=100")
    finalized, list_entry = world.requests()

    assert finalized["request"]["body"] == '{"selectedPageIds": ["' + "x" * (BOUND - 22) + "…"
    assert list_entry["response"]["body"].startswith(page.text[:1000])
    assert list_entry["response"]["body"].endswith("…")
    assert len(list_entry["response"]["body"].encode()) <= BOUND + 3


def test_body_of_the_maximum_size_is_complete(world: World) -> None:
    body = {"selectedPageIds": ["x" * (BOUND - 25)]}
    text = json.dumps(body)
    finalize(world, text)
    finalize(world, text + " ")

    assert len(text) == BOUND
    assert [type(entry["request"]["body"]) for entry in world.requests()] == [dict, str]
    assert world.requests()[0]["request"]["body"] == body


def test_body_of_many_megabytes_is_not_stored(server: RunningMock, world: World) -> None:
    headers = [("Authorization", f"Bearer {world.key}"), ("Content-Type", "application/json")]
    size = 1 << 30
    response = server.exchange(wire.request("POST", FINALIZE, [*headers, ("Content-Length", str(size))], b"x" * 1000))
    (entry,) = world.requests()

    assert response.status == entry["status"] == 413
    assert entry["request"]["body"] is None


@pytest.mark.parametrize("header", [("X-", "y" * 1000), ("X-" + "y" * 1000, "")], ids=["values", "names"])
def test_long_head_is_cut(server: RunningMock, world: World, header: tuple[str, str]) -> None:
    name, value = header
    headers = [("Authorization", f"Bearer {world.key}"), *((f"{name}{number}", value) for number in range(50))]
    server.exchange(wire.request("GET", "/api/v1/nothing", headers))
    (entry,) = world.requests()

    assert len(json.dumps(entry["request"])) < 2 * BOUND
    assert entry["request"]["headers"]["authorization"] == "Bearer sk_test_…"


@pytest.mark.parametrize("divider", ["/", "?"])
def test_long_target_is_cut_and_marked(server: RunningMock, world: World, divider: str) -> None:
    start = f"/api/v1/nothing{divider}"
    headers = [("Authorization", f"Bearer {world.key}")]
    server.exchange(wire.request("GET", f"{start}{'z' * 16_000}", headers))
    (entry,) = world.requests()

    assert entry["path"].startswith(f"{start}zzz")
    assert entry["path"].endswith("z…")
    assert len(entry["path"]) < BOUND


def test_overlong_problem_is_shown_only_as_the_body(world: World) -> None:
    response = finalize(world, json.dumps({"selectedPageIds": [1] * 1000}))
    (entry,) = world.requests()

    assert len(response.content) > BOUND
    assert entry["problem"] is None
    assert entry["response"]["body"].endswith("…")
    assert (entry["status"], entry["reason"]["rule"]) == (400, "errors.validation")


def test_each_entry_has_its_own_headers(server: RunningMock, world: World) -> None:
    """Equal headers are stored only once."""
    for agent in ("one", "one", "other", "one"):
        headers = [("Authorization", f"Bearer {world.key}"), ("User-Agent", agent)]
        server.exchange(wire.request("GET", "/api/v1/social-accounts", headers))

    assert [entry["request"]["headers"]["user-agent"] for entry in world.requests()] == ["one", "one", "other", "one"]


def test_unread_body_is_not_shown(world: World) -> None:
    world.call("GET", "/social-accounts", content=b'{"a": 1}')
    world.call("POST", "/nothing", json={"a": 1})
    world.auth_url_response(key=world.revoked_key, json={"a": 1})

    assert [entry["request"]["body"] for entry in world.requests()] == [None, None, None]


def test_body_that_is_not_json_is_shown_as_text(world: World) -> None:
    for body in ("[1, 2", "", '"a text"', "null"):
        finalize(world, body)

    assert [entry["request"]["body"] for entry in world.requests()] == ["[1, 2", None, "a text", None]


def test_each_header_is_shown_once(server: RunningMock, world: World) -> None:
    key = f"Bearer {world.key}".encode()
    headers = [("Authorization", key), ("X-Twice", b"a"), ("x-twice", b"b"), ("X-Odd", b"\xe4\xff")]
    server.exchange(wire.request("GET", "/api/v1/social-accounts", headers))
    entry = world.requests()[0]["request"]["headers"]

    assert entry["x-twice"] == "a, b"
    assert isinstance(entry["x-odd"], str)


def test_head_request_is_recorded(world: World) -> None:
    world.call("HEAD", "/social-accounts")
    (entry,) = world.requests()

    assert (entry["method"], entry["status"], entry["reason"]["rule"]) == ("HEAD", 405, "paths.method")


def test_call_that_ends_within_its_body_is_recorded(server: RunningMock, world: World) -> None:
    head = [("Authorization", f"Bearer {world.key}"), ("Content-Type", "application/json"), ("Content-Length", "100")]
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.sendall(wire.request("POST", FINALIZE, head, b'{"selected'))
    until(lambda: len(world.requests()) == 1, "the call is noted")

    assert world.requests()[0]["operation"] == "finalizeConnection"


def test_call_that_ends_before_its_response_is_recorded(server: RunningMock, world: World) -> None:
    address = urlsplit(server.url)
    request = wire.request("GET", "/api/v1/social-accounts?limit=100", [("Authorization", f"Bearer {world.key}")])
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.sendall(request)
    until(lambda: len(world.requests()) == 1, "the call is noted")

    assert world.requests()[0]["operation"] == "listSocialAccounts"
