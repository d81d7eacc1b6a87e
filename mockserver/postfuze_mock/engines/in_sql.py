"""An engine that speaks SQL, which processes can share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from postfuze_mock.engines.opened import Opened
from postfuze_mock.state.sql import schema
from postfuze_mock.state.sql.calls import SqlCalls
from postfuze_mock.state.sql.coverage import SqlCoverage
from postfuze_mock.state.sql.database import Database
from postfuze_mock.state.sql.deliveries import SqlDeliveries
from postfuze_mock.state.sql.heads import Heads
from postfuze_mock.state.sql.inboxes import SqlInboxes
from postfuze_mock.state.sql.processes import Processes
from postfuze_mock.state.sql.queues import SqlClaims, SqlQueues
from postfuze_mock.state.sql.store import SqlStore
from postfuze_mock.state.sql.tokens import SqlTokens
from postfuze_mock.state.store import Store
from postfuze_mock.webhooks.shared_deliverer import SharedDeliverer
from postfuze_mock.worlds.journal.journal import MAX_ENTRIES
from postfuze_mock.worlds.journal.recorder import Recorder
from postfuze_mock.worlds.journal.shared_journal import SharedJournals
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.shared_arrivals import SharedArrivals
from postfuze_mock.worlds.shared_coverage import SharedCoverage
from postfuze_mock.worlds.shared_idle import SharedIdle
from postfuze_mock.worlds.shared_worlds import SharedWorlds
from postfuze_mock.worlds.webhooks.inboxes import TOPIC as INBOX
from postfuze_mock.worlds.webhooks.outbox import Outbox
from postfuze_mock.worlds.webhooks.shared_inboxes import SharedInboxes
from postfuze_mock.worlds.webhooks.shared_outbox import SharedOutbox
from postfuze_mock.worlds.world import EVENTS

#: How many calls the journals of all worlds store together: so many, or so many for each world that there may be.
MIN_CALLS: Final = 100_000
CALLS_PER_WORLD: Final = 100


def in_sql(database: Database, reserved: Callable[[], Mapping[str, str]], max_worlds: int) -> Opened:
    """The engine in `database`, whose tables are made if need be; `reserved` returns the session tokens that files
    name, with their worlds, and there are `max_worlds` at most. Raises EngineError if it cannot be used."""
    schema.migrate(database)
    journals = SharedJournals(SqlCalls(database, MAX_ENTRIES, max(MIN_CALLS, CALLS_PER_WORLD * max_worlds)))
    coverage = SharedCoverage(database, SqlCoverage(database))
    entries = SqlInboxes(database)
    arrivals = SharedArrivals(database, {EVENTS: Heads(database).versions, INBOX: entries.latest})
    return Opened(
        engine=database,
        tokens=SqlTokens(database, "session", reserved),
        states=SqlTokens(database, "state"),
        arrivals=arrivals,
        journals=journals,
        coverage=coverage,
        recorder=Recorder(database, Processes(database), journals, coverage),
        worlds=partial(SharedWorlds, database, journals),
        new_outbox=partial(_outbox, database),
        inboxes=partial(SharedInboxes, arrivals=arrivals, rows=entries, after_commit=database.after_commit),
    )


def deliverer(worlds: Worlds) -> SharedDeliverer:
    """What delivers the events of `worlds`, in turn with other processes."""
    assert isinstance(worlds.engine, Database)
    return SharedDeliverer(worlds, SqlClaims(worlds.engine))


def idle(worlds: Worlds, seconds: float) -> SharedIdle:
    """What lets worlds go that nobody used for `seconds`."""
    assert isinstance(worlds, SharedWorlds)
    return SharedIdle(worlds, seconds)


def _outbox(database: Database, store: Store) -> Outbox:
    assert isinstance(store, SqlStore)
    return SharedOutbox(SqlDeliveries(database, store.head), SqlQueues(database, store.head))
