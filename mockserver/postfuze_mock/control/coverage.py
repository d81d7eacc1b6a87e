"""The coverage: what the calls of all worlds have met."""

from __future__ import annotations

from typing import Any

from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.world import World


def get_coverage(worlds: Worlds, _world: World) -> dict[str, Any]:
    return worlds.context.coverage.report()


def delete_coverage(worlds: Worlds, _world: World) -> None:
    worlds.context.coverage.clear()
