"""What the reference says of this server: its URL, a key to try calls with, and what it does where the documents are
silent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.types import Scope

from postfuze_mock import __version__
from postfuze_mock.worlds.first_world import first_name, key_of
from postfuze_mock.worlds.registry import Worlds


@dataclass(frozen=True)
class ServerFacts:
    """`urls` returns the URLs of the API and of the control API as the caller of a request reaches them, without an
    origin where it is that of the page, and None for a control API that is closed to the caller."""

    worlds: Worlds
    urls: Callable[[Scope], tuple[str, str | None]]

    async def __call__(self, request: Request) -> dict[str, object]:
        """What the file has. Paths are URLs without the page's own origin."""
        api, control = self.urls(request.scope)
        name = first_name(self.worlds)
        return {
            "version": __version__,
            "api": api,
            "key": key_of(self.worlds, name),
            "control": control,
            "console": None if control is None else f"{control}/",
            "assumptions": await self.worlds.engine.run(lambda: self.worlds.choices_of(name).by_id()),
        }
