"""Tells calls that wait for something that it has come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Arrivals:
    """Calls those who wait for a topic, such as the events of a world, when something arrives there. Nothing is kept of
    topics that nobody waits for. `len` is how many wait."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, str], set[Callable[[], None]]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def __call__(self, kind: str, name: str) -> None:
        """Something has arrived in the topic of this kind and name."""
        for wake in self._waiting.get((kind, name), ()):
            wake()

    def topics(self) -> list[tuple[str, str]]:
        """The topics that somebody waits for."""
        return list(self._waiting)

    @contextmanager
    def calling(self, topic: tuple[str, str], wake: Callable[[], None]) -> Iterator[None]:
        """Call `wake`, which must return at once, at each arrival during the block."""
        self._waiting.setdefault(topic, set()).add(wake)
        try:
            yield
        finally:
            self._waiting[topic].remove(wake)
            if not self._waiting[topic]:
                del self._waiting[topic]
