"""The control API: the mock's own health, the worlds, and which world a call acts on."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from tests.mockserver.conftest import Serve, Start
from tests.support.processes import MockProcess
from tests.support.servers import RunningMock
from tests.support.times import until
from tests.support.world import World


def worlds_of(world: World) -> dict[str, dict[str, int]]:
    """The worlds by name."""
    worlds = world.control("GET", "/worlds")["data"]
    return {each["name"]: {"accounts": each["accounts"], "sessions": each["sessions"]} for each in worlds}


@pytest.mark.memory_only
def test_health_describes_the_mock(world: World) -> None:
    health = world.control("GET", "/health")

    assert list(health) == [
        *("status", "version", "state", "latency_ms", "pool", "workers"),
        *("worlds", "known_worlds", "seed", "memory", "connections"),
    ]
    assert (health["status"], health["seed"]) == ("ok", 1)
    assert (health["state"], health["latency_ms"], health["pool"], health["workers"]) == ("memory", None, None, 1)
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", health["version"])


def test_health_shows_the_seed(serve: Serve) -> None:
    assert serve("--seed", "7").world("anybody").control("GET", "/health")["seed"] == 7


@pytest.mark.parametrize("key", [None, "nonsense", "sk_test_x_revoked"], ids=str)
def test_health_needs_no_key(world: World, key: str | None) -> None:
    assert world.control_response("GET", "/health", key=key).status_code == 200


def test_health_creates_no_world(world: World) -> None:
    before = world.control("GET", "/health")["worlds"]

    assert world.control("GET", "/health")["worlds"] == before


def test_health_counts_the_worlds(world: World, other: World) -> None:
    before = world.control("GET", "/health")["worlds"]
    for each in (world, other, world):
        each.page()

    assert world.control("GET", "/health")["worlds"] == before + 2


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="other systems do not tell")
def test_health_tells_the_memory_of_the_process(server: RunningMock, world: World) -> None:
    process = Path(f"/proc/{server.process.pid}/statm") if isinstance(server, MockProcess) else Path("/proc/self/statm")
    pages = int(process.read_text(encoding="ascii").split()[1])
    memory = world.control("GET", "/health")["memory"]

    assert memory == pytest.approx(pages * os.sysconf("SC_PAGE_SIZE"), rel=0.5)


def test_health_counts_the_open_connections(start: Start) -> None:
    """Of the process, in which other tests may have servers too."""
    mock = start()
    first, others = mock.caller(None), [mock.caller(None) for _ in range(3)]
    before = first.call("GET", "/_mock/health").json["connections"]
    for caller in others:
        caller.get("/health")
    assert first.call("GET", "/_mock/health").json["connections"] == before + 3
    for caller in others:
        caller.close()

    until(lambda: first.call("GET", "/_mock/health").json["connections"] == before, "the end of the connections")


def test_world_is_listed_by_name_with_its_size(world: World) -> None:
    for _ in range(2):
        world.delete(world.make()["id"])
    world.delete(world.page(limit=1)["data"][0]["id"])
    world.session()

    assert worlds_of(world)[world.name] == {"accounts": 119, "sessions": 1}


def test_finalized_session_is_not_counted(world: World) -> None:
    session = world.session()
    world.finalize(session["session_token"], session["pages"][0]["id"])

    assert worlds_of(world)[world.name] == {"accounts": 121, "sessions": 0}


def test_long_name_is_masked(server: RunningMock) -> None:
    name = "4f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c"
    server.world(name).page()

    assert name not in str(server.world("x").control("GET", "/worlds"))
    assert any(each.startswith(name[:4]) for each in worlds_of(server.world("x")))


def test_control_api_without_a_key_acts_on_demo(demo: World) -> None:
    response = demo.control_response("POST", "/accounts", {"platform": "x", "username": "made"}, key=None)

    assert demo.walk(username="made") == [response.json()]


@pytest.mark.parametrize("suffix", ["", "_readonly", "_revoked", "_expired"])
@pytest.mark.parametrize("mode", ["live", "test"])
def test_control_api_ignores_mode_and_suffix_of_the_key(world: World, mode: str, suffix: str) -> None:
    response = world.control_response("POST", "/accounts", {}, key=f"sk_{mode}_{world.name}{suffix}")

    assert response.status_code == 201
    assert world.get(response.json()["id"]) == response.json()


@pytest.mark.parametrize("key", ["nonsense", "sk_test_", "sk_test_a b", "sk_other_x", "sk_test_" + "a" * 65])
def test_control_api_refuses_a_malformed_key_and_creates_no_world(world: World, key: str) -> None:
    before = world.control("GET", "/health")["worlds"]

    assert world.control_response("GET", "/clock", key=key).status_code == 401
    assert world.control("GET", "/health")["worlds"] == before


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/health", {"GET"}),
        ("GET", "/reset", {"POST"}),
        ("POST", "/state", {"GET", "PUT"}),
        ("DELETE", "/clock", {"GET", "PUT"}),
        ("GET", "/clock/advance", {"POST"}),
        ("PUT", "/accounts/a1b2c3d4-0000-4a9f-9b1c-2e7d6f0a1234", {"DELETE", "GET", "PATCH"}),
        ("PUT", "/sessions", {"GET", "POST"}),
    ],
)
def test_wrong_method_is_refused_with_the_allowed_ones(world: World, method: str, path: str, allowed: set[str]) -> None:
    response = world.control_response(method, path)

    assert response.status_code == 405
    assert set(response.headers["allow"].split(", ")) == allowed


@pytest.mark.parametrize("path", ["/nothing", "/clock/", "/accounts/x/y/z", "/State"])
def test_unknown_control_path_gets_404(world: World, path: str) -> None:
    assert world.control_response("GET", path).status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/clock"),
        ("POST", "/clock/advance"),
        ("POST", "/accounts"),
        ("POST", "/sessions"),
        ("PUT", "/state"),
        ("POST", "/reset"),
    ],
)
@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"null", b'"x"', b"\xff", b"[" * 100_000, b'{"unknown": 1}'], ids=range(7)
)
def test_control_api_refuses_other_documents(world: World, method: str, path: str, body: bytes) -> None:
    before = world.state()
    response = world.control_response(method, path, body)

    assert response.status_code == 400
    assert response.json()["errors"]
    assert world.state() == before
