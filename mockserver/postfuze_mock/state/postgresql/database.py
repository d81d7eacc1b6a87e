"""The engine in PostgreSQL, for the processes of many machines.

A call's work runs on a worker thread, in one transaction, on a connection of a pool. Writers lock the row of each world
that they use, so those of one world take turns; readers see the database as it was when they began.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout

from postfuze_mock.state.engine import Pool, Unavailable
from postfuze_mock.state.postgresql.connection import CommitUnknown, Connection, Lost, Pooled
from postfuze_mock.state.postgresql.server import LOCK, connection_parameters, make_schema
from postfuze_mock.state.postgresql.task import Call, Task
from postfuze_mock.state.sql.database import MAX_RETRIES, Conflict, Database, Dialect, WriteNeeded, away

logger = logging.getLogger(__name__)
logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)  # it would tell each attempt to connect

T = TypeVar("T")

#: Not that of the module, which belongs to whoever runs the server in a process of theirs.
_JITTER: Final = random.Random()
#: Seconds, at most, before the first time that work is done again; twice as many before each other.
_PAUSE: Final = 0.01


class PostgresqlDatabase(Database):
    """The database of `dsn`, in a schema of its own, with at most `pool_size` connections. Raises EngineError (one
    sentence) if it cannot be used."""

    name = "postgresql"
    errors = psycopg.Error
    dialect = Dialect(
        blob="BYTEA",
        key='TEXT COLLATE "C"',
        number="BIGINT",
        serial="BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
        flag="BOOLEAN",
        unlogged="UNLOGGED",
        for_update=" FOR UPDATE",
    )

    def __init__(self, dsn: str, pool_size: int = 10) -> None:
        super().__init__()
        parameters = connection_parameters(dsn)
        make_schema(parameters)
        self._is_away = False
        self._pool = ConnectionPool(
            connection_class=Pooled,
            kwargs=parameters,
            configure=Pooled.prepare,
            min_size=1,
            max_size=pool_size,
            reconnect_timeout=0.3,
            open=True,
        )
        self._threads = ThreadPoolExecutor(pool_size, "postgresql")

    async def run(self, work: Callable[[], T], *, write: bool = False) -> T:
        call = Call(work, write)
        self._threads.submit(self._serve, call)
        return await call.result()

    def run_now(self, work: Callable[[], T], *, write: bool = False) -> T:
        task = Task(work, write)
        self._complete(task)
        assert task.outcome is not None
        return task.outcome.result()

    @property
    def pool(self) -> Pool:
        facts = self._pool.get_stats()
        return Pool(facts["pool_size"], facts["pool_available"], facts["requests_waiting"])

    def lock_schema(self) -> None:
        self.write("SELECT set_config('lock_timeout', '0', true), set_config('statement_timeout', '0', true)")
        self.write("SELECT pg_advisory_xact_lock(?)", (LOCK,))

    def insert_many(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        connection = self._writer()
        assert isinstance(connection, Connection)
        connection.copy_in(table, columns, rows)

    def close(self) -> None:
        self._threads.shutdown()
        self._pool.close()

    def _serve(self, call: Call[T]) -> None:
        """Complete a call, on a worker thread."""
        if not call.claim():
            return
        if not self._is_away:
            call.wait_again()  # it was busy until now
        try:
            self._complete(call)
        except CommitUnknown as error:
            call.fail(away(error, "Whether the call changed anything is not known."))
        except Unavailable as error:
            call.fail(away(error))
        except BaseException as error:  # noqa: BLE001 - it is what the call raises
            call.fail(error)

    def _complete(self, task: Task[T]) -> None:
        """Do the task in a transaction, as often as it takes. Raises Unavailable, and what its work raises."""
        conflicts = 0
        while True:
            try:
                return self._attempt_in(task)
            except WriteNeeded:
                task.write = True
                task.wait_again()
            except Lost as error:
                if not task.remaining():
                    raise self._gone() from error
            except Conflict as error:
                conflicts += 1
                if conflicts > MAX_RETRIES:
                    raise Unavailable("Other calls keep changing what this one needs.") from error
                time.sleep(_JITTER.uniform(0, _PAUSE * 2**conflicts))
                task.wait_again()

    def _attempt_in(self, task: Task[T]) -> None:
        """Do the task in one transaction. Raises what keeps it from being done, with nothing changed."""
        with self._connection(task) as connection:
            connection.begin(task.remaining(), is_writer=task.write)
            try:
                outcome = self._attempt(connection, task.work, is_writer=task.write)
                if task.write:
                    connection.commit()
            except BaseException:
                connection.rollback()
                raise
            task.settle(outcome)
            if not task.write:
                connection.rollback()  # nobody needs to wait for it

    @contextmanager
    def _connection(self, task: Task[Any]) -> Iterator[Connection]:
        """A connection of the pool, which is replaced if it turns out to be lost."""
        try:
            pooled = self._pool.getconn(task.remaining())
        except PoolTimeout:
            raise self._gone() from None
        task.connection = pooled.ours
        try:
            yield pooled.ours
        except (Lost, Unavailable):
            pooled.close()
            raise
        else:
            self._note(is_away=False)
        finally:
            task.connection = None
            if pooled.closed:
                pooled.close()  # frees the rest of one that was lost
            self._pool.putconn(pooled)

    def _gone(self) -> Unavailable:
        self._note(is_away=True)
        return Unavailable("PostgreSQL does not answer.")

    def _note(self, *, is_away: bool) -> None:
        """Log it, if the server went away or came back."""
        if is_away != self._is_away:
            self._is_away = is_away
            if is_away:
                logger.warning("PostgreSQL does not answer; calls get 503 until it does.")
            else:
                logger.warning("PostgreSQL answers again.")
