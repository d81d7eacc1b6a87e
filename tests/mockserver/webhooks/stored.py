"""Outboxes and inboxes of each engine, each call of which is a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from postfuze_mock import state_url
from postfuze_mock.domain.webhooks import Delivery
from postfuze_mock.state.sql import schema
from postfuze_mock.state.sql.database import Database
from postfuze_mock.state.sql.deliveries import SqlDeliveries
from postfuze_mock.state.sql.heads import Head, Heads
from postfuze_mock.state.sql.inboxes import SqlInboxes
from postfuze_mock.state.sql.queues import SqlQueues
from postfuze_mock.state.sqlite import SqliteDatabase
from postfuze_mock.worlds.arrivals import Arrivals
from postfuze_mock.worlds.webhooks.inboxes import Inboxes
from postfuze_mock.worlds.webhooks.memory_inboxes import MemoryInboxes
from postfuze_mock.worlds.webhooks.memory_outbox import MemoryOutbox
from postfuze_mock.worlds.webhooks.outbox import Outbox
from postfuze_mock.worlds.webhooks.shared_inboxes import SharedInboxes
from postfuze_mock.worlds.webhooks.shared_outbox import SharedOutbox

#: None stands for the memory of this process.
Place = Database | None
URL = "http://127.0.0.1:8080"


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """The database of a state URL."""
    place = state_url.parse(url)
    if place.path is not None:
        database: Database = SqliteDatabase(place.path)
    else:
        from postfuze_mock.state.postgresql.database import PostgresqlDatabase  # imports psycopg, which few tests need

        database = PostgresqlDatabase(url, 4)
    try:
        yield database
    finally:
        database.close()


class _Transacting:
    """What `make` makes anew in each transaction, in which one of its methods is called."""

    def __init__(self, database: Database, make: Callable[[], Any]) -> None:
        self._database = database
        self._make = make

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            return self._database.run_now(lambda: _used_up(getattr(self._make(), name)(*arguments, **named)))

        return call


def _used_up(value: Any) -> Any:
    return list(value) if isinstance(value, Iterator) else value


def outbox(place: Place, world: str = "acme") -> Outbox:
    """An outbox that is empty."""
    if place is None:
        return MemoryOutbox()
    database = place
    schema.migrate(database)
    database.run_now(lambda: Heads(database).add(world, 0), write=True)
    return cast(Outbox, _Transacting(database, lambda: SharedOutbox(*world_rows(database, world))))


def world_rows(database: Database, world: str) -> tuple[SqlDeliveries, SqlQueues]:
    """The deliveries of a world in this transaction, at whose end they are stored, and its queues."""
    heads = Heads(database)
    head = heads.get(world)
    assert head is not None
    database.current.before_commit.append(lambda: _save(heads, head))
    return SqlDeliveries(database, head), SqlQueues(database, head)


def _save(heads: Heads, head: Head) -> None:
    if head.is_changed:
        heads.save(head)


def inboxes(place: Place, url: str = URL, arrivals: Arrivals | None = None) -> Inboxes:
    """The inboxes of a server, which are empty."""
    arrivals = Arrivals() if arrivals is None else arrivals
    if place is None:
        return MemoryInboxes(url, None, arrivals)
    schema.migrate(place)
    shared = SharedInboxes(url, None, arrivals, SqlInboxes(place), place.after_commit)
    return cast(Inboxes, _Transacting(place, lambda: shared))


def taken(outbox: Outbox, url: str, now: int) -> Delivery:
    """The next due delivery to `url`, which there must be."""
    delivery = outbox.take(url, now)
    assert delivery is not None
    return delivery


def ids(deliveries: Iterable[Delivery]) -> list[str]:
    return [delivery.event_id for delivery in deliveries]
