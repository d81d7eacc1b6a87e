"""The interface of an outbox: the deliveries of one world's events. An implementation is a module beside this one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final, Protocol

from postfuze_mock.domain.clock import Clock
from postfuze_mock.domain.webhooks import Attempt, Delivery

#: How many events a world stores, the newest ones; pending deliveries of older events are dropped with them.
MAX_EVENTS: Final = 1000
#: How many deliveries an event has: as many as a world can have webhooks, which are 20 and that of `--webhook-url`.
#: Redelivering after a change of the webhooks would add to them without end.
MAX_DELIVERIES: Final = 21
#: How many bytes are stored of what the attempts of a world exchanged with receivers; the oldest go.
MAX_EXCHANGED: Final = 2 << 20


class Outbox(Protocol):
    """The deliveries of one world's events, in a queue for each URL. Times are ms of the world's clock."""

    def revision(self) -> int:
        """A number that differs after each change."""

    def failures(self) -> int:
        """How many attempts have failed."""

    def undelivered(self) -> int:
        """How many deliveries have failed, for now or for good."""

    def add(self, event_id: str, deliveries: Iterable[Delivery]) -> None:
        """Add a new event and queue its deliveries."""

    def drop(self, event_id: str) -> None:
        """Drop the deliveries of an event that is no longer stored."""

    def of(self, event_id: str) -> list[Delivery]:
        """The deliveries of an event."""

    def of_events(self, event_ids: Sequence[str]) -> dict[str, list[Delivery]]:
        """The deliveries of several events, by their ids."""

    def sent(self, url: str | None, *, undelivered: bool) -> Collection[str]:
        """The ids of the events with a delivery to `url` (None: to any), with `undelivered` one that has failed."""

    def request(self, event_id: str, urls: Sequence[str], now: int) -> None:
        """Queue the event for `urls` at `now`, again if it was delivered before. If its deliveries become too many, the
        oldest of those to other URLs are dropped."""

    def urls(self) -> list[str]:
        """The URLs with pending deliveries."""

    def due_at(self, url: str) -> int | None:
        """When the next delivery to `url` is due."""

    def is_idle(self, url: str) -> bool:
        """Whether no delivery to `url` is pending, or under way."""

    def take(self, url: str, now: int) -> Delivery | None:
        """Take the next due delivery to `url`. The caller attempts it and calls `settle`, or `give_up`."""

    def settle(self, delivery: Delivery, attempt: Attempt, now: int) -> Delivery:
        """Record an attempt, and queue the next one, if any. Returns the delivery as it is then."""

    def give_up(self, delivery: Delivery) -> None:
        """Give up a delivery that was taken."""

    def give_up_except(self, urls: Collection[str]) -> None:
        """Give up the deliveries to all other URLs."""

    def schedule(self, clock: Clock) -> None:
        """Note when the world's `clock` reaches the next delivery to each URL, because one was queued or the clock was
        moved."""
