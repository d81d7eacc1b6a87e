"""Finds the world of a session token or of a link's `state`, which are used without a key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol


class Tokens(Protocol):
    """The tokens of a server and the names of the worlds that hold them."""

    def holder(self, token: str) -> str | None:
        """The name of the world that `token` was issued in or is reserved for, also after it was used."""

    def claim(self, token: str, world: str) -> bool:
        """Give `token` to `world`; False where another world holds it."""

    def forget(self, token: str) -> None:
        """Forget a token that its world has dropped."""

    def release(self, world: str) -> None:
        """Forget the tokens of `world`, except those that are reserved for it."""


class MemoryTokens:
    """The `Tokens` of worlds in memory. `reserved` returns those of worlds that may not be built yet; it is called
    once, when it is needed."""

    def __init__(self, reserved: Callable[[], Mapping[str, str]] = dict) -> None:
        self._load_reserved = reserved
        self._reserved: Mapping[str, str] | None = None
        self._holders: dict[str, str] = {}
        self._tokens: dict[str, set[str]] = {}

    def holder(self, token: str) -> str | None:
        return self._holders.get(token) or self._reservations().get(token)

    def claim(self, token: str, world: str) -> bool:
        if self.holder(token) not in (None, world):
            return False
        self._holders[token] = world
        self._tokens.setdefault(world, set()).add(token)
        return True

    def forget(self, token: str) -> None:
        world = self._holders.pop(token, None)
        if world is not None:
            self._tokens[world].discard(token)

    def release(self, world: str) -> None:
        for token in self._tokens.pop(world, ()):
            del self._holders[token]

    def _reservations(self) -> Mapping[str, str]:
        if self._reserved is None:
            self._reserved = self._load_reserved()
        return self._reserved
