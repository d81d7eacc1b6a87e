"""Journals in an engine that several processes share.

A call does not wait for its entry: it is put into a buffer, and all buffered entries are written at once. Whoever reads
a journal has the buffers of all processes written before, see `recorder.py`.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from typing import Any, Final

import orjson

from postfuze_mock.state.calls import ANY, Added, Calls, Place, Stored, Wanted
from postfuze_mock.worlds.journal.journal import MAX_ENTRIES, Entry, Fields, Headers, Journal, Reader, Recording

#: An entry with its world.
Recorded = tuple[str, Fields]

#: With how many entries the buffer is written at once.
MANY: Final = 5000
#: How many entries, and about how many bytes, a process buffers at most.
MAX_BUFFERED: Final = 10_000
MAX_BYTES: Final = 64 << 20
#: What an entry without bodies is counted as, about.
_HEAD_BYTES: Final = 2048
_BODY, _RESPONSE_BODY = map(Entry._fields.index, ("body", "response_body"))


class Buffer:
    """What this process has recorded and not written yet. `dropped` counts entries that were not buffered, because
    there were too many; `on_many` is called when there are `MANY`."""

    def __init__(self) -> None:
        self.dropped = 0
        self.on_many: Callable[[], None] = lambda: None
        self._entries: list[Recorded] = []
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def has_many(self) -> bool:
        """Whether it should be written at once."""
        return len(self._entries) >= MANY or self._bytes >= MAX_BYTES // 4

    def add(self, world: str, entry: Fields) -> None:
        """Buffer an entry of a world, or drop it."""
        if len(self._entries) >= MAX_BUFFERED or self._bytes >= MAX_BYTES:
            self.dropped += 1
            return
        self._entries.append((world, entry))
        self._bytes += _size(entry)
        if self.has_many:
            self.on_many()

    def take(self) -> list[Recorded]:
        """All entries; none is buffered any more."""
        entries, self._entries, self._bytes = self._entries, [], 0
        return entries

    def put_back(self, entries: list[Recorded]) -> None:
        """Buffer entries again that could not be written, before those that came since."""
        self._entries = entries + self._entries
        self._bytes += sum(_size(entry) for _, entry in entries)


class SharedReader:
    """Reads the requests of `world`, or of all worlds if it is None, from `calls`."""

    def __init__(self, world: str | None, calls: Calls) -> None:
        self._world = world
        self._calls = calls

    def places(self, wanted: Wanted = ANY) -> Iterator[Place]:
        return self._calls.places(self._world, wanted)

    def total(self, wanted: Wanted = ANY) -> int:
        return self._calls.total(self._world, wanted)

    def entries(self, places: Sequence[Place]) -> list[tuple[Place, Entry]]:
        return [(place, _entry(stored)) for place, stored in self._calls.stored(places)]


class SharedJournal(Recording, SharedReader):
    """The last requests of the world `world`. They are in the order of their responses, as far as the clocks of
    different machines agree; their numbers are in the order in which they were written."""

    def __init__(self, world: str, calls: Calls, buffer: Buffer) -> None:
        Recording.__init__(self, partial(buffer.add, world))
        SharedReader.__init__(self, world, calls)
        self.world = world
        self._buffer = buffer

    def change(self, *, bodies: bool | None = None, size: int | None = None) -> None:
        if bodies is not None:
            self.settings = self.settings._replace(bodies=bodies)
        if size is not None:
            self.settings = self.settings._replace(size=size)
            self._calls.resize(self.world, size)

    def revision(self) -> tuple[int, ...]:
        return self._calls.revision(self.world)

    @property
    def count(self) -> int:
        return self.revision()[0]

    def failed_since(self, count: int) -> int:
        return self._calls.failed_since(self.world, count)

    def clear(self) -> None:
        self._calls.clear(self.world, anew=False)

    def put_back(self) -> None:
        self._calls.put_back(self.world)

    def anew(self) -> SharedJournal:
        self._calls.clear(self.world, anew=True)
        return SharedJournal(self.world, self._calls, self._buffer)


class SharedJournals:
    """The journals of all worlds of an engine."""

    def __init__(self, calls: Calls) -> None:
        self.calls = calls
        self.buffer = Buffer()

    def of(self, world: str) -> Journal:
        """The journal of the world `world`, with its first settings."""
        return SharedJournal(world, self.calls, self.buffer)

    def all(self) -> Reader:
        """The requests of all worlds."""
        return SharedReader(None, self.calls)

    def write(self, entries: Sequence[Recorded]) -> None:
        """Store entries of the buffer, in a transaction; of very many of a world only the last ones, because the others
        would be dropped at once. So that those of all processes can be compared, they get real time."""
        real_time = time.time_ns() - time.perf_counter_ns()
        by_world: dict[str, list[Fields]] = defaultdict(list)
        for world, entry in entries:
            by_world[world].append(entry)
        self.calls.append({world: _added(own, real_time) for world, own in by_world.items()})


def _size(entry: Fields) -> int:
    return _HEAD_BYTES + len(entry[_BODY] or b"") + len(entry[_RESPONSE_BODY])


def _added(entries: Sequence[Fields], real_time: int) -> Added:
    """The last of `entries`; `real_time` is what their `finished` lacks (ns)."""
    last = [_stored(entry, real_time + int(entry[-1] * 1e9)) for entry in entries[-MAX_ENTRIES:]]
    return Added(len(entries), last)


def _stored(entry: Fields, finished: int) -> Stored:
    at, method, path, query, headers, body, operation, status, response_headers, response_body, *rest = entry
    seconds, rule, fault, _ = rest
    targets = [path.decode("latin-1"), query.decode("latin-1")]
    document = [method, *targets, _texts(tuple(headers)), _texts(tuple(response_headers)), seconds, rule, fault]
    return Stored(at, finished, operation, status, orjson.dumps(document), body, response_body)


def _entry(stored: Stored) -> Entry:
    at, finished, operation, status, document, body, response_body = stored
    method, path, query, headers, response_headers, seconds, rule, fault = orjson.loads(document)
    request = at, method, path.encode("latin-1"), query.encode("latin-1"), _headers(headers), body
    response = operation, status, _headers(response_headers), response_body
    return Entry(*request, *response, seconds, rule, fault, round(finished / 1e6 - seconds * 1000))


@lru_cache(maxsize=256)
def _texts(headers: tuple[tuple[bytes, bytes], ...]) -> orjson.Fragment:
    """Names and values in turn, as JSON. Those of most requests equal those of others."""
    return orjson.Fragment(orjson.dumps([part.decode("latin-1") for header in headers for part in header]))


def _headers(texts: Sequence[Any]) -> Headers:
    parts = [text.encode("latin-1") for text in texts]
    return list(zip(parts[::2], parts[1::2], strict=True))
