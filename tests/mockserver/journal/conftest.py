"""Each test with `books` runs on all engines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.mockserver.journal.books import Books, MemoryBooks, SqlBooks, sqlite_books


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[SqlBooks]:
    """Journals in a file."""
    books = sqlite_books(tmp_path)
    yield books
    books.database.close()


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.engines)])
def books(request: pytest.FixtureRequest) -> Iterator[Books]:
    """Journals in an engine that has nothing yet."""
    if request.param == "memory":
        yield MemoryBooks()
    elif request.param == "sqlite":
        yield request.getfixturevalue("sqlite")
    else:
        from postfuze_mock.state.postgresql.database import PostgresqlDatabase  # imports psycopg, which few tests need

        database = PostgresqlDatabase(request.getfixturevalue("postgres_url"))
        yield SqlBooks(database)
        database.close()
