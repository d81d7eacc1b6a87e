"""`--max-idle` where several processes share the worlds."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from tests.mockserver.conftest import Start
from tests.support.times import until

from postfuze_mock.app import make_worlds
from postfuze_mock.domain.clock import real_milliseconds
from postfuze_mock.settings import Settings
from postfuze_mock.state.sql.database import Database
from postfuze_mock.worlds.accounts import editing
from postfuze_mock.worlds.connect import sessions
from postfuze_mock.worlds.shared_idle import SharedIdle
from postfuze_mock.worlds.shared_worlds import SharedWorlds
from postfuze_mock.worlds.webhooks import webhooks

pytestmark = pytest.mark.memory_only  # it brings an engine of its own
SECONDS = 100
#: The tables that have something of a world.
TABLES = (
    *("accounts", "calls", "deliveries", "exchanges", "inbox_secrets", "journals", "logs", "queues", "sessions"),
    *("tokens", "worlds"),
)


class Process:
    """A server of the worlds in `file`, without HTTP."""

    def __init__(self, file: Path, world: Path | None = None) -> None:
        settings = Settings(state=f"sqlite:///{file}", world=None if world is None else str(world))
        worlds = make_worlds(settings)
        assert isinstance(worlds, SharedWorlds)
        self.worlds = worlds
        self.idle = SharedIdle(worlds, SECONDS)

    @property
    def database(self) -> Database:
        return self.worlds.database

    def use(self, name: str) -> tuple[int, int]:
        """Call the world `name`. Its version, and how many accounts it has."""

        def count() -> tuple[int, int]:
            world = self.worlds.world(name)
            return world.store.revision(), len(world.store.find({}))

        return self.database.run_now(count, write=True)

    def change(self, name: str) -> None:
        """Let the world `name` have something in most tables."""

        def change() -> None:
            world = self.worlds.world(name)
            webhooks.replace(world, [{"url": "http://127.0.0.1:9/hook"}, {"url": "/_mock/inbox/a"}], "")
            sessions.mint(world, {"network": "x", "pages": 2}, world.clock.now())
            account = editing.create_account(world, {}).account()
            world.journal.change(size=10)
            world.fire_all(["account.connected"], account)

        self.database.run_now(change, write=True)

    def look(self, seconds: float) -> None:
        """Look at the worlds `seconds` from now."""
        asyncio.run(self.idle.look(real_milliseconds() + round(seconds * 1000)))

    def rows(self, table: str) -> int:
        """How many rows `table` has."""
        count: int = self.database.run_now(partial(self.database.read, f"SELECT count(*) FROM {table}"))[0][0]
        return count

    def names(self) -> set[str]:
        return set(self.database.run_now(self.worlds.numbered).values())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "worlds.db"


@pytest.fixture
def processes(file: Path) -> Iterator[tuple[Process, Process]]:
    pair = Process(file), Process(file)
    yield pair
    for each in pair:
        each.database.close()


def test_world_that_no_process_uses_is_removed(processes: tuple[Process, Process]) -> None:
    first, second = processes
    first.use("a")
    first.use("b")
    first.look(0)
    second.use("b")
    second.look(110)
    assert first.names() == {"a", "b"}
    first.look(140)

    assert first.names() == {"b"}


def test_nothing_of_a_removed_world_stays(processes: tuple[Process, Process]) -> None:
    first, second = processes
    first.change("a")
    assert [table for table in TABLES if not first.rows(table)] == ["calls"]  # written beside the requests
    first.look(0)
    second.look(SECONDS * 2)

    assert [table for table in TABLES if first.rows(table)] == []


def test_world_that_is_made_again_is_not_taken_for_the_one_before(processes: tuple[Process, Process]) -> None:
    first, second = processes
    first.change("a")
    version, count = second.use("a")
    first.look(0)
    first.look(SECONDS * 2)
    first.use("a")

    assert count == 121
    again, count = second.use("a")
    assert again > version
    assert count == 120


def test_world_that_the_file_names_stays(file: Path, tmp_path: Path) -> None:
    world = tmp_path / "world.yaml"
    world.write_text("worlds: {acme: {}}", encoding="utf-8")
    process = Process(file, world)
    for name in ("acme", "other"):
        process.use(name)
    process.look(0)
    process.look(SECONDS * 2)

    assert process.names() == {"acme"}
    process.database.close()


def test_server_says_which_worlds_it_let_go(start: Start, file: Path) -> None:
    mock = start("--state", f"sqlite:///{file}", "--max-idle", "0.2")
    world = mock.world("acme")
    before = world.walk()
    made = world.make()
    token = world.session()["session_token"]
    until(lambda: "Let 1 worlds go, unused for 0.2 s (--max-idle): acme." in mock.log, "the end of the world")

    assert world.get_response(made["id"]).status_code == 404
    assert world.pending_response(token).status_code == 404
    assert [each["id"] for each in world.walk()] == [each["id"] for each in before]
