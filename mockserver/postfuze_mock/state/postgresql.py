"""The engine in PostgreSQL, for the processes of many machines.

A call's work runs on a worker thread, in one transaction, on a connection of a pool. Writers lock the row of each world
that they use, so those of one world take turns; readers see the database as it was when they began.
"""

from __future__ import annotations

import asyncio
import logging
import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar
from urllib.parse import quote

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import ConnectionPool, PoolTimeout

from postfuze_mock.problems import Problem
from postfuze_mock.state.engine import EngineError, Unavailable
from postfuze_mock.state.postgresql_connection import SCHEMA, CommitUnknown, Connection, Lost
from postfuze_mock.state.sql.database import MAX_RETRIES, Conflict, Database, Dialect, Outcome, WriteNeeded, away

logger = logging.getLogger(__name__)
# It tells each attempt to connect, with what libpq says.
logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)

T = TypeVar("T")

OLDEST_VERSION: Final = 15
#: Seconds that a call waits for a connection, also for one in place of a lost one; that the start waits for others that
#: are making the tables; between two looks at a call that takes long.
_MAX_WAIT: Final = 0.8
_MAX_WAIT_AT_START: Final = 30.0
_WATCH_INTERVAL: Final = 0.5
#: What libpq is told, unless the DSN says otherwise. A host that is gone is noticed within a second or two.
_DEFAULTS: Final = {
    "application_name": "postfuze-mock",
    "connect_timeout": "2",
    "tcp_user_timeout": "900",
    "keepalives_idle": "1",
    "keepalives_interval": "1",
    "keepalives_count": "2",
}
_LOCK: Final = int.from_bytes(b"postfuze", "big")  # the advisory lock of who makes the tables


@dataclass(eq=False)
class _Call(Generic[T]):
    """A call that waits for a worker thread, or has one, and its result on the event loop."""

    work: Callable[[], T]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[T]
    connection: Connection | None = None
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def claim(self) -> bool:
        """Whether the caller is the first to claim the call: a thread that serves it, or who gives it up."""
        return self._turn.acquire(blocking=False)

    def settle(self, result: Callable[[], T]) -> None:
        """Let `result` be called on the event loop; what it returns or raises is the call's. Any thread may call this."""
        with suppress(RuntimeError):  # the loop was closed
            self.loop.call_soon_threadsafe(self._settle, result)

    def _settle(self, result: Callable[[], T]) -> None:
        try:
            value = result()
        except Exception as error:  # noqa: BLE001 - it is the result
            if not self.future.done():
                self.future.set_exception(error)
        else:
            if not self.future.done():
                self.future.set_result(value)

    def watch(self) -> None:
        """Give up what waits too long: for a thread, or for the server."""
        if self.claim():
            self._settle(_raising(away("All connections to the database are busy.")))
        if self.connection is not None:
            self.connection.drop_if_late()
        if not self.future.done():
            self.loop.call_later(_WATCH_INTERVAL, self.watch)


class PostgresqlDatabase(Database):
    """The database of `dsn`, in the schema `postfuze_mock`, with at most `pool_size` connections. Raises EngineError (one
    sentence) if it cannot be used."""

    name = "postgresql"
    dialect = Dialect(
        "BYTEA",
        'TEXT COLLATE "C"',
        "BIGINT",
        "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
        "UNLOGGED",
        " FOR UPDATE",
    )

    def __init__(self, dsn: str, pool_size: int = 10) -> None:
        super().__init__()
        self._parameters = _parameters(dsn)
        self._is_away = False
        self._make_schema()
        self._pool = ConnectionPool(
            connection_class=Connection,
            kwargs=self._parameters,
            configure=Connection.prepare,
            min_size=1,
            max_size=pool_size,
            reconnect_timeout=0.3,
            name="postgresql",
            open=True,
        )
        self._threads = ThreadPoolExecutor(pool_size, "postgresql")

    async def run(self, work: Callable[[], T], *, write: bool = False) -> T:
        loop = asyncio.get_running_loop()
        call = _Call(work, loop, loop.create_future())
        self._threads.submit(self._serve, call, write, time.monotonic() + _MAX_WAIT)
        watch = loop.call_later(_MAX_WAIT, call.watch)
        try:
            return await call.future
        finally:
            watch.cancel()

    def run_now(self, work: Callable[[], T], *, write: bool = False) -> T:
        outcomes: list[Outcome[T]] = []
        self._complete(work, write, outcomes.append, _Limit())
        return outcomes[0].result()

    def lock_schema(self) -> None:
        self.write("SELECT set_config('lock_timeout', '0', true), set_config('statement_timeout', '0', true)")
        self.write("SELECT pg_advisory_xact_lock(?)", (_LOCK,))

    def insert_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        match = _INSERT.fullmatch(sql)
        connection = self.current.connection
        if match is None or not isinstance(connection, Connection):
            raise ValueError(f"Not a plain INSERT: {sql}")
        self.demand_writer()
        connection.copy_in(match["table"], match["columns"], rows)

    def close(self) -> None:
        self._threads.shutdown()
        self._pool.close(timeout=_MAX_WAIT)

    def _serve(self, call: _Call[T], write: bool, limit: _Limit) -> None:
        """Serve a call, on a worker thread."""
        if not call.claim():
            return
        try:
            self._complete(call.work, write, lambda outcome: call.settle(outcome.result), limit)
        except Unavailable as error:
            call.settle(_raising(away(error)))
        except BaseException as error:  # noqa: BLE001 - it is the result
            call.settle(_raising(error))
