"""The levers that concern all worlds."""

from __future__ import annotations

from typing import Any

from postfuze_fixtures import world_file
from postfuze_fixtures.world_file import WorldFile
from postfuze_mock import __version__
from postfuze_mock.domain.choices import ChoiceError, Choices
from postfuze_mock.domain.keys import masked
from postfuze_mock.problems import pointer, refused
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.webhooks import webhooks
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
        wanted = body or {}
        file = self._file(wanted["world"]) if "world" in wanted else None
        if all:
            self.worlds.forget_early()
        for each in list(self.worlds) if all else [world]:
            if wanted:
                self.worlds.restart(each, file, wanted.get("seed"))
            else:
                self.worlds.reset(each)

    def _file(self, source: str | dict[str, Any]) -> WorldFile:
        try:
            file = world_file.load_shipped(source) if isinstance(source, str) else world_file.from_document(source)
            Choices.with_overrides(file.assume)
            webhooks.check(file, self.worlds.server.webhook_allow)
        except ChoiceError as error:
            raise refused(pointer(["world", "assume", error.id]), str(error)) from error
        except ValueError as error:
            place = f"/world{getattr(error, 'pointer', None) or ''}"
            raise refused(place, getattr(error, "reason", None) or str(error)) from error
        return file


def _summary(world: World) -> dict[str, Any]:
    return {
        "name": masked(world.name),
        "accounts": world.store.count(),
        "sessions": len(world.store.sessions()),
    }
