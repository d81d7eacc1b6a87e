"""A world's clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from postfuze_fixtures.timestamps import parse_iso
from postfuze_mock.problems import refused
from postfuze_mock.worlds.world import World


def get_clock(world: World) -> dict[str, Any]:
    return {"now": world.now(), "frozen": world.clock.frozen}


def put_clock(world: World, body: dict[str, Any]) -> dict[str, Any]:
    now = parse_iso(body["now"]) if "now" in body else None
    return _moved(world, lambda: world.clock.set(now, body.get("frozen")), "/now")


def advance_clock(world: World, body: dict[str, Any]) -> dict[str, Any]:
    return _moved(world, lambda: world.clock.advance(body["seconds"]), "/seconds")


def _moved(world: World, move: Callable[[], None], pointer: str) -> dict[str, Any]:
    try:
        move()
    except ValueError as error:  # outside the years that a timestamp can name
        raise refused(pointer, str(error)) from error
    world.stir()
    return get_clock(world)
