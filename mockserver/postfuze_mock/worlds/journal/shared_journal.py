"""Journals in an engine that several processes share.

A call does not wait for its entry: it is put into a buffer, and all buffered entries are written at once. Whoever reads
a journal has the buffers of all processes written before, see `recorder.py`.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any, Final

import orjson

from postfuze_mock.state.calls import ANY, Added, Calls, Place, Stored, Wanted
from postfuze_mock.worlds.journal.journal import MAX_ENTRIES, Entry, Fields, Headers, Journal, Reader, Recording

#: With how many entries the buffer is written at once.
MANY: Final = 5000
#: How many entries, and about how many bytes, a process buffers at most.
MAX_BUFFERED: Final = 10_000
MAX_BYTES: Final = 64 << 20
#: What an entry without bodies is counted as, about.
_HEAD_BYTES: Final = 2048
_BODY, _RESPONSE_BODY = map(Entry._fields.index, ("body", "response_body"))


@dataclass(slots=True)
class Unwritten:
    """What is buffered of the calls of a world: the last ones of `total`, because a journal would drop the others."""

    total: int = 0
    entries: deque[Fields] = field(default_factory=deque)


class Buffer:
    """What this process has recorded and not written yet, by world. `dropped` counts entries that were not buffered,
    because there were too many; `on_many` is called when there are `MANY`."""

    def __init__(self) -> None:
        self.dropped = 0
        self.on_many: Callable[[], None] = lambda: None
        self._worlds: dict[str, Unwritten] = {}
        self._count = 0
        self._bytes = 0

    def __len__(self) -> int:
        return self._count

    @property
    def has_many(self) -> bool:
        """Whether it should be written at once."""
        return self._count >= MANY or self._bytes >= MAX_BYTES // 4

    def add(self, world: str, entry: Fields) -> None:
        """Buffer an entry of a world, or drop it."""
        if self._count >= MAX_BUFFERED or self._bytes >= MAX_BYTES:
            self.dropped += 1
            return
        own = self._worlds.get(world)
        if own is None:
            own = self._worlds[world] = Unwritten()
        own.total += 1
        own.entries.append(entry)
        self._bytes += _size(entry)
        if len(own.entries) > MAX_ENTRIES:
            self._bytes -= _size(own.entries.popleft())
        else:
            self._count += 1
        if self.has_many:
            self.on_many()

    def take(self) -> dict[str, Unwritten]:
        """All entries; none is buffered any more."""
        worlds, self._worlds, self._count, self._bytes = self._worlds, {}, 0, 0
        return worlds

    def put_back(self, worlds: Mapping[str, Unwritten]) -> None:
        """Buffer entries again that could not be written, before those that came since."""
        since = self.take()
        for world, earlier in worlds.items():
            later = since.pop(world, Unwritten())
            entries = deque([*earlier.entries, *later.entries], MAX_ENTRIES)
            since[world] = Unwritten(earlier.total + later.total, deque(entries))
        self._worlds = since
        self._count = sum(len(each.entries) for each in since.values())
        self._bytes = sum(_size(entry) for each in since.values() for entry in each.entries)


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

    def write(self, worlds: Mapping[str, Unwritten]) -> None:
        """Store what was buffered, in a transaction. So that the entries of all processes can be compared, they get
        real time."""
        real_time = time.time_ns() - time.perf_counter_ns()
        self.calls.append({world: _added(own, real_time) for world, own in worlds.items()})


def _size(entry: Fields) -> int:
    return _HEAD_BYTES + len(entry[_BODY] or b"") + len(entry[_RESPONSE_BODY])


def _added(own: Unwritten, real_time: int) -> Added:
    """`real_time` is what the `finished` of entries lacks (ns)."""
    return Added(own.total, [_stored(entry, real_time + int(entry[-1] * 1e9)) for entry in own.entries])


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
