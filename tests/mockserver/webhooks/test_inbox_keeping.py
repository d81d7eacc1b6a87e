"""Inboxes over resets and saved states."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from tests.mockserver.conftest import Serve, Start
from tests.mockserver.webhooks.hooked import disconnect_one, hook, settled, webhooks
from tests.mockserver.webhooks.inbox import inbox, send
from tests.support.servers import RunningMock
from tests.support.world import World

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
