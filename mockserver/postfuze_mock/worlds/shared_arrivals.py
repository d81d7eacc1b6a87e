"""Tells calls that wait for something that it has come, also through another process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Final

from postfuze_mock.problems import Problem
from postfuze_mock.state.engine import Engine
from postfuze_mock.worlds.arrivals import Arrivals

#: Looks up names of topics of one kind: a value for each that differs after each arrival there.
Source = Callable[[list[str]], Mapping[str, Any]]
#: Seconds between two looks.
PAUSE: Final = 0.05


class SharedArrivals(Arrivals):
    """Looks into the engine as long as somebody waits, all topics at once. `sources` are by kind."""

    def __init__(self, engine: Engine, sources: Mapping[str, Source]) -> None:
        super().__init__()
        self._engine = engine
        self._sources = sources
        self._look: asyncio.Task[None] | None = None

    @contextmanager
    def calling(self, topic: tuple[str, str], wake: Callable[[], None]) -> Iterator[None]:
        with super().calling(topic, wake):
            if self._look is None or self._look.done() or self._look.get_loop() is not asyncio.get_running_loop():
                self._look = asyncio.create_task(self._look_again_and_again())
            yield

    async def _look_again_and_again(self) -> None:
        seen: dict[tuple[str, str], Any] = {}
        while topics := self.topics():
            with suppress(Problem):  # the engine is away
                found = await self._engine.run(lambda: self._latest(topics))
                for topic in topics:
                    # One that was not looked at before may have had an arrival since its call looked itself.
                    if topic not in seen or seen[topic] != found[topic]:
                        self(*topic)
                seen = found
            await asyncio.sleep(PAUSE)

    def _latest(self, topics: Collection[tuple[str, str]]) -> dict[tuple[str, str], Any]:
        latest: dict[tuple[str, str], Any] = {}
        for kind, source in self._sources.items():
            names = [name for each, name in topics if each == kind]
            if names:
                found = source(names)
                latest |= {(kind, name): found.get(name) for name in names}
        return latest
