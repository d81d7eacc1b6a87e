"""What `serve` says of a database that belongs to another program."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.support.processes import EXECUTABLE, command

pytestmark = pytest.mark.process(quick=True)

Make = Callable[[str], str]


@pytest.fixture
def sqlite(tmp_path: Path) -> Make:
    """Makes a table in a file, and returns its URL."""

    def make(table: str) -> str:
        with closing(sqlite3.connect(tmp_path / "other.db")) as connection:
            connection.execute(f"CREATE TABLE {table} (x INTEGER)")
        return f"sqlite:///{tmp_path / 'other.db'}"

    return make


@pytest.fixture
def postgresql(postgres_url: str) -> Make:
    from tests.support.postgres import execute  # imports psycopg, which few tests need

    def make(table: str) -> str:
        execute(postgres_url, f"CREATE SCHEMA postfuze_mock; CREATE TABLE postfuze_mock.{table} (x INTEGER)")
        return postgres_url

    return make


@pytest.mark.parametrize(
    "engine",
    [
        "sqlite",
        pytest.param("postgresql", marks=pytest.mark.skipif(EXECUTABLE is not None, reason="it has no driver")),
    ],
)
@pytest.mark.parametrize("table", ["accounts", "instance"])
def test_tables_of_another_program(engine: str, table: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    make: Make = request.getfixturevalue(engine)
    result = command("serve", "--port", "0", "--state", make(table), cwd=tmp_path)

    (line,) = result.stderr.decode().splitlines()
    assert result.returncode == 2
    assert line.startswith("postfuze-mock: --state cannot be used: the database has tables of another program: ")
