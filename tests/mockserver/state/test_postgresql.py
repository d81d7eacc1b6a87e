"""The engine in PostgreSQL: transactions, retries, a server that goes away, and what is told of it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from tests.support import postgres
from tests.support.gate import Gate, gate
from tests.support.times import seconds, until

from postfuze_mock.problems import Problem
from postfuze_mock.state.engine import EngineError
from postfuze_mock.state.inboxes import Bounds, InboxRow
from postfuze_mock.state.postgresql.database import PostgresqlDatabase
from postfuze_mock.state.sql import schema
from postfuze_mock.state.sql.heads import Heads
from postfuze_mock.state.sql.inboxes import SqlInboxes

T = TypeVar("T")
#: Rows of a table of the test's own, which every engine's user could have.
TABLE = "CREATE TABLE IF NOT EXISTS things (name {key} PRIMARY KEY, number {number} NOT NULL)"


@pytest.fixture
def database(postgres_url: str) -> Iterator[PostgresqlDatabase]:
    yield from opened(postgres_url)


@pytest.fixture
def gated(postgres_url: str) -> Iterator[tuple[PostgresqlDatabase, Gate]]:
    """A database behind a gate."""
    parts = conninfo_to_dict(postgres_url)
    with gate(int(parts["port"] or 0)) as the_gate:
        for database in opened(postgres.url(postgres_url, str(parts["dbname"]), the_gate.port)):
            yield database, the_gate


def opened(url: str, pool_size: int = 4) -> Iterator[PostgresqlDatabase]:
    database = PostgresqlDatabase(url, pool_size)
    database.run_now(lambda: make_table(database), write=True)
    yield database
    database.close()


def make_table(database: PostgresqlDatabase) -> None:
    database.lock_schema()
    database.write(TABLE.format(**database.dialect._asdict()))


def put(database: PostgresqlDatabase, name: str, number: int) -> None:
    database.write("INSERT INTO things (name, number) VALUES (?, ?)", (name, number))


def numbers(database: PostgresqlDatabase) -> dict[str, int]:
    return dict(database.run_now(lambda: database.read("SELECT name, number FROM things")))


def add_one(database: PostgresqlDatabase, name: str = "thing") -> None:
    """Read, then write, as rules of worlds do."""
    (number,) = database.read(f"SELECT number FROM things WHERE name = ?{database.dialect.for_update}", (name,))[0]
    database.write("UPDATE things SET number = ? WHERE name = ?", (number + 1, name))


def wait(call: Callable[[], Any]) -> Any:
    """The result of a coroutine, on a loop of its own, within what a test may take."""
    return asyncio.run(asyncio.wait_for(call(), seconds(60)))


def test_a_problem_is_a_result_and_any_other_exception_undoes(database: PostgresqlDatabase) -> None:
    def refuse(error: Exception, name: str) -> None:
        put(database, name, 1)
        raise error

    with pytest.raises(Problem):
        wait(lambda: database.run(lambda: refuse(Problem(409, "no", rule="r"), "refused"), write=True))
    with pytest.raises(ZeroDivisionError):
        wait(lambda: database.run(lambda: refuse(ZeroDivisionError(), "failed"), write=True))

    assert numbers(database) == {"refused": 1}


def test_a_reader_that_writes_is_called_again_as_a_writer(database: PostgresqlDatabase) -> None:
    calls = []

    def work() -> None:
        calls.append(database.current.is_writer)
        put(database, "thing", 1)

    wait(lambda: database.run(work))

    assert calls == [False, True]
    assert numbers(database) == {"thing": 1}


def test_a_reader_sees_the_database_as_it_was(database: PostgresqlDatabase) -> None:
    def look_twice() -> list[object]:
        before = database.read("SELECT count(*) FROM things")
        with ThreadPoolExecutor(1) as other:
            other.submit(database.run_now, lambda: put(database, "thing", 1), write=True).result()
        return [before, database.read("SELECT count(*) FROM things")]

    assert wait(lambda: database.run(look_twice)) == [[(0,)], [(0,)]]


def test_writers_of_three_processes_take_turns(postgres_url: str, database: PostgresqlDatabase) -> None:
    others = [PostgresqlDatabase(postgres_url, 4) for _ in range(2)]
    database.run_now(lambda: put(database, "thing", 0), write=True)

    async def race() -> None:
        runs = (each.run(partial(add_one, each), write=True) for each in [database, *others] * 40)
        await asyncio.gather(*runs)

    wait(race)
    for other in others:
        other.close()

    assert numbers(database) == {"thing": 120}


def test_who_waits_for_each_other_is_called_again(database: PostgresqlDatabase) -> None:
    for name in "ab":
        database.run_now(partial(put, database, name, 0), write=True)
    both_have_one = threading.Barrier(2)
    attempts = []

    def work(names: str) -> None:
        attempts.append(names)
        add_one(database, names[0])
        if attempts.count(names) == 1:
            both_have_one.wait(seconds(30))
        add_one(database, names[1])

    async def race() -> None:
        await asyncio.gather(*(database.run(partial(work, names), write=True) for names in ("ab", "ba")))

    wait(race)

    assert len(attempts) == 3
    assert numbers(database) == {"a": 2, "b": 2}


def test_what_others_keep_changing_is_given_up(database: PostgresqlDatabase) -> None:
    attempts = []

    def interfered() -> None:
        attempts.append(1)
        database.write("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$")

    with pytest.raises(Problem, match="Other calls keep changing") as raised:
        wait(lambda: database.run(interfered, write=True))

    assert len(attempts) == 4
    assert (raised.value.status, raised.value.headers["Retry-After"]) == (503, "1")


def test_others_see_what_a_call_did_before_it_is_told(database: PostgresqlDatabase) -> None:
    told: list[object] = []

    def work() -> None:
        put(database, "thing", 1)
        database.after_commit(lambda: told.append((numbers(database), threading.current_thread())))

    wait(lambda: database.run(work, write=True))

    assert told == [({"thing": 1}, threading.main_thread())]


def test_what_a_call_did_is_told_although_nobody_waits_for_it(database: PostgresqlDatabase) -> None:
    async def give_up() -> None:
        told, started, go_on = asyncio.Event(), asyncio.Event(), threading.Event()
        loop = asyncio.get_running_loop()

        def work() -> None:
            put(database, "thing", 1)
            database.after_commit(told.set)
            loop.call_soon_threadsafe(started.set)
            go_on.wait(seconds(30))

        call = asyncio.create_task(database.run(work, write=True))
        await started.wait()
        call.cancel()
        go_on.set()
        await told.wait()

    wait(give_up)

    assert numbers(database) == {"thing": 1}


def test_a_call_that_finds_its_connection_ended_takes_another(database: PostgresqlDatabase) -> None:
    database.run_now(lambda: put(database, "thing", 0), write=True)
    ended: list[int] = []

    def work() -> None:
        add_one(database, "thing")
        if not ended:
            ended.append(database.read("SELECT pg_backend_pid()")[0][0])
            database.write("SELECT pg_terminate_backend(pg_backend_pid())")

    wait(lambda: database.run(work, write=True))

    assert len(ended) == 1
    assert numbers(database) == {"thing": 1}


def test_a_server_that_is_away(gated: tuple[PostgresqlDatabase, Gate], caplog: pytest.LogCaptureFixture) -> None:
    database, the_gate = gated
    the_gate.close()

    with pytest.raises(Problem, match=r"does not answer\. The call changed nothing; try again\.") as raised:
        wait(lambda: database.run(lambda: put(database, "thing", 1), write=True))
    assert (raised.value.status, raised.value.code) == (503, "engine_unavailable")

    the_gate.open()
    put_when_it_is_back(database)
    assert [record.getMessage() for record in caplog.records] == [
        "PostgreSQL does not answer; calls get 503 until it does.",
        "PostgreSQL answers again.",
    ]


def test_a_server_that_says_nothing(gated: tuple[PostgresqlDatabase, Gate]) -> None:
    database, the_gate = gated
    the_gate.freeze()

    async def many() -> list[Any]:
        return await asyncio.gather(*(database.run(lambda: 1) for _ in range(20)), return_exceptions=True)

    assert {problem.code for problem in wait(many)} == {"engine_unavailable"}

    the_gate.thaw()
    put_when_it_is_back(database)


def put_when_it_is_back(database: PostgresqlDatabase) -> None:
    async def persist() -> None:
        while True:
            try:
                return await database.run(lambda: put(database, "thing", 1), write=True)
            except Problem:
                await asyncio.sleep(0.05)

    wait(persist)
    assert numbers(database) == {"thing": 1}


def test_a_connection_that_is_lost_during_the_commit(gated: tuple[PostgresqlDatabase, Gate]) -> None:
    database, the_gate = gated

    def work() -> None:
        put(database, "thing", 1)
        the_gate.close()

    with pytest.raises(
        Problem, match=r"lost during the commit\. Whether the call changed anything is not known\."
    ) as raised:
        wait(lambda: database.run(work, write=True))
    assert raised.value.status == 503


def test_a_text_may_have_any_character(database: PostgresqlDatabase) -> None:
    names = ["a", "a\0", "a\0b", "a\1", "a\1\1", "a\2", "aé", "a\U0001f600", "a?%s$1"]

    def work() -> list[Any]:
        database.insert_many("things", ("name", "number"), [(name, number) for number, name in enumerate(names)])
        found = [database.read("SELECT number FROM things WHERE name = ?", (name,)) for name in names]
        return [
            found,
            database.read("SELECT name FROM things ORDER BY name"),
            database.read("SELECT 1 FROM things WHERE name = ?", ("\0",)),
        ]

    found, ordered, none = wait(lambda: database.run(work, write=True))

    assert found == [[(number,)] for number in range(len(names))]
    assert [name for (name,) in ordered] == sorted(names)
    assert none == []


def test_many_rows(database: PostgresqlDatabase) -> None:
    def work() -> None:
        database.insert_many("things", ("name", "number"), ((f"{number}", number) for number in range(20_001)))

    wait(lambda: database.run(work, write=True))

    assert database.run_now(lambda: database.read("SELECT count(*) FROM things")) == [(20_001,)]


def test_ten_that_start_at_once_make_the_tables_once(postgres_url: str) -> None:
    def start(number: int) -> str:
        database = PostgresqlDatabase(postgres_url, 1)
        schema.migrate(database)
        value = database.run_now(lambda: schema.instance_value(database, "seed", f"{number}"), write=True)
        database.close()
        return value

    with ThreadPoolExecutor(10) as starters:
        assert len(set(starters.map(start, range(10)))) == 1


def test_a_user_who_may_not_make_schemas(postgres_url: str, database: PostgresqlDatabase) -> None:
    schema.migrate(database)
    role = conninfo_to_dict(postgres_url)["dbname"]  # as unique as its name
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'pw'".encode())
        connection.execute(f"GRANT USAGE ON SCHEMA postfuze_mock TO {role}".encode())
        connection.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA postfuze_mock TO {role}".encode())
        parts = conninfo_to_dict(postgres_url)
        limited = PostgresqlDatabase(f"postgresql://{role}:pw@127.0.0.1:{parts['port']}/{parts['dbname']}", 1)
        try:
            limited.run_now(lambda: Heads(limited).add("world", 1), write=True)
        finally:
            limited.close()
            connection.execute(f"DROP OWNED BY {role}; DROP ROLE {role}".encode())


def test_a_database_that_cannot_be_used(postgres_url: str) -> None:
    parts = conninfo_to_dict(postgres_url)
    wrong = postgres_url.replace(str(parts["password"]), "s3cr3t%2Fword")
    with pytest.raises(EngineError, match="password authentication failed") as raised:
        PostgresqlDatabase(wrong)
    assert "s3cr3t" not in str(raised.value)
    assert "\n" not in str(raised.value)

    with pytest.raises(EngineError, match="Connection refused") as raised:
        PostgresqlDatabase("postgresql://user:s3cr3t@127.0.0.1:1/name")
    assert "s3cr3t" not in str(raised.value)

    with pytest.raises(EngineError, match="not named as libpq names one") as raised:
        PostgresqlDatabase("postgresql://user:s3cr3t@127.0.0.1/name?pasword=s3cr3t")
    assert "s3cr3t" not in str(raised.value)


def test_a_database_without_unicode(postgres_url: str) -> None:
    name = f"{conninfo_to_dict(postgres_url)['dbname']}_latin"
    create = f"CREATE DATABASE {name} ENCODING 'LATIN1' LOCALE 'C' LOCALE_PROVIDER libc TEMPLATE template0"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(create.encode())
        try:
            with pytest.raises(EngineError, match="the database has the encoding LATIN1; one with UTF8 is needed"):
                PostgresqlDatabase(postgres_url.rpartition("/")[0] + f"/{name}")
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def blocked(connection: psycopg.Connection[Any]) -> bool:
    """Whether somebody waits for a lock in this database."""
    sql = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    return connection.execute(sql).fetchone() is not None


def test_use_is_noted_without_a_lock_that_others_wait_for(database: PostgresqlDatabase) -> None:
    schema.migrate(database)
    heads = Heads(database)

    def note() -> list[str]:
        heads.version("changing")
        with ThreadPoolExecutor(1) as other:
            touch = partial(heads.touch, ["changing", "unused", "used"], 5, 5)
            return other.submit(database.run_now, touch, write=True).result()

    for name, at in (("changing", 1), ("unused", 1), ("used", 9)):
        database.run_now(partial(heads.add, name, at), write=True)
    locked = database.run_now(note, write=True)
    used = database.run_now(lambda: database.read("SELECT name, used_at FROM worlds ORDER BY name"))

    assert locked == ["changing"]
    assert used == [("changing", 1), ("unused", 5), ("used", 9)]


def test_inboxes_are_emptied_at_once_without_a_deadlock(postgres_url: str, database: PostgresqlDatabase) -> None:
    schema.migrate(database)
    inboxes, attempts = SqlInboxes(database), []

    def add() -> None:
        inboxes.add("a", 1, lambda number: InboxRow(number, str(number), 1, None, None, b"{}", b""), Bounds(9, 9, 9))

    def clear() -> int:
        attempts.append("one")
        return inboxes.clear("a")

    def clear_all() -> Future[int]:
        attempts.append("all")
        database.write("SELECT 1 FROM inbox_totals FOR UPDATE")
        clearing = others.submit(database.run_now, clear, write=True)
        until(lambda: blocked(connection), "the other transaction waits")
        inboxes.clear_all()
        return clearing

    database.run_now(add, write=True)
    with ThreadPoolExecutor(1) as others, psycopg.connect(postgres_url, autocommit=True) as connection:
        clearing = database.run_now(clear_all, write=True)
        assert clearing.result() == 0

    assert attempts == ["all", "one"]
    assert database.run_now(inboxes.totals) == (1, 0)
