"""Lets worlds in memory go that nobody uses any more: `--max-idle`. Those that the world file names stay."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Final

from postfuze_mock.domain.keys import masked
from postfuze_mock.worlds.memory_worlds import MemoryWorlds

#: The longest time (seconds) between two looks at the worlds.
MAX_PERIOD: Final = 60.0
#: How many names a line of the log has.
MAX_NAMES: Final = 3

logger = logging.getLogger(__name__)


class Idle:
    """A service that lets a world go, changed or not, once it was not used for `seconds`. It looks at all worlds a few
    times during that time, so each call pays next to nothing, and a world stays up to half as long again."""

    def __init__(self, worlds: MemoryWorlds, seconds: float) -> None:
        self.worlds = worlds
        self.seconds = seconds
        worlds.notes_use = True
        self._unused_since: dict[str, float] = {}

    async def start(self) -> None:
        """Start looking."""
        self._task = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Stop looking."""
        self._task.cancel()

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(min(self.seconds / 4, MAX_PERIOD))
            self.look(loop.time())

    def look(self, now: float) -> None:
        """Let the worlds go that were found unused `seconds` before `now`, and at each look since."""
        used, before = self.worlds.take_used(), self._unused_since
        named = self.worlds.origins.named
        names = (world.name for world in self.worlds if world.name not in named)
        self._unused_since = {name: before.get(name, now) for name in names if name not in used}
        due = [name for name, since in self._unused_since.items() if now - since >= self.seconds]
        if gone := [name for name in due if self.worlds.let_go(name)]:
            tell(gone, self.seconds)


def tell(gone: Sequence[str], seconds: float) -> None:
    """Say in the log which worlds were let go."""
    names = ", ".join(map(masked, gone[:MAX_NAMES])) + (", …" if len(gone) > MAX_NAMES else "")
    logger.info("Let %d worlds go, unused for %g s (--max-idle): %s.", len(gone), seconds, names)
