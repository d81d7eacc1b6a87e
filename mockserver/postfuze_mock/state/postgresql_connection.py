"""A connection to PostgreSQL: its settings, its statements, and what its errors mean."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from itertools import chain, islice
from time import monotonic
from typing import Any, Final

import psycopg
from psycopg.types.numeric import Int8BinaryDumper
from psycopg.types.string import StrBinaryDumper, TextBinaryLoader

from postfuze_mock.state.engine import Unavailable
from postfuze_mock.state.postgresql_server import SCHEMA
from postfuze_mock.state.sql.database import Conflict, Row

#: What each session has; times are in ms.
_SETTINGS: Final = {
    "search_path": SCHEMA,
    "statement_timeout": "10000",
    "lock_timeout": "5000",
    "idle_in_transaction_session_timeout": "10000",
    "jit": "off",
    # A plan that is kept was made for tables that may have been small then.
    "plan_cache_mode": "force_custom_plan",
}
_BEGIN: Final = {
    False: b"BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY",
    True: b"BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE",
}
#: Seconds until a server that does not answer a statement passes for one that is away: more than its own limit for one.
_STATEMENT_LIMIT: Final = 12.0
#: How many rows a COPY has: that limit is for each.
_COPIED: Final = 10_000


class Lost(Conflict):
    """The connection was lost before the commit was sent, so nothing has happened."""


class CommitUnknown(Unavailable):
    """The connection was lost during a commit, so it is not known whether that has happened."""


class Connection(psycopg.Connection[Row]):
    """A connection of the pool. `begin`, and `commit` or `rollback`, are the bounds of each transaction."""

    _deadline: float | None = None  # of the statement that is being executed

    def prepare(self) -> None:
        """Make a new connection ready for use."""
        self.adapters.register_dumper(int, Int8BinaryDumper)
        self.adapters.register_dumper(str, _TextDumper)
        self.adapters.register_loader("text", _TextLoader)
        self.prepare_threshold, self.prepared_max = 1, 500
        settings = (f"set_config('{name}', '{value}', false)" for name, value in _SETTINGS.items())
        self.execute(f"SELECT {', '.join(settings)}")
        self._statements = psycopg.RawCursor(self)
        # A copy of the descriptor: libpq may close its own at any time, and another connection may then get its number.
        self._socket = socket.socket(fileno=socket.dup(self.fileno()))

    def close(self) -> None:
        super().close()
        if hasattr(self, "_socket"):
            self._socket.close()

    def begin(self, limit: float, *, is_writer: bool) -> None:
        """Begin a transaction, for which a server needs no time: after `limit` seconds it is late. Raises Lost."""
        self._control(_BEGIN[is_writer], limit)

    def commit(self) -> None:
        """End it. Raises CommitUnknown."""
        try:
            status = self._control(b"COMMIT", _STATEMENT_LIMIT)
        except Lost as error:
            raise CommitUnknown("The connection to PostgreSQL was lost during the commit.") from error
        if status != b"COMMIT":
            raise RuntimeError("A transaction went on after an error.")

    def rollback(self) -> None:
        """End it, and undo it. Nothing happens if the connection is lost."""
        with suppress(Lost):
            self._control(b"ROLLBACK", _STATEMENT_LIMIT)

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        with self._limited(_STATEMENT_LIMIT):
            cursor = self._statements.execute(_numbered(sql), parameters, binary=True)
            return cursor.fetchall() if cursor.description else []

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        with self._limited(_STATEMENT_LIMIT):
            self._statements.executemany(_numbered(sql), rows)

    def copy_in(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Add `rows` to the `columns` of a table."""
        target = f"{table} ({', '.join(columns)})"
        types = self._types(table, columns)
        remaining = iter(rows)
        for first in remaining:
            with (
                self._limited(_STATEMENT_LIMIT),
                self._statements.copy(f"COPY {target} FROM STDIN (FORMAT BINARY)") as copy,
            ):
                copy.set_types(types)
                for row in chain((first,), islice(remaining, _COPIED - 1)):
                    copy.write_row(row)

    def drop_if_late(self) -> None:
        """End a statement that a server takes too long to answer, as if the connection had been lost. Any thread may
        call this while another executes that statement."""
        if self._deadline is not None and monotonic() > self._deadline:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _types(self, table: str, columns: Sequence[str]) -> list[int]:
        with self._limited(_STATEMENT_LIMIT):
            cursor = self._statements.execute(f"SELECT {', '.join(columns)} FROM {table} LIMIT 0")
            return [column.type_code for column in cursor.description or ()]

    def _control(self, command: bytes, limit: float) -> bytes | None:
        with self._limited(limit):
            result = self.pgconn.exec_(command)
            if result.status != psycopg.pq.ExecStatus.COMMAND_OK:
                raise psycopg.errors.error_from_result(result)
            return result.command_status

    @contextmanager
    def _limited(self, limit: float) -> Iterator[None]:
        self._deadline = monotonic() + limit
        try:
            yield
        except psycopg.Error as error:
            raise self._explained(error) from error
        finally:
            self._deadline = None

    def _explained(self, error: psycopg.Error) -> Exception:
        state = error.sqlstate or ""
        if self.broken or self.closed or state in ("57P01", "57P02", "57P03"):
            return Lost()
        if state in ("40001", "40P01"):
            return Conflict()
        if state in _REASONS:
            return Unavailable(_REASONS[state])
        if state.startswith(("53", "58")):  # insufficient resources, errors of the system
            return Unavailable("The database has no room, or no memory, for this call.")
        return error


_REASONS: Final = {
    "25006": "The database can only be read.",
    "53100": "The disk of the database is full.",
    "55P03": "Other calls keep the world busy.",
    "57014": "The database took too long.",
}


class _TextDumper(StrBinaryDumper):
    """PostgreSQL has no NUL in texts. Its place is taken by two characters that keep the order of texts."""

    def dump(self, obj: str) -> Any:
        if "\0" in obj or "\1" in obj:
            obj = obj.replace("\1", "\1\2").replace("\0", "\1\1")
        return super().dump(obj)


class _TextLoader(TextBinaryLoader):
    """Reads what `_TextDumper` writes."""

    def load(self, data: Any) -> Any:
        text: Any = super().load(data)
        return text.replace("\1\1", "\0").replace("\1\2", "\1") if "\1" in text else text


@cache
def _numbered(sql: str) -> str:
    """`sql` with $1, $2, … for its `?`, which stand nowhere else in our statements."""
    first, *others = sql.split("?")
    return first + "".join(f"${number}{part}" for number, part in enumerate(others, 1))
