"""Opens the engine that `--state` names. The modules of one that is not used are not imported."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from postfuze_mock import state_url
from postfuze_mock.settings import InvalidSettingError, Settings
from postfuze_mock.state.engine import Engine, EngineError
from postfuze_mock.state.memory_engine import MemoryEngine
from postfuze_mock.state.store import Store
from postfuze_mock.state_url import StateUrl
from postfuze_mock.worlds.arrivals import Arrivals
from postfuze_mock.worlds.local import LocalWorlds
from postfuze_mock.worlds.origins import Origins
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.tokens import LocalTokens, Tokens
from postfuze_mock.worlds.webhooks.inboxes import TOPIC as INBOX
from postfuze_mock.worlds.webhooks.inboxes import Inboxes
from postfuze_mock.worlds.webhooks.memory_inboxes import MemoryInboxes
from postfuze_mock.worlds.webhooks.memory_outbox import MemoryOutbox
from postfuze_mock.worlds.webhooks.outbox import Outbox
from postfuze_mock.worlds.world import EVENTS

if TYPE_CHECKING:
    from postfuze_mock.state.sql.database import Database


class Opened(NamedTuple):
    """An engine, and what is in it: what finds the worlds of session tokens and of link states, the registry of so many
    worlds, the outbox of the world with a store, and the inboxes of a server at a URL, or the reason why it has none.
    `arrivals` tells what came there."""

    engine: Engine
    tokens: Tokens
    states: Tokens
    arrivals: Arrivals
    worlds: Callable[[Origins, int], Worlds]
    new_outbox: Callable[[Store], Outbox]
    inboxes: Callable[[str, str | None], Inboxes]


def open_engine(settings: Settings, reserved: Callable[[], Mapping[str, str]]) -> Opened:
    """The engine of `settings`; `reserved` returns the session tokens that files name, with their worlds. Raises
    InvalidSettingError if it cannot be used."""
    place = state_url.parse(settings.state)
    if not place.is_shared:
        return _local(reserved)
    try:
        return _shared(_database(place), reserved)
    except EngineError as error:
        raise InvalidSettingError("state", f"cannot be used: {error}") from error


def _local(reserved: Callable[[], Mapping[str, str]]) -> Opened:
    engine, arrivals = MemoryEngine(), Arrivals()
    return Opened(
        engine,
        LocalTokens(reserved),
        LocalTokens(),
        arrivals,
        partial(LocalWorlds, engine),
        lambda _: MemoryOutbox(),
        partial(MemoryInboxes, arrivals=arrivals),
    )


def _shared(database: Database, reserved: Callable[[], Mapping[str, str]]) -> Opened:
    from postfuze_mock.state.sql import schema
    from postfuze_mock.state.sql.heads import Heads
    from postfuze_mock.state.sql.inboxes import SqlInboxes
    from postfuze_mock.state.sql.tokens import SqlTokens
    from postfuze_mock.worlds.shared import SharedWorlds
    from postfuze_mock.worlds.shared_arrivals import SharedArrivals
    from postfuze_mock.worlds.webhooks.shared_inboxes import SharedInboxes

    schema.migrate(database)
    entries = SqlInboxes(database)
    arrivals = SharedArrivals(database, {EVENTS: Heads(database).versions, INBOX: entries.latest})
    return Opened(
        database,
        SqlTokens(database, "session", reserved),
        SqlTokens(database, "state"),
        arrivals,
        partial(SharedWorlds, database),
        partial(_shared_outbox, database),
        partial(SharedInboxes, arrivals=arrivals, rows=entries, after_commit=database.after_commit),
    )


def _shared_outbox(database: Database, store: Store) -> Outbox:
    from postfuze_mock.state.sql.deliveries import SqlDeliveries
    from postfuze_mock.state.sql.queues import SqlQueues
    from postfuze_mock.state.sql.store import SqlStore
    from postfuze_mock.worlds.webhooks.shared_outbox import SharedOutbox

    assert isinstance(store, SqlStore)
    return SharedOutbox(SqlDeliveries(database, store.head), SqlQueues(database, store.head))


def _database(place: StateUrl) -> Database:
    if place.path is not None:
        from postfuze_mock.state.sqlite import SqliteDatabase

        return SqliteDatabase(place.path)
    raise EngineError(f"{place.engine} is not there yet")
