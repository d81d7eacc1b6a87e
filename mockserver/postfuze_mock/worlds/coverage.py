"""What the calls of all worlds have met, whatever was reset meanwhile."""

from __future__ import annotations

import abc
from collections.abc import Callable
from time import perf_counter
from typing import Any, Final

from postfuze_mock.domain.coverage.conditions import Fields
from postfuze_mock.domain.coverage.items import items
from postfuze_mock.domain.coverage.report import report
from postfuze_mock.domain.coverage.tally import Answers, Tally

#: After how many calls, and after a body of how many bytes, the calls are counted. So they hold at most 16 MiB.
MAX_CALLS: Final = 256
MAX_BODY: Final = 65_536
#: More calls of an operation with the same status than this are no test suite but a load. Then one in `SAMPLE` is
#: gathered: what it shows, others show too.
FREQUENT: Final = 10_000
SAMPLE: Final = 16


class Coverage(abc.ABC):
    """Gathers calls, and counts them later, many at once: each call of the API pays only for `calls.append`.

    `calls`, always the same list, has the fields of each `Call` (domain/coverage/conditions.py) without their names.
    `frequent`, always the same dictionary, has the `Answers` of which only a sample is gathered, with how many calls
    there were since the last count.
    """

    def __init__(self) -> None:
        self.calls: list[Fields] = []
        self.frequent: dict[Answers, int] = {}
        self._known: set[str] = set()

    def happened(self, what: str, world: str) -> None:
        """Note that something happened in a world that no answer shows: `refreshed token`."""
        self._known.add(what)
        self.calls.append((what, None, None, None, None, b"", b"", world, perf_counter()))
        if len(self.calls) >= MAX_CALLS:
            self.count()

    def knows(self, what: str) -> bool:
        """Whether this happened in any world, as far as this process knows."""
        return what in self._known

    def happened_if(self, is_true: Callable[[], bool], what: str, world: str) -> None:
        """As `happened`, if it is true. That is found out later where it takes a transaction of the engine."""
        if is_true():
            self.happened(what, world)

    @abc.abstractmethod
    def count(self) -> None:
        """Count the gathered calls."""

    @abc.abstractmethod
    def report(self) -> dict[str, Any]:
        """What was met so far, as control/openapi.yaml describes it."""

    @abc.abstractmethod
    def clear(self) -> None:
        """Begin anew."""


class MemoryCoverage(Coverage):
    """What the calls of this process have met since it started."""

    def __init__(self) -> None:
        super().__init__()
        self._tally = Tally(items())  # made at the start, when the garbage collector is told to pass it over

    def count(self) -> None:
        if not self.calls and not self.frequent:
            return
        self._tally.count(tuple(self.calls))
        self.calls.clear()
        answers = self._tally.answers
        for each, count in self.frequent.items():
            answers[each] += count - count // SAMPLE
        self.frequent.update(dict.fromkeys((each for each, count in answers.items() if count > FREQUENT), 0))

    def report(self) -> dict[str, Any]:
        self.count()
        return report(items(), self._tally)

    def clear(self) -> None:
        self.calls.clear()
        self.frequent.clear()
        self._tally, self._known = Tally(items()), set()
