"""Journals in the memory of this process."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from itertools import islice
from typing import Final

from postfuze_mock.state.calls import ANY, Place, Wanted
from postfuze_mock.worlds.journal.journal import MAX_ENTRIES, Entry, Fields, Journal, Recording

#: Where in the fields of a request these are.
_OPERATION, _STATUS, _SECONDS = map(Entry._fields.index, ("operation", "status", "seconds"))
_FINISHED: Final = -1


class MemoryJournal(Recording):
    """The last requests of the world `world`, in the order of their responses. It takes the place of `previous`, whose
    requests it can put back."""

    def __init__(self, world: str, previous: MemoryJournal | None = None) -> None:
        self._entries: deque[Fields] = deque(maxlen=MAX_ENTRIES)
        super().__init__(self._entries.append)
        self.world = world
        self._removed: tuple[deque[Fields], int] = (deque(), 0)
        if previous is not None:
            self._removed = previous._entries, previous.count

    def change(self, *, bodies: bool | None = None, size: int | None = None) -> None:
        if bodies is not None:
            self.settings = self.settings._replace(bodies=bodies)
        if size is not None:
            self.settings = self.settings._replace(size=size)
        self._use(self._entries)

    def revision(self) -> tuple[int, ...]:
        return self.recorded, len(self._entries)

    @property
    def count(self) -> int:
        return self.recorded

    def failed_since(self, count: int) -> int:
        stored = min(max(self.recorded - count, 0), len(self._entries))
        statuses = (entry[_STATUS] for entry in islice(reversed(self._entries), stored))
        return sum(1 for status in statuses if status is None or status >= 400)

    def clear(self) -> None:
        self._removed = self._entries, 0
        self._use(())

    def put_back(self) -> None:
        entries, count = self._removed
        self._removed = deque(), 0
        self._use((*entries, *self._entries))
        self.recorded += count

    def anew(self) -> MemoryJournal:
        return MemoryJournal(self.world, previous=self)

    def places(self, wanted: Wanted = ANY) -> Iterator[Place]:
        for number, entry in zip(range(self.recorded, 0, -1), reversed(self._entries), strict=False):
            finished = _nanoseconds(entry)
            if wanted.admits(entry[_OPERATION], entry[_STATUS], finished):
                yield Place(self.world, number, finished)

    def total(self, wanted: Wanted = ANY) -> int:
        return len(self._entries) if wanted == ANY else sum(1 for _ in self.places(wanted))

    def entries(self, places: Sequence[Place]) -> list[tuple[Place, Entry]]:
        first, now = self.recorded - len(self._entries) + 1, time.time() - time.perf_counter()
        stored = ((place, place.number - first) for place in places)
        return [(place, _entry(self._entries[at], now)) for place, at in stored if 0 <= at < len(self._entries)]

    def _use(self, entries: Iterable[Fields]) -> None:
        self._entries = deque(entries, maxlen=self.settings.size)
        self._append = self._entries.append


class AllMemoryJournals:
    """Reads the requests of all `journals`."""

    def __init__(self, journals: Iterable[Journal]) -> None:
        self._journals = {journal.world: journal for journal in journals}

    def places(self, wanted: Wanted = ANY) -> Iterator[Place]:
        newest_first = (journal.places(wanted) for journal in self._journals.values())
        return merge(*newest_first, key=lambda place: place.finished, reverse=True)

    def total(self, wanted: Wanted = ANY) -> int:
        return sum(journal.total(wanted) for journal in self._journals.values())

    def entries(self, places: Sequence[Place]) -> list[tuple[Place, Entry]]:
        return [each for place in places for each in self._journals[place.world].entries([place])]


class MemoryJournals:
    """The journals of worlds that are in memory, too."""

    def of(self, world: str) -> Journal:
        """The journal that the world `world` starts with."""
        return MemoryJournal(world)


def _nanoseconds(entry: Fields) -> int:
    return int(entry[_FINISHED] * 1e9)


def _entry(entry: Fields, now: float) -> Entry:
    """The entry with its last field in real time, which is `now` later than `time.perf_counter` (seconds)."""
    received_at = round((now + entry[_FINISHED] - entry[_SECONDS]) * 1000)
    return Entry._make((*entry[:_FINISHED], received_at))
