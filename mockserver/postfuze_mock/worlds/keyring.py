"""Which key opens which world, with which scopes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from postfuze_mock.domain import keys
from postfuze_mock.domain.keys import Key
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.world import World

_PREFIX = "Bearer "
_REMEMBERED = 10_000


class Credential(NamedTuple):
    """An accepted key: its world and its scopes."""

    world: World
    scopes: frozenset[str]


class Keyring:
    """Reads Authorization headers. `listed` are the worlds file's keys; with `strict` they are the only ones."""

    def __init__(self, worlds: Worlds, listed: Mapping[str, Key], *, strict: bool = False) -> None:
        self.worlds = worlds
        self.listed = listed
        self.strict = strict
        self._remembered: dict[bytes, Credential] = {}

    def credential(self, header: bytes) -> Credential | None:
        """The credential of `header`; None for a missing, malformed, unlisted, revoked or expired key."""
        remembered = self._remembered.get(header)
        if remembered is not None:
            return remembered
        key = self.key(header)
        if key is None or key.standing != "active":
            return None
        credential = Credential(self._world(key), key.scopes)
        if len(self._remembered) >= _REMEMBERED:
            self._remembered.clear()
        self._remembered[header] = credential
        return credential

    def refusal(self, header: bytes) -> str:
        """The rule that refuses `header`: why `credential`, or `lever_world`, gave None."""
        if not header:
            return "auth.missing"
        key = self.key(header)
        if key is not None:
            return f"auth.{key.standing}"
        return "keys.unknown" if header.startswith(b"Bearer sk_") else "auth.malformed"

    def lever_world(self, header: bytes) -> World | None:
        """The world that `header` opens for a lever, whatever the key's standing."""
        key = self.key(header)
        return None if key is None else self._world(key)

    def standing_world(self, header: bytes) -> World | None:
        """The world that a good key in `header` opens, if it has been made by now."""
        key = self.key(header)
        return None if key is None or key.standing != "active" else self.worlds.standing(key.name, mode=key.mode)

    def key(self, header: bytes) -> Key | None:
        """The key in `header`, whatever its standing; None for a missing, malformed or unlisted one."""
        text = header.decode("utf-8", "replace")
        if not text.startswith(_PREFIX):
            return None
        text = text.removeprefix(_PREFIX)
        return self.listed.get(text) or (None if self.strict else keys.parse(text))

    def _world(self, key: Key) -> World:
        return self.worlds.world(key.name, mode=key.mode)
