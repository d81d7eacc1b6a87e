"""A world's recent requests and their responses, stored as received; `journal_view.py` formats them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, NamedTuple, Protocol

from postfuze_mock.state.calls import ANY, Place, Wanted

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
#: The fields of an `Entry` as they are recorded, without their names. The last is `finished` in seconds of
#: `time.perf_counter`, the one before it the fault.
Fields = tuple[Any, ...]


class JournalSettings(NamedTuple):
    """Whether bodies are stored (problem documents always are), and how many requests are."""

    bodies: bool = True
    size: int = MAX_ENTRIES


class Entry(NamedTuple):
    """A request and its response; a part that is longer than its maximum was cut. `at` is in ms, None before the world
    was built; `body` is None if it was not read; `status` is None if there was no response. `received_at` is real time
    (ms)."""

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
    received_at: int


class Reader(Protocol):
    """Reads requests: those of one journal, or of all."""

    def places(self, wanted: Wanted = ANY) -> Iterator[Place]:
        """Where the wanted requests are, in the order of their responses, the newest first."""

    def total(self, wanted: Wanted = ANY) -> int:
        """How many requests are wanted."""

    def entries(self, places: Sequence[Place]) -> list[tuple[Place, Entry]]:
        """The requests at these places, in their order; without those that are no longer stored."""


class Journal(Reader, Protocol):
    """The last requests of the world `world`. They are added outside of the engine's transactions, and read in them."""

    world: str
    settings: JournalSettings

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
        """Store the fields of an `Entry`, in its order, but `finished`, in seconds of `time.perf_counter`, instead of
        the last."""

    def change(self, *, bodies: bool | None = None, size: int | None = None) -> None:
        """Change the settings that are not None, and drop the oldest requests if there are too many."""

    def revision(self) -> tuple[int, ...]:
        """A value that differs after each change of the stored requests."""

    @property
    def count(self) -> int:
        """How many requests were recorded, those included that are no longer stored."""

    def failed_since(self, count: int) -> int:
        """How many of the stored requests after the first `count` failed: with a status above 399, or without one."""

    def clear(self) -> None:
        """Remove all requests, but not the settings and the count, which ids follow from."""

    def put_back(self) -> None:
        """Put the requests back that were removed last, before those that came since."""

    def anew(self) -> Journal:
        """The empty journal that takes the place of this one, whose requests it can put back."""


class Recording:
    """The recording half of a journal. `append` gets the `Fields` of each request, `recorded` counts them."""

    def __init__(self, append: Callable[[Fields], None]) -> None:
        self.settings = JournalSettings()
        self.recorded = 0
        self._append = append
        self._headers: Headers = ()
        self._response_headers: Headers = ()

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
        """See `Journal.add`. Each call does this, so it is fast (0.2 µs): headers that equal those of the previous
        request are shared, and no `Entry` is built."""
        self.recorded += 1
        if headers != self._headers:
            self._headers = _cut(headers)
        if response_headers != self._response_headers:
            self._response_headers = response_headers
        if not self.settings.bodies:
            body, response_body = None, response_body if rule else b""
        path, query, response_body = path[_TARGET], query[_TARGET], response_body[_BODY]
        headers, response_headers = self._headers, self._response_headers
        # A single tuple, because joining two takes longer.
        self._append(
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


def _cut(headers: Headers) -> Headers:
    """`headers` as they are, or, where they are too long, the first ones, each shortened."""
    if sum(len(name) + len(value) for name, value in headers) <= MAX_HEADERS:
        return headers
    return [(name[:64], value[:256]) for name, value in headers[:24]]


class Journals(Protocol):
    """The journals of a server, where its engine stores them."""

    def of(self, world: str) -> Journal:
        """The journal of the world `world`, which need not be built."""
