"""Which world holds which session token: a token alone must lead to its world."""

from __future__ import annotations


class Tokens:
    """Session tokens, unique on a server, and the names of the worlds that hold them."""

    def __init__(self) -> None:
        self._holders: dict[str, str] = {}

    def holder(self, token: str) -> str | None:
        """The name of the world that `token` was given to, whether or not its session still stands there."""
        return self._holders.get(token)

    def claim(self, token: str, world: str) -> bool:
        """Give `token` to `world`; False where another world holds it."""
        return self._holders.setdefault(token, world) == world

    def release(self, world: str) -> None:
        """Forget the tokens of `world`."""
        self._holders = {token: holder for token, holder in self._holders.items() if holder != world}
