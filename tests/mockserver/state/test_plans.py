"""Every call finds its rows in an index, whatever it filters by, and costs the same in a large world."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from tests.support.postgres import execute

from postfuze_mock.records import Row, encode
from postfuze_mock.state.sql import schema
from postfuze_mock.state.sql.database import Connection, Database
from postfuze_mock.state.sql.heads import Heads
from postfuze_mock.state.sql.store import SqlStore
from postfuze_mock.state.sqlite import SqliteDatabase

SIZE: Final = 30_000
FILTERS: Final[tuple[dict[str, str], ...]] = (
    {},
    {"id": "00000007-0000-4a9f-9b1c-2e7d6f0a1234"},
    {"tenant_id": "tenant_1"},
    {"platform": "x"},
    {"platform": "rare"},
    {"username": "user_7"},
    {"network_unique_id": "7"},
    {"tenant_id": "tenant_1", "platform": "rare"},
    {"tenant_id": "tenant_1", "platform": "x", "username": "user_7"},
    {"platform": "nobody's"},
)

Explain = Callable[[Connection, str, Sequence[Any]], str]


class Explaining:
    """A connection that asks for the plan of each statement before it executes it."""

    def __init__(self, connection: Connection, explain: Explain) -> None:
        self._connection = connection
        self._explain = explain
        self.plans: list[str] = []

    def query(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        self.plans.append(self._explain(self._connection, sql, parameters))
        return self._connection.query(sql, parameters)

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        self._connection.many(sql, rows)


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    database = SqliteDatabase(tmp_path / "worlds.db")
    yield database
    database.close()


@pytest.fixture
def postgresql(postgres_url: str) -> Iterator[Database]:
    from postfuze_mock.state.postgresql.database import PostgresqlDatabase

    database = PostgresqlDatabase(postgres_url, 1)
    yield database
    database.close()


def test_sqlite(sqlite: Database) -> None:
    small, large = made_worlds(sqlite)
    fill(sqlite, large)

    for calls, plans in plans_of_calls(sqlite, small, large, explain=explained_by_sqlite):
        assert not re.search(r"SCAN|TEMP B-TREE", plans), (calls, plans)


@pytest.mark.parametrize("analyzed", ["never", "early", "late"])
def test_postgresql(postgresql: Database, postgres_url: str, analyzed: str) -> None:
    """Also when PostgreSQL does not know what is in the tables, or what was in them when they were small."""
    small, large = made_worlds(postgresql)
    if analyzed == "early":
        execute(postgres_url, "ANALYZE")
    for call in [*calls(small).values()] * 3:
        postgresql.run_now(call)  # it plans now
    fill(postgresql, large)
    if analyzed == "late":
        execute(postgres_url, "ANALYZE")

    for name, plans in plans_of_calls(postgresql, small, large, explain=explained_by_postgresql):
        assert name == "count" or not re.search(r"Seq Scan|Sort|Bitmap", plans), (name, plans)
        assert name == "count" or pages_read(plans) < 60, (name, plans)


def made_worlds(database: Database) -> list[SqlStore]:
    """A small world, and one that will be large."""
    schema.migrate(database)
    small, large = (database.run_now(partial(made, database, name), write=True) for name in ("small", "large"))
    database.run_now(lambda: small.load(account(number) for number in range(100)), write=True)
    return [small, large]


def fill(database: Database, store: SqlStore) -> None:
    database.run_now(lambda: store.load(account(number) for number in range(SIZE)), write=True)


def plans_of_calls(database: Database, *stores: SqlStore, explain: Explain) -> Iterator[tuple[str, str]]:
    """Calls of the stores, and the plans of their statements."""
    for store in stores:
        for name, call in calls(store).items():
            yield name, database.run_now(partial(plans_of, database, call, explain))


def made(database: Database, name: str) -> SqlStore:
    head = Heads(database).add(name, 0)
    assert head is not None
    return SqlStore(database, head)


def account(number: int) -> Row:
    """An account; one in a hundred is on a rare platform."""
    return encode(
        {
            "id": f"{number:08x}-0000-4a9f-9b1c-2e7d6f0a1234",
            "created_at": f"2026-06-01T09:{number // 60_000 % 60:02}:{number // 1000 % 60:02}.{number % 1000:03}Z",
            "tenant_id": f"tenant_{number % 3}",
            "platform": "rare" if number % 100 == 0 else "x",
            "username": f"user_{number}",
            "network_unique_id": f"{number}",
        },
        deleted=number % 10 == 9,
    )


def calls(store: SqlStore) -> dict[str, Callable[[], object]]:
    after = "2026-06-01T09:00:00.050Z00000032"
    found: dict[str, Callable[[], object]] = {"get": lambda: store.get(FILTERS[1]["id"]), "count": store.count}
    for where in FILTERS:
        found[f"first page of {where}"] = partial(store.page, where, None, 11)
        found[f"later page of {where}"] = partial(store.page, where, after, 11)
    return found


def plans_of(database: Database, call: Callable[[], object], explain: Explain) -> str:
    transaction = database.current
    explaining = Explaining(transaction.connection, explain)
    transaction.connection = explaining
    call()
    return "\n".join(explaining.plans)


def explained_by_sqlite(connection: Connection, sql: str, parameters: Sequence[Any]) -> str:
    return "\n".join(row[3] for row in connection.query(f"EXPLAIN QUERY PLAN {sql}", parameters))


def explained_by_postgresql(connection: Connection, sql: str, parameters: Sequence[Any]) -> str:
    """The plan of a statement that the connection has prepared, with the pages that it reads."""
    numbers = iter(range(1, len(parameters) + 1))
    numbered = re.sub("[?]", lambda _: f"${next(numbers)}", sql)
    ((name,),) = connection.query("SELECT name FROM pg_prepared_statements WHERE statement = ?", (numbered,))
    values = ", ".join(str(value) if isinstance(value, int) else f"$v${value}$v$" for value in parameters)
    plan = connection.query(f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF) EXECUTE {name}({values})", ())
    return "\n".join(line for (line,) in plan)


def pages_read(plan: str) -> int:
    """How many pages of the database a statement read, whether or not they were in memory."""
    numbers = re.findall(r"Buffers: shared hit=(\d+)(?: read=(\d+))?", plan)
    return sum(int(hit) + int(read or 0) for hit, read in numbers[:1])
