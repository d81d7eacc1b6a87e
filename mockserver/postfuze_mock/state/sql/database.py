"""Transactions of the engines that speak SQL.

Statements have `?` for parameters, and are plain SQL that both engines understand; what differs is in `Dialect`.
"""

from __future__ import annotations

import abc
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Generic, NamedTuple, Protocol, TypeVar

from postfuze_mock.problems import ENGINE_UNAVAILABLE, Problem
from postfuze_mock.state.engine import Pool

T = TypeVar("T")
Row = tuple[Any, ...]

#: How often work is called again because others interfered.
MAX_RETRIES: Final = 3


class Dialect(NamedTuple):
    """What the engines call differently: the types of bytes, of a text that is compared byte by byte, of a number of 64
    bits, of one that counts by itself and of a truth value; tables that a crash of the machine may empty; locks on the
    rows that a query finds."""

    blob: str
    key: str
    number: str
    serial: str
    flag: str
    unlogged: str
    for_update: str


class WriteNeeded(Exception):
    """A transaction that was begun for reading has to write: its work is called again in one that may."""


class Conflict(Exception):
    """Another transaction interfered, so that the work must be called again."""


class Connection(Protocol):
    """One connection, in a transaction."""

    def query(self, sql: str, parameters: Sequence[Any]) -> list[Row]:
        """The rows that a statement returns. Raises Conflict or Unavailable."""

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Execute a statement for each of `rows`. Raises Conflict or Unavailable."""


@dataclass(slots=True)
class Transaction:
    """A transaction of one thread. `held` is what it uses alone, by name; `before_commit` is called before its end, and
    `after_commit` after it, in order."""

    connection: Connection
    is_writer: bool
    held: dict[str, Any] = field(default_factory=dict)
    before_commit: list[Callable[[], None]] = field(default_factory=list)
    after_commit: list[Callable[[], None]] = field(default_factory=list)


class _Local(threading.local):
    """What differs between threads."""

    transaction: Transaction | None = None


class Outcome(Generic[T]):
    """What work came to: `value`, or the `problem` that it raised; `after_commit` is to be called after the commit."""

    def __init__(self, work: Callable[[], T], transaction: Transaction) -> None:
        self.after_commit = transaction.after_commit
        self.problem: Problem | None = None
        try:
            self.value = work()
        except Problem as problem:
            self.problem = problem

    def result(self) -> T:
        """The value, after the functions of `after_commit` were called. Raises the problem, if there is one."""
        for function in self.after_commit:
            function()
        if self.problem is not None:
            raise self.problem
        return self.value


def away(reason: object, effect: str = "The call changed nothing; try again.") -> Problem:
    """The problem of a call that the engine does not serve now; `reason` is a sentence without credentials."""
    detail = f"{reason} {effect}"
    return Problem(503, detail, rule="mock.engine", code=ENGINE_UNAVAILABLE, headers={"Retry-After": "1"})


class Database(abc.ABC):
    """An engine that speaks SQL, see `state.engine.Engine`."""

    name: ClassVar[str]
    dialect: ClassVar[Dialect]
    errors: ClassVar[type[Exception]]  # what its driver raises for a statement that it cannot execute
    is_shared: Final = True

    def __init__(self) -> None:
        self._local = _Local()

    @abc.abstractmethod
    async def run(self, work: Callable[[], T], *, write: bool = False) -> T:
        """As `Engine.run`."""

    @abc.abstractmethod
    def run_now(self, work: Callable[[], T], *, write: bool = False) -> T:
        """As `run`, on this thread and without an event loop: at the start, and in tests."""

    @abc.abstractmethod
    def lock_schema(self) -> None:
        """Let no other process change the tables until the end of this transaction."""

    @abc.abstractmethod
    def close(self) -> None:
        """Close all connections."""

    async def start(self) -> None:  # noqa: B027 - not abstract
        """The server starts, see `Service` in http/server/lifespan.py; all connections are made when they are used."""

    async def stop(self) -> None:
        """The server has stopped: close all connections."""
        self.close()

    @property
    def current(self) -> Transaction:
        """The transaction of this thread. Raises RuntimeError if there is none, which is a defect of the caller."""
        transaction = self._local.transaction
        if transaction is None:
            raise RuntimeError("The state of a shared engine was used outside of a transaction.")
        return transaction

    @property
    def is_in_transaction(self) -> bool:
        """Whether this thread has a transaction."""
        return self._local.transaction is not None

    @property
    def pool(self) -> Pool | None:
        """As `Engine.pool`."""
        return None

    def latency(self) -> float:
        """As `Engine.latency`."""
        before = time.perf_counter()
        self.read("SELECT 1")
        return time.perf_counter() - before

    def read(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """The rows that a query finds."""
        return self.current.connection.query(sql, parameters)

    def write(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """Change something; the rows of RETURNING, if the statement has that."""
        return self._writer().query(sql, parameters)

    def write_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Execute a statement that returns nothing for each of `rows`."""
        self._writer().many(sql, rows)

    def insert_many(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Add many `rows` to a table."""
        places = ", ".join("?" * len(columns))
        self.write_many(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows)

    def demand_writer(self) -> None:
        """Raises WriteNeeded in a transaction that was begun for reading."""
        self._writer()

    def after_commit(self, function: Callable[[], None]) -> None:
        """As `Engine.after_commit`."""
        if self.is_in_transaction:
            self.current.after_commit.append(function)
        else:
            function()

    def _writer(self) -> Connection:
        transaction = self.current
        if not transaction.is_writer:
            raise WriteNeeded
        return transaction.connection

    def _attempt(self, connection: Connection, work: Callable[[], T], *, is_writer: bool) -> Outcome[T]:
        """Call `work` in a transaction that was begun on `connection`. If this returns, it is to be committed, and then
        the functions of the outcome to be called; if it raises, to be rolled back."""
        transaction = self._local.transaction = Transaction(connection, is_writer)
        try:
            outcome = Outcome(work, transaction)
            for function in transaction.before_commit:
                function()
            return outcome
        finally:
            self._local.transaction = None
