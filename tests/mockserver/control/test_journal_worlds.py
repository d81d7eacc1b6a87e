"""The control API: which journal records a request, and what empties a journal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.mockserver.conftest import Serve
from tests.support.processes import MockProcess
from tests.support.servers import RunningMock
from tests.support.times import NOW
from tests.support.world import World

MALFORMED = ["nonsense", "sk_test_", "sk_test_a b", "sk_other_x", "sk_test_" + "a" * 65]


def paths(world: World) -> list[str]:
    return [entry["path"] for entry in world.requests()]


def test_call_is_only_in_the_journal_of_its_world(world: World, other: World, demo: World) -> None:
    world.page()

    assert paths(world) == ["/api/v1/social-accounts"]
    assert paths(other) == paths(demo) == []


@pytest.mark.parametrize("key", ["key", "live_key", "readonly_key", "revoked_key", "expired_key"])
def test_all_keys_of_a_world_share_its_journal(world: World, key: str) -> None:
    world.list_response(key=getattr(world, key))

    assert len(world.requests()) == 1


@pytest.mark.parametrize("key", ["key", "revoked_key"])
@pytest.mark.parametrize("path", ["/nothing", "/posts", "/health", "/social-accounts/pending/unknown"])
def test_refused_call_is_in_the_journal_of_the_world_of_its_key(world: World, path: str, key: str) -> None:
    world.call("GET", path, getattr(world, key))

    assert paths(world)[0].startswith("/api/v1")


def test_refused_first_call_is_recorded_without_creating_the_world(server: RunningMock, name: str, demo: World) -> None:
    """The control call that reads the journal may be the first to create the world."""
    before = demo.control("GET", "/health")["worlds"]
    server.world(name).call("GET", "/nothing")
    after = demo.control("GET", "/health")["worlds"]

    assert paths(server.world(name)) == ["/api/v1/nothing"]
    assert after == before


@pytest.mark.memory_only
def test_number_of_journals_without_a_world_is_limited(server: RunningMock, name: str, demo: World) -> None:
    before = demo.control("GET", "/health")["worlds"]
    for number in range(102):
        server.world(f"{name}-{number}").call("GET", "/nothing")
        server.world(f"{name}-0").call("GET", "/health")
    after = demo.control("GET", "/health")["worlds"]

    assert [len(paths(server.world(f"{name}-{number}"))) for number in (1, 2, 3, 101)] == [0, 0, 1, 1]
    assert len(paths(server.world(f"{name}-0"))) == 103
    assert after == before


def test_finalizing_is_in_the_journal_of_the_sessions_world(world: World, demo: World) -> None:
    session = world.session()
    world.pending(session["session_token"])
    world.finalize(session["session_token"], session["pages"][0]["id"])

    assert len(world.requests()) == 2
    assert demo.requests() == []


def test_call_without_a_key_is_in_the_journal_of_demo(demo: World, world: World) -> None:
    for path in ("/health", "/nothing", "/social-accounts", "/social-accounts/pending/unknown"):
        world.call("GET", path, None)

    assert len(demo.requests()) == 4
    assert world.requests() == []


@pytest.mark.parametrize("key", MALFORMED)
def test_call_with_a_malformed_key_is_in_the_journal_of_demo_and_creates_no_world(demo: World, key: str) -> None:
    before = demo.control("GET", "/health")["worlds"]
    demo.call("GET", "/social-accounts", key)
    demo.call("GET", "/nothing", key)

    assert len(demo.requests()) == 2
    assert demo.control("GET", "/health")["worlds"] == before


def test_earlier_calls_are_in_the_journal_of_demo_without_creating_it(tmp_path: Path) -> None:
    server = MockProcess(folder=tmp_path)
    demo = server.world("demo")
    for path in ("/health", "/nothing"):
        demo.call("GET", path, None)
    demo.call("GET", "/nothing", "nonsense")
    worlds = demo.control("GET", "/health")["worlds"]
    early = [(entry["path"], entry["at"]) for entry in demo.requests()]
    demo.page()
    after = paths(demo)
    server.stop()

    assert worlds == 0
    assert [path for path, _ in early] == ["/api/v1/health", "/api/v1/nothing", "/api/v1/nothing"]
    assert {at for _, at in early} == {"2026-06-14T12:10:00.000Z"}
    assert after[-1] == "/api/v1/social-accounts"


def test_no_journal_is_stored_without_the_control_api(tmp_path: Path) -> None:
    """A refused call creates no world either."""
    server = MockProcess("--no-control", folder=tmp_path)
    world = server.world("acme")
    refusal = world.call("GET", "/nothing")
    unmade = "New world" not in server.log
    response = world.list_response()
    server.stop()

    assert (refusal.status_code, response.status_code) == (404, 200)
    assert unmade
    assert "New world acme" in server.log


def test_unlisted_strict_key_is_in_the_journal_of_demo(serve: Serve, name: str) -> None:
    world = serve("--strict-keys").world(name)
    world.list_response()
    entries = world.control_response("GET", "/requests", key=None).json()["data"]

    assert (entries[-1]["status"], entries[-1]["reason"]["rule"]) == (401, "keys.unknown")


def restore(world: World) -> None:
    world.control("PUT", "/state", world.state())


UNDOING: dict[str, Callable[[World], None]] = {
    "reset": lambda world: world.reset(),
    "reset to another": lambda world: world.reset(world="empty"),
    "restored state": restore,
    "emptied": lambda world: world.control("DELETE", "/requests"),
}


@pytest.mark.parametrize("undo", UNDOING.values(), ids=UNDOING)
def test_reset_empties_only_the_journal_of_its_world(world: World, other: World, undo: Callable[[World], None]) -> None:
    world.page()
    other.page()
    undo(world)

    assert world.requests() == []
    assert len(other.requests()) == 1


def test_reset_of_all_empties_all_journals(serve: Serve, name: str) -> None:
    server = serve("--seed", "7")
    worlds = [server.world(f"{name}-{number}") for number in range(2)]
    for world in worlds:
        world.page()
    worlds[0].call("GET", "/health", None)
    worlds[0].control("POST", "/reset?all=true")

    assert [world.requests() for world in [*worlds, server.world("demo")]] == [[], [], []]


def test_ids_are_the_same_after_a_reset(world: World) -> None:
    runs = []
    for _ in range(2):
        world.reset()
        world.page()
        runs.append([(entry["id"], entry["at"]) for entry in world.requests()])

    assert runs[0] == runs[1]
    assert runs[0][0][1] == NOW
