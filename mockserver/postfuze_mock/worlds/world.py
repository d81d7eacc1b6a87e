"""A world: one organization with its own data, clock, limits and events. What few calls need is made when it is used.

Two functions replace its whole state: `making.build` and `persistence.world_state.restore`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from postfuze_fixtures import generator
from postfuze_fixtures.timestamps import iso
from postfuze_fixtures.world_file import WorldFile
from postfuze_mock.domain.choices import Choices
from postfuze_mock.domain.clock import Clock, Setting
from postfuze_mock.domain.destinations import Allowed
from postfuze_mock.domain.faults.faults import Faults
from postfuze_mock.domain.limits import Bucket, Buckets
from postfuze_mock.domain.pagination import Cursors
from postfuze_mock.domain.webhooks import Delivery, Webhook
from postfuze_mock.state.store import Store
from postfuze_mock.worlds.arrivals import Arrivals
from postfuze_mock.worlds.coverage import Coverage
from postfuze_mock.worlds.journal.journal import Journals, JournalSettings
from postfuze_mock.worlds.signal import Signal
from postfuze_mock.worlds.tokens import Tokens
from postfuze_mock.worlds.webhooks import posting
from postfuze_mock.worlds.webhooks.inboxes import Inboxes
from postfuze_mock.worlds.webhooks.outbox import MAX_EVENTS, Outbox

if TYPE_CHECKING:
    from postfuze_mock.worlds.journal.recorder import Recorder  # not used in memory

_MADE_ON_USE: Final = ("networks", "cursors", "buckets", "outbox")
_FIRST_JOURNAL: Final = JournalSettings()
#: The kind of the topic that a reader of a world's events waits for.
EVENTS: Final = "events"


@dataclass(frozen=True, slots=True)
class Origin:
    """What a world is built from. `start` is the instant (ms) that its generated times are relative to; `clock` is how
    its clock starts."""

    seed: int
    file: WorldFile
    choices: Choices
    start: int
    clock: Setting


@dataclass(frozen=True)
class ServerContext:
    """What all worlds of a server share.

    `tokens` and `states` find the world of a session token, or of the `state` of an auth URL. `redirects` are the hosts
    that browsers may be sent to; `webhook_allow` are those that webhooks may be sent to; `webhook` is the one that
    every world has. `due` signals to the deliverer that something may be due; `loading` signals to the registry that
    the first rows of a world are being loaded; `arrivals` tells of events; `new_outbox` makes the outbox of the world
    with that store. With `strict_keys`, a name opens no world that the world file lists no key for; no
    world has more than `max_accounts`. `journals` record
    their calls, `coverage` gathers what they meet; where processes share the engine, `recorder` writes both.
    `after_commit` calls a function once others can see what happened, see `state.engine.Engine`. `numbers` are those of
    the worlds, in the order of their creation. `attempted` tells how each attempt to deliver an event ended:
    `delivered`, `failed` (and is tried again), or `given_up`.
    """

    limits: tuple[Bucket, ...]
    tokens: Tokens
    states: Tokens
    redirects: Allowed
    base_url: str
    webhook_allow: Allowed
    webhook: Webhook | None
    due: Signal
    loading: Signal
    arrivals: Arrivals
    inboxes: Inboxes
    new_outbox: Callable[[Store], Outbox]
    after_commit: Callable[[Callable[[], None]], None]
    journals: Journals
    coverage: Coverage
    recorder: Recorder | None
    strict_keys: bool = False
    max_accounts: int = 1_000_000
    attempted: Signal = field(default_factory=Signal)
    numbers: Iterator[int] = field(default_factory=partial(count, 1))


class World:
    """The rules and the store of one organization.

    `number` counts the worlds in the order of their creation. `first` is how the server started it, and what a reset
    goes back to; `origin` is what it was built from last, which differs after a reset to something else. `seed`,
    `choices` and `start` differ from both where a saved state was restored. The registry notes in `was_used` that it
    was used. A new one has nothing in its store yet, or what is stored of it already.
    """

    def __init__(
        self, name: str, origin: Origin, store: Store, context: ServerContext, number: int | None = None
    ) -> None:
        self.name = name
        self.number = next(context.numbers) if number is None else number
        self.first = self.origin = origin
        self.store = store
        self.context = context
        self.was_used = False
        self.journal = context.journals.of(name)
        self._version: tuple[object, int] = (None, 0)
        self.stored_revision: object = None
        """The `live_revision` that a shared engine has stored."""
        self._begin(origin, Clock(first=origin.clock))

    def clear(self, origin: Origin, clock: Clock | None = None) -> None:
        """Drop all data and use `origin` and `clock` (None: as it starts). Other worlds may get the tokens from now
        on."""
        self._begin(origin, Clock(first=origin.clock) if clock is None else clock)
        self.context.tokens.release(self.name)
        self.context.states.release(self.name)
        self.store.clear()
        self.signal_due()

    def _begin(self, origin: Origin, clock: Clock) -> None:
        self.seed = origin.seed
        self.choices = origin.choices
        self.start = origin.start
        self.is_restored = origin is not self.origin
        """Whether a saved state took the place of what it was built from."""
        self.file = origin.file
        """What it was built from; a reload may change that of `origin` before the next reset."""
        self.clock = clock
        self.faults = Faults(origin.seed)
        self.webhooks: tuple[Webhook, ...] = ()
        self._first: tuple[int, tuple[Webhook, ...]] | None = None
        self.last_total: tuple[object, int] = (None, 0)
        """The last question that had all accounts searched, and how many matched."""
        for part in _MADE_ON_USE:
            self.__dict__.pop(part, None)

    @cached_property
    def networks(self) -> dict[str, str]:
        """The social network of each platform, which all of its accounts share."""
        return generator.network_ids(self.seed, self.name, self.file.accounts)

    @cached_property
    def cursors(self) -> Cursors:
        """Signs this world's cursors."""
        return Cursors(hashlib.sha256(f"cursors of {self.seed}:{self.name}".encode()).digest())

    @cached_property
    def buckets(self) -> Buckets:
        """The calls that the rate limits count."""
        return Buckets(self.context.limits, self.choices)

    @cached_property
    def outbox(self) -> Outbox:
        """The deliveries of the events."""
        return self.context.new_outbox(self.store)

    def note_first(self) -> None:
        """Regard the present state as the first one, see `is_changed`."""
        self._first = (self.store.revision(), self.webhooks)

    @property
    def is_changed(self) -> bool:
        """Whether it would differ if it was built again as of the same start. Recorded requests and counted calls make
        no difference. Everything that has an id, such as a fault, has counted in the store."""
        return (
            (self.store.revision(), self.webhooks) != self._first
            or self.clock.is_moved
            or self.journal.settings != _FIRST_JOURNAL
        )

    def now(self) -> str:
        """The world's time, as a timestamp."""
        return iso(self.clock.now())

    def revision(self) -> tuple[Any, ...]:
        """A value that differs after each change of what is saved of the world; time that passes is no change. It costs
        a microsecond, whatever the world contains."""
        clock, store = self.clock, self.store.revision()
        time = (clock.ahead, clock.now() if clock.frozen else None)
        outbox = self.outbox.revision() if "outbox" in self.__dict__ else 0
        rest = (outbox, self.faults.revision(), self.webhooks, self.journal.settings)
        return (store, time, *rest, self.origin, self.first)

    def live_revision(self) -> tuple[Any, ...]:
        """A value that differs after each change of what is neither in the store nor in the journal."""
        clock = self.clock
        time = (clock.ahead, clock.now() if clock.frozen else None, clock.is_moved)
        counts = (self.faults.revision(), self.faults.count, self.buckets.revision())
        built = (self.origin, self.first, self.file, self.seed, self.start, self.choices, self.is_restored)
        return (time, counts, self.webhooks, self.journal.settings, built)

    def version(self) -> int:
        """A number that grows when something changed since the last question: the world, its requests or an inbox."""
        present = (self.revision(), self.journal.revision(), self.context.inboxes.revision())
        if self._version[0] != present:
            self._version = present, self._version[1] + 1
        return self._version[1]

    def next_account(self) -> tuple[int, str]:
        """The count and the id of the next generated account; no account has this id."""
        while True:
            count = self.store.next("account")
            id = generator.uuid(self.seed, self.name, "account", count)
            if self.store.get(id) is None:
                return count, id

    def uuid(self, kind: str) -> str:
        """The next generated id of this kind."""
        return generator.uuid(self.seed, self.name, kind, self.store.next(kind))

    def fire_all(self, events: Iterable[str], account: dict[str, Any]) -> None:
        """Record that `events` happened to `account` (its fields after them), and queue their deliveries."""
        for event in events:
            id, now = self.uuid("event"), self.clock.now()
            entry = {"id": id, "event": event, "created_at": iso(now), "data": account}
            self.record(entry, [Delivery(id, each.url, now) for each in self.webhooks if event in each.events])
            self.happened(f"event {event}")

    def record(self, event: Mapping[str, Any], deliveries: Collection[Delivery]) -> None:
        """Store an event, queue its deliveries, and tell who waits for one."""
        posting.at_once(self, event, deliveries)
        self.keep(event, deliveries)
        if not all(each.over for each in deliveries):
            self.signal_due()
        self.context.after_commit(partial(self.context.arrivals, EVENTS, self.name))

    def keep(self, event: Mapping[str, Any], deliveries: Iterable[Delivery]) -> None:
        """Store an event and queue its deliveries, in place of the oldest event if there are too many."""
        dropped = self.store.append(EVENTS, event["id"], event, MAX_EVENTS)
        if dropped is not None:
            self.outbox.drop(dropped)
        self.outbox.add(event["id"], deliveries)

    def empty_inboxes(self) -> None:
        """Empty the inbox of this world's name, and those that its webhooks point to."""
        self.context.inboxes.forget(self.name, (webhook.url for webhook in self.webhooks))

    def happened(self, what: str) -> None:
        """Note for the coverage what happened, see `items.yaml` in domain/coverage."""
        self.context.after_commit(partial(self.context.coverage.happened, what, self.name))

    def signal_due(self) -> None:
        """Signal to the deliverer that something may be due, because an event was queued or the clock was moved. What
        is due in an inbox of this server is there when this returns."""
        self.context.due(self.name)
