"""A world: one organization with its own data, clock, limits and events."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from postfuze_fixtures import generator
from postfuze_fixtures.timestamps import iso
from postfuze_fixtures.world_file import WorldFile
from postfuze_mock.domain.choices import Choices
from postfuze_mock.domain.clock import Clock
from postfuze_mock.domain.destinations import Allowed
from postfuze_mock.domain.faults.faults import Faults
from postfuze_mock.domain.limits import Bucket, Buckets
from postfuze_mock.domain.pagination import Cursors
from postfuze_mock.domain.sealing import Seal
from postfuze_mock.domain.webhooks import Delivery, Webhook
from postfuze_mock.state.store import Store
from postfuze_mock.worlds.journal.journal import Journal
from postfuze_mock.worlds.tokens import Tokens
from postfuze_mock.worlds.webhooks.outbox import EVENTS_KEPT, Outbox, Stirred


@dataclass(frozen=True)
class Origin:
    """What a world is made from."""

    seed: int
    file: WorldFile
    choices: Choices


@dataclass(frozen=True)
class Server:
    """What all worlds of a server share: its rate limits, who holds which session token, the seal of what it hands
    to browsers, where it may send them, the URL that it is reached at; where webhooks may go, the webhook that each
    world has, and who is told that something may be due for delivery."""

    limits: tuple[Bucket, ...]
    tokens: Tokens
    seal: Seal
    redirects: Allowed
    base_url: str
    webhook_allow: Allowed
    webhook: Webhook | None
    stirred: Stirred


class World:
    """The rules and the store of one organization.

    `start` is the instant (ms) that its generated times are relative to; `networks` maps a platform to the social
    network that all of its accounts share. `origin` and `begun` are what it was first, and is again after a reset.
    """

    def __init__(self, name: str, origin: Origin, clock: Clock, store: Store, server: Server) -> None:
        self.name = name
        self.store = store
        self.server = server
        self.webhooks: tuple[Webhook, ...] = ()
        self.outbox = Outbox()
        self.begin(origin, clock)

    def begin(self, origin: Origin, clock: Clock) -> None:
        """Become the world that `origin` describes as of now, with no data yet. This is what a reset comes back to."""
        self.origin = origin
        self.begun = clock.now()
        self.become(origin, clock, self.begun)

    def become(self, origin: Origin, clock: Clock, start: int) -> None:
        """Become a world of `origin` as of `start` (ms), with no data yet, until a reset."""
        self.seed = origin.seed
        self.choices = origin.choices
        self.clock = clock
        self.start = start
        self.networks = generator.network_ids(origin.seed, self.name, origin.file.accounts)
        self.cursors = Cursors(hashlib.sha256(f"cursors of {origin.seed}:{self.name}".encode()).digest())
        self.buckets = Buckets(self.server.limits, origin.choices)
        self.faults = Faults(origin.seed)
        self.journal = Journal()

    def empty(self) -> None:
        """Forget all data, with what was to be delivered, and let others have its session tokens."""
        self.server.tokens.release(self.name)
        self.store.clear()
        self.webhooks = ()
        self.outbox = Outbox()
        self.stir()

    def now(self) -> str:
        """The world's time as an answer shows it."""
        return iso(self.clock.now())

    def next_account(self) -> tuple[int, str]:
        """The count of the next account to make up, and its id, which no account has."""
        while True:
            count = self.store.next("account")
            id = generator.uuid(self.seed, self.name, "account", count)
            if self.store.get(id) is None:
                return count, id

    def uuid(self, kind: str) -> str:
        """The id of the next thing of its kind."""
        return generator.uuid(self.seed, self.name, kind, self.store.next(kind))

    def fire_all(self, events: Iterable[str], account: dict[str, Any]) -> None:
        """Record that `events` happened to `account`, as it is after them, and have the webhooks told."""
        for event in events:
            id, now = self.uuid("event"), self.clock.now()
            entry = {"id": id, "event": event, "created_at": iso(now), "data": account}
            self.store.append("events", id, entry, EVENTS_KEPT)
            self.outbox.add(id, [Delivery(id, each.url, now) for each in self.webhooks if event in each.events])
            self.stir()

    def stir(self) -> None:
        """Have somebody look whether something is due for delivery: there is something new, or the clock was moved."""
        self.server.stirred(self.name)
