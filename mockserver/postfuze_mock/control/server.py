"""The levers that concern all worlds."""

from __future__ import annotations

from typing import Any

from postfuze_fixtures import world_file
from postfuze_fixtures.world_file import WorldFile, WorldFileError
from postfuze_mock import __version__
from postfuze_mock.domain.keys import masked
from postfuze_mock.problems import Problem
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.world import World


class Server:
    """Handlers that need the worlds as a whole; each is a method, named like a function elsewhere."""

    def __init__(self, worlds: Worlds) -> None:
        self.worlds = worlds

    def get_mock_health(self, _world: None) -> dict[str, Any]:
        return {
            "status": "ok",
            "version": __version__,
            "state": self.worlds.engine,
            "worlds": len(self.worlds),
            "seed": self.worlds.seed,
        }

    def list_worlds(self, _world: World) -> dict[str, Any]:
        return {"data": [_summary(world) for world in self.worlds]}

    def reset_world(self, world: World, all: bool, body: dict[str, Any] | None) -> None:
        """Back to the first state, or anew from what the body names."""
        file = _file(body["world"]) if body and "world" in body else None
        seed = body.get("seed") if body else None
        for each in list(self.worlds) if all else [world]:
            if file is None and seed is None:
                self.worlds.reset(each)
            else:
                self.worlds.restart(each, file, seed)


def _file(source: str | dict[str, Any]) -> WorldFile:
    try:
        return world_file.load_shipped(source) if isinstance(source, str) else world_file.from_document(source)
    except WorldFileError as error:
        errors = [{"in": "body", "pointer": "/world", "message": str(error)}]
        raise Problem(400, str(error), code="validation_failed", errors=errors) from error


def _summary(world: World) -> dict[str, Any]:
    return {
        "name": masked(world.name),
        "accounts": world.store.count(),
        "sessions": len(world.store.sessions()),
    }
