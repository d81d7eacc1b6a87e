"""A signal from the worlds of a server to the one part of it that waits for it."""

from __future__ import annotations

from collections.abc import Callable


class Signal:
    """Tells the listener the name of a world. Without a listener the signal is lost."""

    def __init__(self) -> None:
        self._listener: Callable[[str], None] | None = None

    def listen(self, listener: Callable[[str], None] | None) -> None:
        """Call `listener` with the name of the world from now on; None removes it."""
        self._listener = listener

    def __call__(self, world: str) -> None:
        if self._listener is not None:
            self._listener(world)
