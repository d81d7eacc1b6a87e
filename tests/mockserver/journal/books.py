"""The journals of an engine as tests use them: each step is a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any, Protocol, TypeVar

from postfuze_mock.state.calls import ANY, Wanted
from postfuze_mock.state.sql.calls import SqlCalls
from postfuze_mock.state.sql.database import Database
from postfuze_mock.state.sql.schema import migrate
from postfuze_mock.state.sqlite import SqliteDatabase
from postfuze_mock.worlds.journal.journal import MAX_ENTRIES, Entry, Journal, Reader
from postfuze_mock.worlds.journal.memory_journal import AllMemoryJournals, MemoryJournal
from postfuze_mock.worlds.journal.shared_journal import SharedJournals

T = TypeVar("T")
MAX_TOTAL = 100_000


class Books(Protocol):
    """Journals of worlds, by name."""

    def of(self, world: str) -> Journal:
        """The journal of a world, whose calls are all written."""

    def all(self) -> Reader:
        """All journals."""

    def renew(self, world: str) -> None:
        """Let the journal of the world begin anew, as a reset does."""

    def run(self, step: Callable[[], T]) -> T:
        """Take a step in a transaction."""


class MemoryBooks:
    """Journals in memory."""

    def __init__(self) -> None:
        self._journals: dict[str, MemoryJournal] = {}

    def of(self, world: str) -> MemoryJournal:
        return self._journals.setdefault(world, MemoryJournal(world))

    def all(self) -> Reader:
        return AllMemoryJournals(self._journals.values())

    def renew(self, world: str) -> None:
        self._journals[world] = self.of(world).anew()

    def run(self, step: Callable[[], T]) -> T:
        return step()


class SqlBooks:
    """Journals in a database, which store `total` calls, written by one process (`journals`)."""

    def __init__(self, database: Database, total: int = MAX_TOTAL) -> None:
        self.database = database
        migrate(database)
        self.journals = SharedJournals(SqlCalls(database, MAX_ENTRIES, total))
        self._open: dict[str, Journal] = {}

    def of(self, world: str) -> Journal:
        self.write()
        return self._open.setdefault(world, self.journals.of(world))

    def all(self) -> Reader:
        self.write()
        return self.journals.all()

    def renew(self, world: str) -> None:
        self._open[world] = self.run(self.of(world).anew)

    def run(self, step: Callable[[], T]) -> T:
        return self.database.run_now(step)

    def write(self) -> None:
        """Write what was recorded."""
        entries = self.journals.buffer.take()
        self.database.run_now(lambda: self.journals.write(entries), write=True)


def sqlite_books(folder: Path) -> SqlBooks:
    """Journals in a file in `folder`."""
    return SqlBooks(SqliteDatabase(folder / "journals.db"))


def record(journal: Journal, path: str, status: int | None = 200, **fields: Any) -> None:
    """Record a call of `path`."""
    call: dict[str, Any] = {
        "at": 1_000,
        "method": "GET",
        "path": path.encode("latin-1"),
        "query": b"",
        "headers": [(b"host", b"localhost")],
        "body": None,
        "operation": "listSocialAccounts",
        "status": status,
        "response_headers": [(b"content-type", b"application/json")],
        "response_body": b"{}",
        "seconds": 0.001,
        "rule": None,
        "fault": None,
        "finished": perf_counter(),
        **fields,
    }
    journal.add(*call.values())


def entries(books: Books, reader: Reader, wanted: Wanted = ANY) -> list[tuple[str, int, Entry]]:
    """The wanted calls, the newest first: world, number, entry."""
    found = books.run(lambda: reader.entries(list(reader.places(wanted))))
    return [(place.world, place.number, entry) for place, entry in found]


def paths(books: Books, reader: Reader, wanted: Wanted = ANY) -> list[str]:
    """The paths of the wanted calls, the oldest first."""
    return [entry.path.decode("latin-1") for _, _, entry in reversed(entries(books, reader, wanted))]


def numbers(books: Books, reader: Reader) -> list[int]:
    """The numbers of the calls, the oldest first."""
    return [number for _, number, _ in reversed(entries(books, reader))]
