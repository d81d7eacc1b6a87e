"""What a world was asked of late and what it answered, kept as it came; `journal_view.py` makes it readable."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

LONGEST: Final = 1000
#: Bytes that are kept of a body, of a path or a query, and of a request's headers together.
BODY_BOUND: Final = 8192
TARGET_BOUND: Final = 2048
HEAD_BOUND: Final = 8192
# One byte more tells that something was cut.
_BODY: Final = slice(BODY_BOUND + 1)
_TARGET: Final = slice(TARGET_BOUND + 1)

#: Names in lower case, and values, in their order.
Headers = Sequence[tuple[bytes, bytes]]


class JournalSettings(NamedTuple):
    """Whether bodies are kept (problem documents always are), and of how many requests anything is."""

    bodies: bool = True
    size: int = LONGEST


class Entry(NamedTuple):
    """A request and its answer, cut to the bounds, and one byte more that tells of it. `at` is in ms, None before the
    world was made; `path` and `query` are as they came; `sent` is None where no body was read; `status` is None where
    there was no answer."""

    at: int | None
    method: str
    path: bytes
    query: bytes
    headers: Headers
    sent: bytes | None
    operation: str | None
    status: int | None
    answer_headers: Headers
    answer: bytes
    seconds: float
    rule: str | None
    fault: str | None


class Journal:
    """The last requests of a world, in the order in which they were answered."""

    def __init__(self) -> None:
        self.settings = JournalSettings()
        self._kept: deque[tuple[Any, ...]] = deque(maxlen=LONGEST)
        self._count = 0
        self._headers: Headers = ()
        self._answer_headers: Headers = ()

    def add(
        self,
        at: int | None,
        method: str,
        path: bytes,
        query: bytes,
        headers: Headers,
        sent: bytes | None,
        operation: str | None,
        status: int | None,
        answer_headers: Headers,
        answer: bytes,
        seconds: float,
        rule: str | None,
        fault: str | None,
    ) -> None:
        """Note a request, with the fields of an `Entry`. This is done for each, so it is kept short: headers that are
        those of the request before, as a client's mostly are, are not kept again, and no `Entry` is made yet."""
        self._count += 1
        if headers != self._headers:
            self._headers = _cut(headers)
        if answer_headers != self._answer_headers:
            self._answer_headers = answer_headers
        if not self.settings.bodies:
            sent, answer = None, answer if rule else b""
        self._kept.append(
            (
                at,
                method,
                path[_TARGET],
                query[_TARGET],
                self._headers,
                sent,
                operation,
                status,
                self._answer_headers,
                answer[_BODY],
                seconds,
                rule,
                fault,
            )
        )

    def change(self, *, bodies: bool | None = None, size: int | None = None) -> None:
        """Change what is given; the oldest requests go where they are too many."""
        if bodies is not None:
            self.settings = self.settings._replace(bodies=bodies)
        if size is not None:
            self.settings = self.settings._replace(size=size)
        self._kept = deque(self._kept, maxlen=self.settings.size)

    def entries(self) -> list[tuple[int, Entry]]:
        """The requests that are kept, the newest last, each with its number: they were counted from 1."""
        return list(enumerate(map(Entry._make, self._kept), start=self._count - len(self._kept) + 1))

    def clear(self) -> None:
        """Forget all requests; settings, and the count that ids follow, stay."""
        self._kept.clear()


def _cut(headers: Headers) -> Headers:
    """Headers as they are; of too many the first, of long ones the beginnings."""
    if sum(len(name) + len(value) for name, value in headers) <= HEAD_BOUND:
        return headers
    return [(name[:64], value[:256]) for name, value in headers[:24]]
