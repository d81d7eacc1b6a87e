"""Saving the worlds to a file, tested from inside: effects that take many seconds or a million accounts."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from tests.support.servers import LOGGER

from postfuze_mock.app import make_worlds
from postfuze_mock.domain.faults.faults import fault
from postfuze_mock.domain.webhooks import Attempt, Delivery, Webhook
from postfuze_mock.settings import Settings
from postfuze_mock.worlds import making
from postfuze_mock.worlds.accounts import editing
from postfuze_mock.worlds.persistence import state_file
from postfuze_mock.worlds.persistence.autosave import Autosave
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.world import World

WEBHOOK: Final = Webhook("http://127.0.0.1:9/", ("account.connected",), None, "whsec_test")
CLOCK = "2026-06-14T12:10:00Z,frozen"


@pytest.fixture
def worlds() -> Worlds:
    worlds = make_worlds(Settings(clock=CLOCK, world="empty"))
    worlds.world("acme")
    return worlds


@pytest.fixture
def world(worlds: Worlds) -> World:
    return worlds.world("acme")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "kept"
    folder.mkdir()
    return folder


@pytest.fixture
def autosave(worlds: Worlds, folder: Path) -> Iterator[Autosave]:
    autosave = Autosave(worlds, folder / "state.json", lambda _document: None)
    yield autosave
    autosave.close()


def test_repeatedly_failing_write_is_logged_once(
    world: World, autosave: Autosave, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder.rename(folder.with_name("away"))
    for _ in range(3):
        world.clock.advance(1)
        asyncio.run(autosave.save())

    (record,) = caplog.records
    assert record.getMessage().endswith("state.json is not written: No such file or directory.")


def test_worlds_make_room_during_a_save(folder: Path) -> None:
    worlds = make_worlds(Settings(clock=CLOCK, world="empty", max_worlds=3))
    for name in "abc":
        worlds.world(name)
    autosave = Autosave(worlds, folder / "state.json", lambda _document: None)

    async def save_while_worlds_come() -> None:
        saving = asyncio.create_task(autosave.save())
        for name in "defghi":
            await asyncio.sleep(0)
            worlds.world(name)
        await saving
        await autosave.save()

    asyncio.run(save_while_worlds_come())
    autosave.close()
    assert list(written(folder / "state.json")) == ["g", "h", "i"]


def test_partial_write_leaves_only_the_old_file(world: World, folder: Path) -> None:
    path = folder / "state.json"
    state_file.write(path, [state_file.copy(world)])
    before = path.read_bytes()

    def failing() -> Iterator[state_file.Copy]:
        yield state_file.copy(world)
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        state_file.write(path, failing())

    assert path.read_bytes() == before
    assert list(folder.iterdir()) == [path]


def test_world_is_written_as_of_its_copy(world: World, folder: Path) -> None:
    for _ in range(3):
        editing.create_account(world, {})
    copies = [state_file.copy(world)]
    editing.create_account(world, {})
    world.clock.advance(1)
    state_file.write(folder / "state.json", copies)

    state = written(folder / "state.json")["acme"]["state"]
    assert len(state["accounts"]) == 3
    assert state["clock"]["now"] == "2026-06-14T12:10:00.000Z"


@pytest.mark.parametrize(
    "change",
    [
        lambda world: editing.create_account(world, {}),
        lambda world: world.clock.advance(1),
        lambda world: world.clock.set(frozen=False),
        lambda world: world.store.next("anything"),
        lambda world: world.fire_all(["account.connected"], {}),
        lambda world: making.build(world, dataclasses.replace(world.origin, seed=2)),
        lambda world: setattr(world, "webhooks", (WEBHOOK,)),
        lambda world: world.journal.change(size=7),
        lambda world: world.faults.add(fault({"operation": "*", "effect": {"delay_ms": 1}}, "id")),
    ],
    ids=["account", "time", "clock let go", "counter", "event", "new start", "webhooks", "journal", "fault"],
)
def test_every_change_triggers_a_save(change: Any, world: World) -> None:
    before = world.revision()
    assert world.revision() == before
    change(world)

    assert world.revision() != before


def test_every_step_of_a_delivery_triggers_a_save(world: World) -> None:
    outbox, url, now = world.outbox, WEBHOOK.url, world.clock.now()
    delivery = Delivery("id", url, now)
    steps: list[Callable[[], object]] = [
        lambda: outbox.add("id", [delivery]),
        lambda: outbox.take(url, now),
        lambda: outbox.settle(delivery, Attempt(now, 503, "no", 1.0), now),
        lambda: outbox.request("id", url, now),
        lambda: outbox.give_up_except([]),
    ]
    for step in steps:
        before = world.revision()
        step()
        assert world.revision() != before


def test_every_count_of_a_fault_triggers_a_save(world: World) -> None:
    world.faults.add(fault({"operation": "*", "effect": {"delay_ms": 1}}, "id"))
    before = world.revision()
    hit = world.faults.hit("getSocialAccount")
    counted = world.revision()
    assert hit is not None
    hit.fault.miss()

    assert before != counted != world.revision() != before


def test_passing_time_triggers_no_save() -> None:
    real = make_worlds(Settings(world="empty")).world("acme")

    assert real.revision() == real.revision()


def test_world_is_copied_from_the_file_by_its_name(worlds: Worlds, world: World, folder: Path) -> None:
    path = folder / "state.json"
    editing.create_account(worlds.world("other"), {})
    before = state_file.write(path, [state_file.copy(each) for each in worlds])
    content = path.read_bytes()
    after = state_file.write(path, ["acme", "other"], before)

    assert path.read_bytes() == content
    assert after.places == before.places
    with pytest.raises(OSError, match="changed"):
        state_file.write(path, ["acme", state_file.copy(world)], before)
    assert list(folder.iterdir()) == [path]


def test_unchanged_worlds_stay_as_they_are(worlds: Worlds, autosave: Autosave) -> None:
    for name in ("first", "last"):
        editing.create_account(worlds.world(name), {})
    asyncio.run(autosave.save())
    before = written(autosave.path)
    editing.create_account(worlds.world("acme"), {})
    asyncio.run(autosave.save())
    after = written(autosave.path)

    assert list(after) == list(before) == ["acme", "first", "last"]
    assert len(after["acme"]["state"]["accounts"]) == 1
    assert (after["first"], after["last"]) == (before["first"], before["last"])
    state_file.write(autosave.path.with_name("anew"), [state_file.copy(world) for world in worlds])
    assert autosave.path.with_name("anew").read_bytes() == autosave.path.read_bytes()


@pytest.mark.parametrize("meddle", [Path.unlink, lambda path: path.write_bytes(b"{}")], ids=["gone", "other"])
def test_file_that_somebody_meddled_with_is_written_anew(
    meddle: Any, worlds: Worlds, world: World, autosave: Autosave
) -> None:
    editing.create_account(worlds.world("other"), {})
    asyncio.run(autosave.save())
    before = written(autosave.path)
    meddle(autosave.path)
    editing.create_account(world, {})
    asyncio.run(autosave.save())

    assert written(autosave.path)["other"] == before["other"]


def test_large_world_is_copied_in_blocks(worlds: Worlds, world: World, autosave: Autosave) -> None:
    editing.create_account(worlds.world("long"), {"display_name": "ä" * 700_000})
    asyncio.run(autosave.save())
    before = written(autosave.path)
    editing.create_account(world, {})
    asyncio.run(autosave.save())

    assert written(autosave.path)["long"] == before["long"]


def test_bug_does_not_end_the_saving(
    world: World, autosave: Autosave, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LOGGER, "handlers", [])  # running mocks of other tests would report it as theirs
    world.webhooks = (object(),)  # type: ignore[assignment]
    asyncio.run(autosave.save())
    world.webhooks = ()
    editing.create_account(world, {})
    asyncio.run(autosave.save())

    assert "The mock failed to write the state file." in caplog.text
    assert "acme" in written(autosave.path)


def test_requests_are_served_between_two_worlds(worlds: Worlds, autosave: Autosave) -> None:
    for n in range(10):
        worlds.world(f"world-{n}")
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def saving() -> None:
        other = asyncio.create_task(others())
        await autosave.save()
        other.cancel()

    asyncio.run(saving())
    assert turns > len(worlds)
    assert list(written(autosave.path)) == ["acme", *(f"world-{n}" for n in range(10))]


def written(path: Path) -> dict[str, Any]:
    """The content of a file, by world."""
    worlds: dict[str, Any] = json.loads(path.read_bytes())["worlds"]
    return worlds
