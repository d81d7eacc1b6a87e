"""Lets worlds go that nobody uses any more, where several processes share the engine: `--max-idle`."""

from __future__ import annotations

import asyncio
from functools import partial

from postfuze_mock.domain.clock import real_milliseconds
from postfuze_mock.problems import Problem
from postfuze_mock.worlds.idle import MAX_PERIOD, tell
from postfuze_mock.worlds.shared_worlds import SharedWorlds


class SharedIdle:
    """A service that removes a world, changed or not, once no process used it for `seconds`; any process may do that.
    Each notes a few times during that time which ones it used, beside the calls, so a world stays up to half as long
    again. Those that the world file names stay."""

    def __init__(self, worlds: SharedWorlds, seconds: float) -> None:
        self.worlds = worlds
        self.seconds = seconds
        self._period = min(seconds / 4, MAX_PERIOD)
        worlds.notes_use = True

    async def start(self) -> None:
        """Start looking."""
        self._task = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Stop looking."""
        self._task.cancel()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._period)
            await self.look(real_milliseconds())

    async def look(self, now: int) -> None:
        """Note what was used, then remove the worlds that all processes have left unused. While the engine is away,
        nothing happens, and what was used counts at the next look."""
        names = self.worlds.take_used()
        try:
            await self._note(sorted(names), now)
            # A use may be noted a period late.
            while gone := await self._let_go(now - round((self.seconds + self._period) * 1000)):
                tell(gone, self.seconds)
        except Problem:  # the engine is away
            self.worlds.put_back_used(names)

    async def _note(self, names: list[str], now: int) -> None:
        before = now - round(self._period * 500)  # another process may just have noted the same
        for name in await self.worlds.database.run(partial(self.worlds.heads.touch, names, now, before), write=True):
            await self.worlds.database.run(partial(self._note_locked, name, now, before), write=True)

    def _note_locked(self, name: str, now: int, before: int) -> None:
        """Wait for a world that somebody changes, and for no other one meanwhile."""
        self.worlds.heads.version(name)
        self.worlds.heads.touch([name], now, before)

    async def _let_go(self, before: int) -> list[str]:
        return await self.worlds.database.run(partial(self.worlds.let_go, before), write=True)
