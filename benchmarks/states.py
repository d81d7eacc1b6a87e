"""Empty states of each engine, and what they take: in memory, in a SQLite file, and in a PostgreSQL on this machine."""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import psutil
import psycopg
import pytest
from tests.support import postgres


def _nothing() -> int:
    return 0


class State(NamedTuple):
    """An empty state: the flags that name it, its bytes, the seconds of the processor's time that the database's own
    processes have used, and the bytes that it has written to its log of changes."""

    flags: list[str]
    size: Callable[[], int] = _nothing
    cpu_seconds: Callable[[], float] = _nothing
    logged: Callable[[], int] = _nothing


class Engine(NamedTuple):
    """An engine, and what makes a new state of it."""

    name: str
    state: Callable[[], AbstractContextManager[State]]


@contextmanager
def engines() -> Iterator[list[Engine]]:
    """Those that this machine has; PostgreSQL runs meanwhile."""
    found = [Engine("memory", _memory), Engine("SQLite", _sqlite)]
    with ExitStack() as stack:
        try:
            dsn = stack.enter_context(postgres.server())
        except (pytest.skip.Exception, pytest.fail.Exception) as reason:
            print(f"without PostgreSQL: {reason}", file=sys.stderr)
        else:
            found.append(Engine("PostgreSQL", partial(_postgresql, dsn)))
        yield found


@contextmanager
def _memory() -> Iterator[State]:
    yield State([])


@contextmanager
def _sqlite() -> Iterator[State]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "state.db"
        yield State(["--state", f"sqlite:///{file}"], partial(_file_size, file))


@contextmanager
def _postgresql(dsn: str) -> Iterator[State]:
    def number(sql: str) -> int:
        return int(str(postgres.query(url, sql)[0][0]))

    server = _postmaster(dsn)
    with postgres.database(dsn) as url:
        yield State(
            ["--state", url],
            lambda: number("SELECT pg_database_size(current_database())"),
            lambda: sum(times.user + times.system for times in map(psutil.Process.cpu_times, server.children())),
            lambda: number("SELECT pg_current_wal_lsn() - '0/0'"),
        )


def _postmaster(dsn: str) -> psutil.Process:
    """The process whose children serve connections. Raises LookupError if it is not on this machine."""
    with psycopg.connect(dsn) as connection:
        parent = psutil.Process(connection.info.backend_pid).parent()
    if parent is None:
        raise LookupError("the database does not run on this machine")
    return parent


def _file_size(file: Path) -> int:
    """With what is only in its log until now."""
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return file.stat().st_size
