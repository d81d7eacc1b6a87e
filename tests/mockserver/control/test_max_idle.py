"""`--max-idle`: worlds that nobody uses are let go."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from tests.mockserver.conftest import Start
from tests.support.times import until

from postfuze_mock.app import make_worlds
from postfuze_mock.settings import Settings, SettingsError, of
from postfuze_mock.worlds.accounts import editing
from postfuze_mock.worlds.idle import Idle
from postfuze_mock.worlds.memory_worlds import MemoryWorlds

pytestmark = pytest.mark.memory_only


@pytest.fixture
def worlds() -> MemoryWorlds:
    worlds = make_worlds(Settings(clock="2026-06-14T12:10:00Z"))
    assert isinstance(worlds, MemoryWorlds)
    return worlds


@pytest.fixture
def idle(worlds: MemoryWorlds) -> Idle:
    return Idle(worlds, 10)


def names(worlds: MemoryWorlds) -> set[str]:
    return {world.name for world in worlds}


def test_unused_world_is_let_go_and_begins_anew_when_it_is_used_again(start: Start) -> None:
    mock = start("--max-idle", "0.2")
    world = mock.world("acme")
    before = world.walk()
    made = world.make()
    token = world.session()["session_token"]
    until(lambda: "Let 1 worlds go" in mock.log, "the end of the world")

    assert "acme" in mock.log
    assert world.get_response(made["id"]).status_code == 404
    assert world.pending_response(token).status_code == 404
    assert world.walk() == before


def test_world_goes_once_it_was_unused_for_so_long(worlds: MemoryWorlds, idle: Idle) -> None:
    editing.create_account(worlds.world("a"), {})
    worlds.world("b")
    for now in (0, 6):
        idle.look(now)
    worlds.world("b")
    for now in (12, 15):
        idle.look(now)
    assert names(worlds) == {"a", "b"}

    idle.look(16)
    assert names(worlds) == {"b"}


def test_world_that_is_used_between_two_looks_stays(worlds: MemoryWorlds, idle: Idle) -> None:
    for now in range(0, 100, 10):
        worlds.world("a")
        worlds.world("a")
        idle.look(now)

    assert names(worlds) == {"a"}


def test_world_in_use_stays(worlds: MemoryWorlds, idle: Idle) -> None:
    world = worlds.world("a")
    for now in (0, 10, 20, 30):
        idle.look(now)
    assert worlds.world("a") is world


def test_log_names_the_first_of_many(worlds: MemoryWorlds, idle: Idle, caplog: pytest.LogCaptureFixture) -> None:
    for name in "abcde":
        worlds.world(name)
    with caplog.at_level(logging.INFO):
        for now in (0, 10, 20):
            idle.look(now)

    assert "Let 5 worlds go, unused for 10 s (--max-idle): a, b, c, …." in caplog.text
    assert names(worlds) == set()


def test_world_that_the_file_names_stays(tmp_path: Path) -> None:
    file = tmp_path / "world.yaml"
    file.write_text("worlds: {acme: {}}", encoding="utf-8")
    worlds = make_worlds(Settings(world=str(file)))
    assert isinstance(worlds, MemoryWorlds)
    idle = Idle(worlds, 10)
    worlds.world("acme")
    for now in (0, 10, 20):
        idle.look(now)

    assert names(worlds) == {"acme"}


def test_a_state_file_keeps_all_worlds() -> None:
    with pytest.raises(SettingsError, match="max-idle does not go with --state-file"):
        of({"max_idle": 10, "state_file": "worlds.json"})
