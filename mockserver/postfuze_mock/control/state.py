"""A world as one document."""

from __future__ import annotations

from typing import Any

from postfuze_mock.worlds.persistence import world_state
from postfuze_mock.worlds.world import World


def get_state(world: World) -> dict[str, Any]:
    return world_state.save(world)


def put_state(world: World, body: dict[str, Any]) -> None:
    world_state.restore(world, body)
