"""The engines whose stores are tested, and how a test uses one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol, cast

from postfuze_mock.records import Row
from postfuze_mock.state.memory.store import MemoryStore
from postfuze_mock.state.sql.database import Database
from postfuze_mock.state.sql.heads import Head, Heads
from postfuze_mock.state.sql.schema import migrate
from postfuze_mock.state.sql.store import SqlStore
from postfuze_mock.state.sqlite import SqliteDatabase
from postfuze_mock.state.store import Store


class Engine(Protocol):
    """An engine with worlds. Each call of a store is a transaction of its own."""

    name: str

    def store(self, world: str = "acme") -> Store:
        """The store of a world."""

    def seen_by_another(self, world: str = "acme") -> Store:
        """The store of a world as another process sees it."""

    def restart(self) -> None:
        """Close the engine and open it again; one that keeps nothing stays as it is."""

    def close(self) -> None:
        """Free what it holds."""


class MemoryEngine:
    """The engine of this process: no other one sees its worlds."""

    name = "memory"

    def __init__(self) -> None:
        self._stores: dict[str, MemoryStore] = {}

    def store(self, world: str = "acme") -> Store:
        return self._stores.setdefault(world, MemoryStore())

    seen_by_another = store

    def restart(self) -> None:
        pass

    def close(self) -> None:
        self._stores.clear()


class SqlEngine:
    """An engine that speaks SQL, used as two processes would: through two databases that `connect` opens."""

    def __init__(self, connect: Callable[[], Database]) -> None:
        self._connect = connect
        self._databases: list[Database] = []
        self.name = "sql"
        #: What each world was loaded with on demand: a process gets it from the world's origin.
        self._first: dict[str, Callable[[], Iterable[Row]]] = {}
        self.restart()

    def store(self, world: str = "acme") -> Store:
        return cast(Store, _Transactions(lambda: self._databases[0], world, self._first))

    def seen_by_another(self, world: str = "acme") -> Store:
        return cast(Store, _Transactions(lambda: self._databases[1], world, self._first))

    def restart(self) -> None:
        self.close()
        self._databases = [self._connect(), self._connect()]
        for database in self._databases:
            migrate(database)
        self.name = self._databases[0].name

    def close(self) -> None:
        for database in self._databases:
            database.close()


def sqlite(folder: Path) -> SqlEngine:
    """The engine in a file in `folder`."""
    return SqlEngine(lambda: SqliteDatabase(folder / "worlds.db"))


def postgresql(url: str) -> SqlEngine:
    """The engine in the database at `url`."""
    from postfuze_mock.state.postgresql.database import PostgresqlDatabase  # imports psycopg, which few tests need

    return SqlEngine(lambda: PostgresqlDatabase(url, 2))


class _Transactions:
    """A store, each of whose calls is a transaction that loads the world, calls it and stores it."""

    def __init__(
        self, database: Callable[[], Database], world: str, first: dict[str, Callable[[], Iterable[Row]]]
    ) -> None:
        self._database = database
        self._world = world
        self._first = first

    def __getattr__(self, method: str) -> Callable[..., Any]:
        database = self._database()
        return lambda *arguments: database.run_now(lambda: self._call(database, method, arguments))

    def _call(self, database: Database, method: str, arguments: tuple[Any, ...]) -> Any:
        heads = Heads(database)
        store = SqlStore(database, self._head(heads))
        store.read_from(self._first.get(self._world, tuple))
        result = getattr(store, method)(*arguments)
        if isinstance(result, Iterator):
            result = iter(list(result))
        if store.head.is_changed:
            heads.save(store.head)
        if method == "load_on_demand":
            self._first[self._world] = arguments[0]
        return result

    def _head(self, heads: Heads) -> Head:
        heads.version(self._world)  # locks it
        head = heads.get(self._world) or heads.add(self._world, 0)
        assert head is not None
        return head
