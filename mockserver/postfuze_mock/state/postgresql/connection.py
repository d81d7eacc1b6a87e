"""A connection to PostgreSQL: its settings, its statements, and what its errors mean."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import chain, islice
from time import monotonic
from typing import Any, Final, cast

import psycopg
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGresult

from postfuze_mock.state.engine import Unavailable
from postfuze_mock.state.postgresql.server import SCHEMA
from postfuze_mock.state.postgresql.values import Arguments, arguments, escaped, rows_of
from postfuze_mock.state.sql.database import Conflict, Row

#: What each session has; times are in ms.
_SETTINGS: Final = {
    "search_path": SCHEMA,
    "statement_timeout": "10000",
    "lock_timeout": "5000",
    "idle_in_transaction_session_timeout": "60000",  # making up a million accounts takes long
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
#: How many rows a COPY has.
_COPIED: Final = 10_000
#: How many statements are prepared: more than all calls have, in spite of the filters that pages may have.
_MAX_PREPARED: Final = 1000


class Lost(Conflict):
    """The connection was lost before the commit was sent, so nothing has happened."""


class CommitUnknown(Unavailable):
    """The connection was lost during a commit, so it is not known whether that has happened."""


class Pooled(psycopg.Connection[Row]):
    """A connection as the pool makes it, and what our transactions have of it."""

    ours: Connection

    def prepare(self) -> None:
        """Make it ready for use."""
        settings = (f"set_config('{name}', '{value}', false)" for name, value in _SETTINGS.items())
        self.execute(f"SELECT {', '.join(settings)}")
        self.ours = Connection(self)

    def close(self) -> None:
        super().close()
        if hasattr(self, "ours"):
            self.ours.release()


class Connection:
    """A connection; `begin`, and `commit` or `rollback`, are the bounds of each transaction."""

    def __init__(self, pooled: psycopg.Connection[Row]) -> None:
        self._raw = pooled
        self._names: dict[str, bytes] = {}  # of the prepared statements
        self._types: dict[str, list[int]] = {}
        self._deadline: float | None = None  # of the statement that is being executed
        # A copy of the descriptor: libpq may close its own at any time, and another connection may then get its number.
        self._socket = socket.socket(fileno=socket.dup(pooled.fileno()))

    def release(self) -> None:
        """Free what it holds besides the connection."""
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
        given = arguments(parameters)
        with self._limited(_STATEMENT_LIMIT):
            name = self._names.get(sql) or self._prepare(sql, given)
            # Its types do not say that a value may be None.
            values = cast(list[bytes], given.values)
            return rows_of(_checked(self._raw.pgconn.exec_prepared(name, values, given.formats, Format.BINARY)))

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        for row in rows:
            self.query(sql, row)

    def copy_in(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Add `rows` to the `columns` of a table."""
        names, remaining = ", ".join(columns), iter(rows)
        types = self._types_of(f"SELECT {names} FROM {table} LIMIT 0")
        with self._limited(_STATEMENT_LIMIT), self._raw.cursor() as cursor:
            for first in remaining:
                self._deadline = monotonic() + _STATEMENT_LIMIT
                with cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)") as copy:
                    copy.set_types(types)
                    for row in chain((first,), islice(remaining, _COPIED - 1)):
                        copy.write_row([escaped(value) if isinstance(value, str) else value for value in row])

    def drop_if_late(self) -> None:
        """End a statement that a server takes too long to answer, as if the connection had been lost. Any thread may
        call this while another executes that statement."""
        if self._deadline is not None and monotonic() > self._deadline:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _types_of(self, sql: str) -> list[int]:
        """The types of the columns of a query, as PostgreSQL numbers them."""
        if sql not in self._types:
            with self._limited(_STATEMENT_LIMIT):
                result = _checked(self._raw.pgconn.exec_(sql.encode()))
                self._types[sql] = [result.ftype(column) for column in range(result.nfields)]
        return self._types[sql]

    def _prepare(self, sql: str, given: Arguments) -> bytes:
        """Have a statement prepared under a name, which it keeps as long as the connection."""
        if len(self._names) == _MAX_PREPARED:
            _checked(self._raw.pgconn.exec_(b"DEALLOCATE ALL"))
            self._names.clear()
        name = b"s%d" % len(self._names)
        _checked(self._raw.pgconn.prepare(name, _numbered(sql).encode(), given.types))
        self._names[sql] = name
        return name

    def _control(self, command: bytes, limit: float) -> bytes | None:
        with self._limited(limit):
            return _checked(self._raw.pgconn.exec_(command)).command_status

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
        if self._raw.closed or state in ("57P01", "57P02", "57P03"):
            return Lost()
        if state in ("40001", "40P01"):
            return Conflict()
        if state in _REASONS:
            return Unavailable(_REASONS[state])
        if state.startswith(("53", "58")):  # insufficient resources, errors of the system
            return Unavailable("The database has no room, or no memory, for this call.")
        return error


_NO_PRIVILEGE: Final = f"PostgreSQL's role lacks a privilege in the schema {SCHEMA}."
_REASONS: Final = {
    "25006": "The database can only be read.",
    "3F000": _NO_PRIVILEGE,  # one that may not be used passes for one that is not there
    "42501": _NO_PRIVILEGE,
    "42P01": f"The schema {SCHEMA} is not on the search path: a pooler must be in session mode.",
    "53100": "The disk of the database is full.",
    "55P03": "Other calls keep the world busy.",
    "57014": "The database took too long.",
}


def _checked(result: PGresult) -> PGresult:
    if result.status not in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK):
        raise error_from_result(result)
    return result


def _numbered(sql: str) -> str:
    """`sql` with $1, $2, … for its `?`, which stand nowhere else in our statements."""
    first, *others = sql.split("?")
    return first + "".join(f"${number}{part}" for number, part in enumerate(others, 1))
