"""What the calls of several processes have met together, since it was cleared last."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

import orjson

from postfuze_mock.domain.coverage.items import items
from postfuze_mock.domain.coverage.observer import Observer
from postfuze_mock.domain.coverage.report import report
from postfuze_mock.domain.coverage.sums import Sum
from postfuze_mock.domain.coverage.tally import Answers
from postfuze_mock.state.coverage import CoverageDocument
from postfuze_mock.state.engine import Engine
from postfuze_mock.worlds.coverage import FREQUENT, SAMPLE, Coverage

#: Seconds for which nothing is known to be met after somebody read the coverage: it may be cleared next, and then all
#: processes have to look at everything again.
_GRACE: Final = 2.0
#: How many things are looked up at once, at most, to find out whether they happened.
_MAX_QUESTIONS: Final = 100


class SharedCoverage(Coverage):
    """This process observes its own calls, and adds what it saw to the `document` of all, see `recorder.py`."""

    def __init__(self, engine: Engine, document: CoverageDocument, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._engine = engine
        self._document = document
        self._now = now
        self._observer = Observer(items())
        self._totals: Counter[Answers] = Counter()
        self._learn_from = 0.0
        self._questions: list[tuple[Callable[[], bool], str, str]] = []

    def happened(self, what: str, world: str) -> None:
        self._engine.after_commit(partial(super().happened, what, world))

    def happened_if(self, is_true: Callable[[], bool], what: str, world: str) -> None:
        if len(self._questions) < _MAX_QUESTIONS:
            self._questions.append((is_true, what, world))

    async def find_out(self) -> None:
        """Note what happened only if something is true. Raises a 503 problem if the engine is away."""
        questions, self._questions = self._questions, []
        if questions:
            true = await self._engine.run(lambda: [(what, world) for is_true, what, world in questions if is_true()])
            for what, world in true:
                self.happened(what, world)

    def count(self) -> None:
        if self.calls:
            self._observer.observe(tuple(self.calls), time.time_ns() - time.perf_counter_ns())
            self.calls.clear()
        for answers, count in self.frequent.items():
            self._observer.seen.answers[answers] += count - count // SAMPLE
            self.frequent[answers] = 0

    def report(self) -> dict[str, Any]:
        return report(items(), self._sum())

    def clear(self) -> None:
        self._document.store(orjson.dumps(Sum().document()))
        self._engine.after_commit(self._forget)

    def take(self, *, forget: bool) -> Sum:
        """What this process saw since the last time, to be added to that of all. With `forget`, it observes from now on
        as if nothing had been met."""
        self.count()
        seen = self._observer.take()
        self._totals.update(seen.answers)
        self.frequent.update(dict.fromkeys((each for each, count in self._totals.items() if count > FREQUENT), 0))
        if forget:
            self._forget()
        return seen

    def put_back(self, seen: Sum) -> None:
        """Take back what could not be added."""
        self._observer.seen.add(seen)

    def add(self, seen: Sum) -> None:
        """Add what was seen to that of all processes, in a transaction that writes."""
        total = self._sum()
        total.add(seen)
        total.settle(items())
        self._document.store(orjson.dumps(total.document()))
        self._engine.after_commit(partial(self._know, total.met))

    def _sum(self) -> Sum:
        return Sum.of(orjson.loads(self._document.load()))

    def _know(self, met: Mapping[str, bool]) -> None:
        if self._now() >= self._learn_from:
            self._observer.know(met)

    def _forget(self) -> None:
        self._observer = Observer(items())
        self._totals.clear()
        self.frequent.clear()
        self._known.clear()
        self._learn_from = self._now() + _GRACE
