"""A world as one document."""

from __future__ import annotations

from typing import Any

from postfuze_mock.worlds import saved
from postfuze_mock.worlds.world import World


def get_state(world: World) -> dict[str, Any]:
    return saved.save(world)


def put_state(world: World, body: dict[str, Any]) -> None:
    saved.restore(world, body)
