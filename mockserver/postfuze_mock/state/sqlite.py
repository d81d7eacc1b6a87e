"""The engine in a SQLite file, for the processes of one machine.

All runs on the event loop: a transaction takes microseconds. Writers take turns (`BEGIN IMMEDIATE`), readers see the
file as it was when they began (WAL).
"""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from postfuze_mock.state.engine import EngineError, Unavailable
from postfuze_mock.state.sql.database import Conflict, Database, Dialect, Outcome, Row, WriteNeeded, away

T = TypeVar("T")

#: Not that of the module, which belongs to whoever runs the server in a process of theirs.
_JITTER: Final = random.Random()
#: Seconds that SQLite itself waits for another writer, while the event loop stands still, and that a call waits while
#: only other processes write.
_BUSY_TIMEOUT: Final = 0.005
_MAX_WAIT: Final = 0.9
#: Seconds that the start waits: other processes may be making the tables.
_MAX_WAIT_AT_START: Final = 30.0
#: After how many writes the size of SQLite's log is looked at, and from how many bytes on it is emptied.
_LOOK_AT_LOG: Final = 250
_MAX_LOG: Final = 32 << 20
#: Seconds until a transaction is tried again.
_PAUSES: Final = (0.001, 0.005)
#: Seconds for which a reader believes that the file is still there; a writer looks each time.
_LOOK_AT_FILE: Final = 0.05
#: Debian's SQLite overwrites what is deleted, which takes a third of the time of writing a large call.
_PRAGMAS: Final = (
    "journal_mode = WAL",
    "synchronous = NORMAL",
    "cache_size = -65536",
    "mmap_size = 268435456",
    "secure_delete = OFF",
)
#: Who may use a new file: its owner. It has secrets. SQLite gives the files beside it the same permissions.
_PRIVATE: Final = 0o600
_BEGIN: Final = {False: "BEGIN", True: "BEGIN IMMEDIATE"}


class _Connection:
    def __init__(self, path: Path) -> None:
        with suppress(OSError):  # it is there, or SQLite tells what is wrong
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _PRIVATE))
        self.raw = sqlite3.connect(
            path, timeout=_BUSY_TIMEOUT, isolation_level=None, cached_statements=512, check_same_thread=False
        )

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        try:
            return self.raw.execute(sql, parameters).fetchall()
        except sqlite3.DatabaseError as error:
            raise _explained(error) from error

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        try:
            self.raw.executemany(sql, rows)
        except sqlite3.DatabaseError as error:
            raise _explained(error) from error


class SqliteDatabase(Database):
    """The file at `path`, which is made if there is none. Raises EngineError (one sentence) if it cannot be used."""

    name = "sqlite"
    errors = sqlite3.Error
    dialect = Dialect(
        blob="BLOB",
        key="TEXT",
        number="INTEGER",
        serial="INTEGER PRIMARY KEY",
        flag="INTEGER",
        unlogged="",
        for_update="",
    )

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path.absolute()
        self._log = path.with_name(f"{path.name}-wal")
        self._writes = 0
        self._looked_at = 0.0  # at the file
        self._queue = asyncio.Lock()  # of writers, once one had to wait
        self._written_at = 0.0  # by one of them
        try:
            self._connection = _Connection(path)
            for pragma in _PRAGMAS:
                self._patiently(partial(self._connection.query, f"PRAGMA {pragma}"))
            self._file = self._path.stat()
        except (OSError, sqlite3.Error, Unavailable) as error:
            raise EngineError(f"the database {path} cannot be used: {str(error).rstrip('.')}") from error

    async def run(self, work: Callable[[], T], *, write: bool = False) -> T:
        begun = time.monotonic()
        try:
            if not (write and self._queue.locked()):
                with suppress(WriteNeeded):
                    return (await self._attempted(work, write)).result()
            async with self._queue:
                outcome = await self._write_in_turn(work, begun)
        except Unavailable as error:
            raise away(error) from error
        return outcome.result()

    async def _attempted(self, work: Callable[[], T], write: bool) -> Outcome[T]:
        """Do the work. Raises WriteNeeded, after a pause if others interfered."""
        try:
            return self._once(work, write)
        except Conflict:
            await asyncio.sleep(_JITTER.uniform(*_PAUSES))
            raise WriteNeeded from None

    async def _write_in_turn(self, work: Callable[[], T], begun: float) -> Outcome[T]:
        """Do the work as soon as no other process writes. Other calls of this process wait for their turn meanwhile, so
        that a call waits too long only if none gets through. Raises Unavailable."""
        while True:
            with suppress(Conflict):
                outcome = self._once(work, True)
                self._written_at = time.monotonic()
                return outcome
            if time.monotonic() > max(begun, self._written_at) + _MAX_WAIT:
                raise Unavailable("Other processes keep the database busy.")
            await asyncio.sleep(_JITTER.uniform(*_PAUSES))

    def run_now(self, work: Callable[[], T], *, write: bool = False) -> T:
        with suppress(WriteNeeded):
            return self._patiently(lambda: self._once(work, write)).result()
        return self._patiently(lambda: self._once(work, True)).result()

    def lock_schema(self) -> None:
        """Writers exclude each other anyway."""

    def close(self) -> None:
        self._connection.raw.close()

    def _once(self, work: Callable[[], T], write: bool) -> Outcome[T]:
        if write or time.monotonic() > self._looked_at + _LOOK_AT_FILE:
            self._demand_file()
        connection = self._connection
        connection.query(_BEGIN[write])
        try:
            outcome = self._attempt(connection, work, is_writer=write)
            connection.query("COMMIT")
        except BaseException:
            if connection.raw.in_transaction:
                connection.raw.execute("ROLLBACK")
            raise
        if write:
            self._writes += 1
            if self._writes % _LOOK_AT_LOG == 0:
                self._empty_log()
        return outcome

    def _empty_log(self) -> None:
        """Empty SQLite's log if it is long. By itself SQLite begins it anew only at a moment when nobody reads, which
        may never come where several processes are busy. Is one too slow now, the next look will do."""
        with suppress(OSError, Conflict, Unavailable):
            if self._log.stat().st_size > _MAX_LOG:
                self._connection.query("PRAGMA wal_checkpoint(TRUNCATE)")

    def _demand_file(self) -> None:
        """Raises Unavailable if the path leads to another file, or none: nobody else would see what is written here."""
        self._looked_at = 0.0
        with suppress(FileNotFoundError):
            if os.path.samestat(self._path.stat(), self._file):
                self._looked_at = time.monotonic()
                return
        raise Unavailable("The file of the database was removed or replaced; the mock must be started anew.")

    def _patiently(self, attempt: Callable[[], T]) -> T:
        deadline = time.monotonic() + _MAX_WAIT_AT_START
        while True:
            try:
                return attempt()
            except Conflict as error:
                if time.monotonic() > deadline:
                    raise Unavailable("other processes keep it busy") from error
                time.sleep(0.01)


def _explained(error: sqlite3.DatabaseError) -> Exception:
    match error.sqlite_errorcode & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return Conflict()
        case sqlite3.SQLITE_FULL:
            return Unavailable("The disk of the database is full.")
        case sqlite3.SQLITE_IOERR | sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN:
            return Unavailable(f"The database cannot be read or written: {error}.")
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return Unavailable(f"The file of the database is damaged: {error}.")
    return error
