"""`--max-worlds`: unchanged worlds make room for new ones, and come back as they were."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from tests.mockserver.conftest import Start
from tests.support import wire
from tests.support.calls import API
from tests.support.servers import RunningMock
from tests.support.times import PATIENCE
from tests.support.world import World

pytestmark = pytest.mark.memory_only  # a shared engine keeps all worlds
START: Final = "2026-06-14T12:10:00.000Z"


def held(mock: RunningMock) -> set[str]:
    """The names of the worlds that are held, except `demo`, which the call itself uses."""
    worlds = mock.client("demo").list_worlds()
    return {each["name"] for each in worlds} - {"demo"}


def crowd_out(mock: RunningMock, count: int = 4) -> None:
    """Use more worlds than `mock` may hold."""
    for number in range(count):
        mock.world(f"crowd-{number}").page(limit=1)


def used(mock: RunningMock, *names: str) -> None:
    for name in names:
        mock.world(name).page(limit=1)


@pytest.fixture
def small(start: Start) -> RunningMock:
    """A mock that holds `demo` and two more worlds."""
    mock = start("--max-worlds", "3")
    assert held(mock) == set()
    return mock


def test_least_recently_used_world_makes_room(small: RunningMock) -> None:
    used(small, "a", "a", "b", "a", "c")

    assert held(small) == {"a", "c"}
    used(small, "b")
    assert held(small) == {"c", "b"}


def test_health_counts_worlds_that_are_held_and_those_that_come_back(small: RunningMock) -> None:
    used(small, "a", "b", "c", "d", "a")
    health = small.client("demo").get_mock_health()

    assert (health["worlds"], health["known_worlds"]) == (3, 5)


def test_dropped_world_comes_back_byte_for_byte(start: Start, tmp_path: Path) -> None:
    """Its clock is real time, so that a later start would show."""
    file = tmp_path / "world.yaml"
    file.write_text("sessions: [{network: facebook, pages: 2, expires_in: null}]\n", encoding="utf-8")
    mock = start("--world", file, "--max-worlds", "3")
    world, caller = mock.world("acme"), mock.caller("sk_test_acme")
    account, token = world.page()["data"][3]["id"], mock.client("acme").list_sessions()[0]["session_token"]
    paths = [
        "/social-accounts?limit=100",
        "/social-accounts?platform=facebook",
        f"/social-accounts/{account}",
        f"/social-accounts/{account}/metrics?until={world.now()}",
        f"/social-accounts/pending/{token}",
    ]
    before = [caller.call("GET", API + path).body for path in paths]
    state = {**world.state(), "clock": None}
    cursor = world.page(limit=2)["next_cursor"]
    crowd_out(mock)
    assert "acme" not in held(mock)

    assert mock.caller(None).call("GET", API + paths[-1]).body == before[-1]
    assert [caller.call("GET", API + path).body for path in paths] == before
    assert {**world.state(), "clock": None} == state
    assert world.page(limit=2, cursor=cursor)["data"] == json.loads(before[0])["data"][2:4]


def test_clock_of_a_dropped_world_runs_on(start: Start) -> None:
    mock = start("--clock", START, "--max-worlds", "3")
    world = mock.world("acme")
    accounts, before = world.walk(), world.now()
    crowd_out(mock)
    assert "acme" not in held(mock)

    assert world.now() >= before
    assert world.walk() == accounts
    world.reset()
    assert world.walk() == accounts


CHANGES: Final[dict[str, Callable[[World], Any]]] = {
    "account": lambda world: world.make(),
    "deletion": lambda world: world.delete(world.page(limit=1)["data"][0]["id"]),
    "live pull": lambda world: world.metrics(world.walk(platform="x")[0]["id"]),
    "session": lambda world: world.session(),
    "auth url": lambda world: world.auth_url_response(json={}),
    "clock": lambda world: world.control("POST", "/clock/advance", {"seconds": 1}),
    "frozen clock": lambda world: world.control("PUT", "/clock", {"frozen": True}),
    "fault": lambda world: world.control("POST", "/faults", {"operation": "*", "effect": {"delay_ms": 1}}),
    "webhook": lambda world: world.control("PUT", "/webhooks", [{"url": "http://127.0.0.1:9/", "signing_secret": "x"}]),
    "journal settings": lambda world: world.control("PUT", "/requests/settings", {"bodies": False}),
    "saved state": lambda world: world.control("PUT", "/state", world.state()),
    "another seed": lambda world: world.reset(seed=9),
    "another file": lambda world: world.reset(world="empty"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_changed_world_stays(small: RunningMock, change: Callable[[World], Any]) -> None:
    world = small.world("acme")
    change(world)
    state = world.state()["accounts"]
    crowd_out(small)

    assert "acme" in held(small)
    assert world.state()["accounts"] == state


def test_world_that_is_named_in_the_file_stays(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "world.yaml"
    text = "worlds: {acme: {}}\nkeys: [{key: sk_live_backoffice, world: office}]\n"
    file.write_text(text, encoding="utf-8")
    mock = start("--world", file, "--max-worlds", "4")
    used(mock, "acme", "office")
    held(mock)
    crowd_out(mock)

    assert held(mock) == {"acme", "office", "crowd-3"}


def test_server_is_full_when_every_world_has_changed(small: RunningMock) -> None:
    worlds = [small.world(name) for name in "ab"]
    accounts = [world.make() for world in worlds]
    new = small.caller("sk_test_new")
    refusal = new.get("/social-accounts")

    assert refusal.status == 503
    assert refusal.headers["content-type"] == "application/problem+json"
    assert refusal.json["code"] == "too_many_worlds"
    assert "--max-worlds" in refusal.json["detail"]
    assert new.call("GET", "/_mock/clock").status == 503
    assert new.get("/health").status == 200
    assert [world.get(each["id"]) for world, each in zip(worlds, accounts, strict=True)] == accounts
    worlds[0].reset()
    assert new.get("/social-accounts").status == 200
    (entry,) = [each for each in small.client("new").list_requests() if each["status"] == 503]
    assert entry["reason"]["rule"] == "worlds.full"


def test_reset_of_all_worlds_makes_room(small: RunningMock) -> None:
    for name in "ab":
        small.world(name).make()
    assert small.caller(None).call("POST", "/_mock/reset?all=true").status == 204
    used(small, "c", "d")

    assert held(small) == {"c", "d"}


def test_reset_world_may_be_dropped_again(small: RunningMock) -> None:
    world = small.world("acme")
    world.make()
    crowd_out(small)
    world.reset()
    crowd_out(small)

    assert "acme" not in held(small)


def test_log_says_once_that_worlds_are_dropped(small: RunningMock) -> None:
    crowd_out(small, 8)
    crowd_out(small, 8)
    lines = [line for line in small.log.splitlines() if "--max-worlds" in line]

    assert len(lines) == 1
    assert small.log.count("New world crowd-0") == 1


def test_world_stays_while_a_request_is_under_way(small: RunningMock) -> None:
    body = b'{"platform": "x", "username": "late"}'
    headers = [("Authorization", "Bearer sk_test_acme"), ("Content-Type", "application/json")]
    head = wire.request("POST", "/_mock/accounts", [*headers, ("Content-Length", str(len(body)))])
    address = urlsplit(small.url)
    with socket.create_connection((address.hostname, address.port), timeout=PATIENCE) as connection:
        connection.sendall(head + body[:5])
        crowd_out(small)
        connection.sendall(body[5:])
        assert connection.recv(12) == b"HTTP/1.1 201"

    assert [each["username"] for each in small.world("acme").walk(username="late")] == ["late"]


def test_idle_connection_holds_no_world(small: RunningMock) -> None:
    callers = [small.caller(f"sk_test_idle-{number}") for number in range(6)]

    assert {caller.get("/social-accounts", limit=1).status for caller in callers} == {200}
    assert held(small) == {"idle-4", "idle-5"}
