"""Finds the world and the scopes of an API key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from postfuze_mock.domain import keys
from postfuze_mock.domain.keys import Key
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.world import World

_PREFIX = "Bearer "
_MAX_CREDENTIALS = 10_000


class Credential(NamedTuple):
    """An accepted key: the name of its world, for `Worlds.use`, and its scopes."""

    world: str
    scopes: frozenset[str]


class Keyring:
    """Reads Authorization headers. `keys` are those of the worlds file; with `strict` no others are accepted."""

    def __init__(self, worlds: Worlds, keys: Mapping[str, Key], *, strict: bool = False) -> None:
        self.worlds = worlds
        self.keys = keys
        self.strict = strict
        self._credentials: dict[bytes, Credential] = {}

    def credential(self, header: bytes) -> Credential | None:
        """The credential of `header`; None for a missing, malformed, unlisted, revoked or expired key."""
        credential = self._credentials.get(header)
        if credential is not None:
            return credential
        key = self.key(header)
        if key is None or key.status != "active":
            return None
        credential = Credential(self.worlds.name(key.name, key.mode), key.scopes)
        if len(self._credentials) >= _MAX_CREDENTIALS:
            self._credentials.clear()
        self._credentials[header] = credential
        return credential

    def refusal(self, header: bytes) -> str:
        """The rule that refuses `header`: why `credential` or `control_world` returned None."""
        if not header:
            return "auth.missing"
        key = self.key(header)
        if key is not None:
            return f"auth.{key.status}"
        return "keys.unknown" if header.startswith(b"Bearer sk_") else "auth.malformed"

    def control_world(self, header: bytes) -> World | None:
        """The world that `header` opens for the control API, whatever the key's status."""
        key = self.key(header)
        return None if key is None else self.worlds.world(key.name, mode=key.mode)

    def existing_world(self, header: bytes) -> World | None:
        """The world that an active key in `header` opens, if it has been built."""
        key = self.key(header)
        return None if key is None or key.status != "active" else self.worlds.existing(key.name, mode=key.mode)

    def key(self, header: bytes) -> Key | None:
        """The key in `header`, whatever its status; None for a missing, malformed or unlisted one."""
        text = header.decode("utf-8", "replace")
        if not text.startswith(_PREFIX):
            return None
        text = text.removeprefix(_PREFIX)
        return self.keys.get(text) or (None if self.strict else keys.parse(text))
