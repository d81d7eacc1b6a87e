"""A world's recent requests and their responses, stored as received; `journal_view.py` formats them."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import islice
from typing import Any, Final, NamedTuple

MAX_ENTRIES: Final = 1000
#: How many bytes are stored of a body, of a path or a query, and of a request's headers together.
MAX_BODY: Final = 8192
MAX_TARGET: Final = 2048
MAX_HEADERS: Final = 8192
# One more byte shows that a part was cut.
_BODY: Final = slice(MAX_BODY + 1)
_TARGET: Final = slice(MAX_TARGET + 1)

#: Pairs of name (in lower case) and value.
Headers = Sequence[tuple[bytes, bytes]]


class JournalSettings(NamedTuple):
    """Whether bodies are stored (problem documents always are), and how many requests are."""

    bodies: bool = True
    size: int = MAX_ENTRIES


class Entry(NamedTuple):
    """A request and its response; a part that is longer than its maximum was cut. `at` is in ms, None before the world
    was built; `body` is None if it was not read; `status` is None if there was no response. `finished` is in seconds of
    `time.perf_counter`, and orders the calls of all worlds."""

    at: int | None
    method: str
    path: bytes
    query: bytes
    headers: Headers
    body: bytes | None
    operation: str | None
    status: int | None
    response_headers: Headers
    response_body: bytes
    seconds: float
    rule: str | None
    fault: str | None
    finished: float


_STATUS: Final = Entry._fields.index("status")


class Journal:
    """The last requests of a world, in the order of their responses. It takes the place of `previous`, whose requests
    it can put back."""

    def __init__(self, previous: Journal | None = None) -> None:
        self.settings = JournalSettings()
        self._removed: tuple[deque[tuple[Any, ...]], int] = (deque(), 0)
        self._entries: deque[tuple[Any, ...]] = deque(maxlen=MAX_ENTRIES)
        self._count = 0
        self._headers: Headers = ()
        self._response_headers: Headers = ()
        if previous is not None:
            self._removed = previous._entries, previous._count

    def add(
        self,
        at: int | None,
        method: str,
        path: bytes,
        query: bytes,
        headers: Headers,
        body: bytes | None,
        operation: str | None,
        status: int | None,
        response_headers: Headers,
        response_body: bytes,
        seconds: float,
        rule: str | None,
        fault: str | None,
        finished: float,
    ) -> None:
        """Store the fields of an `Entry`, in its order. Each call does this, so it is fast (0.2 µs): headers that equal
        those of the previous request are shared, and no `Entry` is built."""
        self._count += 1
        if headers != self._headers:
            self._headers = _cut(headers)
        if response_headers != self._response_headers:
            self._response_headers = response_headers
        if not self.settings.bodies:
            body, response_body = None, response_body if rule else b""
        path, query, response_body = path[_TARGET], query[_TARGET], response_body[_BODY]
        headers, response_headers = self._headers, self._response_headers
        # A single tuple, because joining two takes longer.
        self._entries.append(
            (
                at,
                method,
                path,
                query,
                headers,
                body,
                operation,
                status,
                response_headers,
                response_body,
                seconds,
                rule,
                fault,
                finished,
            )
        )

    def change(self, *, bodies: bool | None = None, size: int | None = None) -> None:
        """Change the settings that are not None, and drop the oldest requests if there are too many."""
        if bodies is not None:
            self.settings = self.settings._replace(bodies=bodies)
        if size is not None:
            self.settings = self.settings._replace(size=size)
        self._entries = deque(self._entries, maxlen=self.settings.size)

    def entries(self) -> list[tuple[int, Entry]]:
        """The stored requests, the newest last, each with its number, which counts from 1."""
        return list(enumerate(map(Entry._make, self._entries), start=self._count - len(self._entries) + 1))

    def revision(self) -> tuple[int, int]:
        """A value that differs after each change of the stored requests."""
        return self._count, len(self._entries)

    @property
    def count(self) -> int:
        """How many requests were recorded, those included that are no longer stored."""
        return self._count

    def failed_since(self, count: int) -> int:
        """How many of the stored requests after the first `count` failed: with a status above 399, or without one."""
        stored = min(max(self._count - count, 0), len(self._entries))
        statuses = (entry[_STATUS] for entry in islice(reversed(self._entries), stored))
        return sum(1 for status in statuses if status is None or status >= 400)

    def clear(self) -> None:
        """Remove all requests, but not the settings and the count, which ids follow from."""
        self._removed = self._entries, 0
        self._entries = deque(maxlen=self.settings.size)

    def put_back(self) -> None:
        """Put the requests back that were removed last, before those that came since."""
        entries, count = self._removed
        self._removed = deque(), 0
        self._entries = deque((*entries, *self._entries), maxlen=self.settings.size)
        self._count += count


def _cut(headers: Headers) -> Headers:
    """`headers` as they are, or, where they are too long, the first ones, each shortened."""
    if sum(len(name) + len(value) for name, value in headers) <= MAX_HEADERS:
        return headers
    return [(name[:64], value[:256]) for name, value in headers[:24]]
