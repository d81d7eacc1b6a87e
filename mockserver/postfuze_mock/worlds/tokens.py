"""Which world holds which session token: a token alone must lead to its world."""

from __future__ import annotations

from collections.abc import Callable, Mapping


class Tokens:
    """Session tokens, unique on a server, and the names of the worlds that hold them. Some are `reserved` for worlds
    that need not be made yet (read when it is first asked for)."""

    def __init__(self, reserved: Callable[[], Mapping[str, str]] = dict) -> None:
        self._read_reserved = reserved
        self._reserved: Mapping[str, str] | None = None
        self._holders: dict[str, str] = {}

    def holder(self, token: str) -> str | None:
        """The name of the world that `token` is given to or reserved for, whether or not its session still stands."""
        return self._holders.get(token) or self._reservations().get(token)

    def claim(self, token: str, world: str) -> bool:
        """Give `token` to `world`; False where another world holds it."""
        if self.holder(token) not in (None, world):
            return False
        self._holders[token] = world
        return True

    def release(self, world: str) -> None:
        """Forget the tokens of `world`, but for those that are reserved for it."""
        self._holders = {token: holder for token, holder in self._holders.items() if holder != world}

    def _reservations(self) -> Mapping[str, str]:
        if self._reserved is None:
            self._reserved = self._read_reserved()
        return self._reserved
