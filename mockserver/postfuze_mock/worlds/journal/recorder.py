"""Writes what this process records (its journal entries, and what its calls met) beside the requests, and has all
processes of the engine do so before somebody reads it.

Each process writes every `PAUSE`, and more seldom under load: of many calls of a world only the last ones are stored,
so most need not be written at all. A reader raises a number; all processes see it soon (`POLL`), write what they have,
and acknowledge it. A process that does not live any more, or does not answer, is not waited for.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Final, NamedTuple

from postfuze_mock.domain.coverage.sums import Sum
from postfuze_mock.problems import Problem
from postfuze_mock.state.engine import Engine
from postfuze_mock.state.processes import HEARTBEAT, Processes
from postfuze_mock.worlds.journal.shared_journal import SharedJournals, Unwritten
from postfuze_mock.worlds.shared_coverage import SharedCoverage

#: Seconds between two looks at what others ask for, between two writes of entries, and of what calls met.
POLL: Final = 0.025
PAUSE: Final = 0.1
#: How many entries at once are a second's worth: then that is the pause.
_LOAD: Final = 500
COVERAGE_PAUSE: Final = 1.0
#: Seconds that a reader waits for other processes, and between two looks whether they are done.
MAX_WAIT: Final = 1.0
_LOOK: Final = 0.005
#: After how many entries the oldest ones of all worlds are looked for.
_TRIM: Final = 5000
logger = logging.getLogger(__name__)


class _News(NamedTuple):
    """What this process writes at once."""

    entries: dict[str, Unwritten]
    seen: Sum


class Recorder:
    """A service (`http/server/lifespan.py`). It must start first and stop last, because others record."""

    def __init__(
        self, engine: Engine, processes: Processes, journals: SharedJournals, coverage: SharedCoverage
    ) -> None:
        self.processes = processes
        self._engine = engine
        self._journals = journals
        self._coverage = coverage
        self._acknowledged = 0
        self._since_trim = 0
        self._told_dropped = 0
        self._coverage_at = self._entries_at = self._beat_at = 0.0  # when it is due
        self._is_away = self._is_stopping = False
        self._wake = asyncio.Event()
        self._writing = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._current: asyncio.Future[None] | None = None
        self._upcoming: asyncio.Future[None] | None = None
        journals.buffer.on_many = self._wake.set

    @property
    def dropped(self) -> int:
        """How many entries this process did not write, because it had too many."""
        return self._journals.buffer.dropped

    async def start(self) -> None:
        """Register this process, and start to write."""
        with suppress(Problem):  # it is tried again
            await self._beat()
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Write what is left, and leave. Raises ValueError (one sentence) if it cannot be written."""
        self._is_stopping = True
        self._wake.set()
        if self._task is not None:
            await self._task
        try:
            await self._write(self.processes.leave)
        except Problem as problem:
            raise ValueError(f"The last calls are not in the journal. {problem.detail}") from problem

    async def complete(self) -> None:
        """Return when what all processes have recorded up to now is written. Readers that come while others wait share
        the next request. Raises a 503 problem if the engine is away."""
        if self._upcoming is None:
            self._upcoming = asyncio.ensure_future(self._complete_after(self._current))
        await asyncio.shield(self._upcoming)

    async def _complete_after(self, current: asyncio.Future[None] | None) -> None:
        if current is not None:
            await asyncio.wait([current])
        self._current, self._upcoming = self._upcoming, None
        await self._write(self.processes.look, forget=True)
        if self.processes.others():
            await self._ask()

    async def _ask(self) -> None:
        """Wait until all other processes that live have written."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + MAX_WAIT
        number = await self._engine.run(self.processes.ask, write=True)
        while waiting_for := await self._engine.run(partial(self.processes.waiting_for, number)):
            if loop.time() > deadline:
                self.processes.give_up(waiting_for)
                logger.warning("%d other processes do not say what they have recorded.", len(waiting_for))
                return
            await asyncio.sleep(_LOOK)

    async def _run(self) -> None:
        while not self._is_stopping:
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL):
                    await self._wake.wait()
            self._wake.clear()
            try:
                await self._step()
            except Problem as problem:
                if not self._is_away:
                    logger.warning("Calls are not in the journal yet: %s", problem.detail)
                self._is_away = True
                self._beat_at = 0.0  # a step with nothing to do would tell nothing of the engine
            except Exception:  # a defect, but it breaks the journal alone
                if not self._is_away:
                    logger.exception("Calls cannot be written to the journal.")
                self._is_away = True
            else:
                self._is_away = False
            self._tell_dropped()

    async def _step(self) -> None:
        """Do what is due now."""
        now = asyncio.get_running_loop().time()
        if now >= self._beat_at:
            await self._beat()
        buffer = self._journals.buffer
        asked = await self._engine.run(self.processes.asked) if self.processes.others() else self._acknowledged
        if asked != self._acknowledged:
            await self._write(partial(self.processes.acknowledge, asked), forget=True)
            self._acknowledged = asked
        elif buffer.has_many or (len(buffer) and now >= self._entries_at) or now >= self._coverage_at:
            await self._write()

    async def _beat(self) -> None:
        self._beat_at = asyncio.get_running_loop().time() + HEARTBEAT
        await self._engine.run(self.processes.beat, write=True)

    async def _write(self, more: Callable[[], None] | None = None, *, forget: bool = False) -> None:
        """Write what is recorded, and do `more` in the same transaction; `forget` as for `SharedCoverage.take`."""
        async with self._writing:
            await self._coverage.find_out()
            news = self._take(forget=forget)
            is_change = bool(news.entries or news.seen)
            if not is_change and more is None:
                return
            try:
                await self._engine.run(partial(self._store, news, more), write=is_change)
            except BaseException:
                self._journals.buffer.put_back(news.entries)
                self._coverage.put_back(news.seen)
                raise
            count = sum(own.total for own in news.entries.values())
            self._since_trim += count
            self._entries_at += min(max(count / _LOAD, PAUSE), 1.0)

    def _take(self, *, forget: bool) -> _News:
        now = asyncio.get_running_loop().time()
        self._entries_at = now
        if not forget and not self._is_stopping and now < self._coverage_at:
            return _News(self._journals.buffer.take(), Sum())
        self._coverage_at = now + COVERAGE_PAUSE
        return _News(self._journals.buffer.take(), self._coverage.take(forget=forget))

    def _store(self, news: _News, more: Callable[[], None] | None) -> None:
        self._journals.write(news.entries)
        if news.seen:
            self._coverage.add(news.seen)
        if self._since_trim >= _TRIM:
            self._journals.calls.trim()
            self._engine.after_commit(self._note_trim)
        if more is not None:
            more()

    def _note_trim(self) -> None:
        self._since_trim = 0

    def _tell_dropped(self) -> None:
        dropped = self.dropped
        if dropped > self._told_dropped:
            logger.warning("%d calls are not in the journal: there were too many.", dropped - self._told_dropped)
            self._told_dropped = dropped
