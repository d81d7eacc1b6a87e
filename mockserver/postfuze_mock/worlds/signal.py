"""A signal from the worlds of a server to the one part of it that waits for it, if any."""

from __future__ import annotations

from collections.abc import Callable


class Signal:
    """Tells the listener a word, such as the name of a world. Without a listener the signal is lost."""

    def __init__(self) -> None:
        self._listener: Callable[[str], None] | None = None

    def listen(self, listener: Callable[[str], None] | None) -> None:
        """Call `listener` with the word from now on; None removes it."""
        self._listener = listener

    def __call__(self, word: str) -> None:
        if self._listener is not None:
            self._listener(word)
