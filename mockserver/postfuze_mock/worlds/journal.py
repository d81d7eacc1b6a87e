"""What a world was asked of late and what it answered, kept as it came; `worlds/entries.py` makes it readable."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Final, NamedTuple

LONGEST: Final = 1000
#: Bytes that are kept of a body, of a path or a query, and of a request's headers together.
BODY_BOUND: Final = 8192
TARGET_BOUND: Final = 2048
HEAD_BOUND: Final = 8192

#: Names in lower case, and values, in their order.
Headers = Sequence[tuple[bytes, bytes]]


class JournalSettings(NamedTuple):
    """Whether bodies are kept (problem documents always are), and of how many requests anything is."""

    bodies: bool = True
    size: int = LONGEST


class Entry(NamedTuple):
    """A request and its answer, bodies and all cut to `BODY_BOUND` and one byte more. `at` is in ms, None before the
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


#: What an `Entry` is made of: to make one takes longer than all else about a request that nobody may ever ask for.
Fields = tuple[
    int | None,
    str,
    bytes,
    bytes,
    Headers,
    bytes | None,
    str | None,
    int | None,
    Headers,
    bytes,
    float,
    str | None,
    str | None,
]


class Journal:
    """The last requests of a world, in the order in which they were answered."""

    def __init__(self) -> None:
        self.settings = JournalSettings()
        self._fields: deque[Fields] = deque(maxlen=LONGEST)
        self._count = 0
        self._asked: Headers = ()
        self._answered: Headers = ()

    def heads(self, asked: Headers, answered: Headers) -> tuple[Headers, Headers]:
        """The headers of a request and of its answer, as an entry should have them: those of the request before where
        they are the same, as a client's mostly are. So a thousand requests share them, and memory is not gone through
        for each."""
        if asked != self._asked:
            self._asked = asked if len(b"".join([value for _, value in asked])) <= HEAD_BOUND else _cut(asked)
        if answered != self._answered:
            self._answered = answered
        return self._asked, self._answered

    def add(self, fields: Fields) -> None:
        """Note a request."""
        self._count += 1
        if not self.settings.bodies:
            entry = Entry(*fields)
            fields = entry._replace(sent=None, answer=entry.answer if entry.rule else b"")
        self._fields.append(fields)

    def change(self, *, bodies: bool | None = None, size: int | None = None) -> None:
        """Change what is given; the oldest requests go where they are too many."""
        if bodies is not None:
            self.settings = self.settings._replace(bodies=bodies)
        if size is not None:
            self.settings = self.settings._replace(size=size)
        self._fields = deque(self._fields, maxlen=self.settings.size)

    def entries(self) -> list[tuple[int, Entry]]:
        """The requests that are kept, the newest last, each with its number: they were counted from 1."""
        return list(enumerate(map(Entry._make, self._fields), start=self._count - len(self._fields) + 1))

    def clear(self) -> None:
        """Forget all requests; settings, and the count that ids follow, stay."""
        self._fields.clear()


def _cut(headers: Headers) -> Headers:
    """The first of many headers, the beginnings of long ones."""
    return [(name[:64], value[:256]) for name, value in headers[:24]]
