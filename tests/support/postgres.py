"""A PostgreSQL for tests, and databases of their own. `scripts/postgres` starts and stops it."""

from __future__ import annotations

import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from tests.support.processes import ROOT

VARIABLE: Final = "POSTFUZE_TEST_POSTGRES"
#: Runs as long as its stdin is open, and that is closed however this process ends.
_HOLD: Final = ("scripts/postgres", "run", "--", "sh", "-c", f'echo "${VARIABLE}"; cat')


@contextmanager
def server() -> Iterator[str]:
    """The DSN of a PostgreSQL that runs meanwhile. Where none can be had, skips the test, and fails it in CI."""
    if VARIABLE in os.environ:
        yield os.environ[VARIABLE]
        return
    holder = subprocess.Popen(
        _HOLD,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    with holder:
        if not (dsn := holder.stdout.readline().strip()):
            _unavailable(holder.communicate()[1].strip().rpartition("\n")[2])
        yield dsn
        holder.stdin.close()


@contextmanager
def database(server_dsn: str) -> Iterator[str]:
    """The URL of a new, empty database, which is dropped in the end whoever uses it."""
    name = f"test_{secrets.token_hex(8)}"
    execute(server_dsn, f"CREATE DATABASE {name}")
    try:
        yield url(server_dsn, name)
    finally:
        execute(server_dsn, f"DROP DATABASE {name} WITH (FORCE)")


def url(server_dsn: str, name: str, port: int | str | None = None) -> str:
    """The URL of the database `name`, at another `port` of this machine if that is given."""
    parts = conninfo_to_dict(server_dsn)
    return f"postgresql://{parts['user']}:{parts['password']}@{parts['host']}:{port or parts['port']}/{name}"


def query(dsn: str, sql: str) -> list[tuple[object, ...]]:
    """The rows of a query of a connection of its own."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        return connection.execute(sql.encode()).fetchall()


def execute(dsn: str, sql: str) -> None:
    """Execute a statement on a connection of its own."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(sql.encode())


def _unavailable(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
