"""The deliveries of a world's events: pending, attempted, given up."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from heapq import heappop, heappush
from itertools import count
from typing import Final, NamedTuple

from postfuze_mock.domain.webhooks import Attempt, Delivery, Exchange

#: How many events a world stores, the newest ones; pending deliveries of older events are dropped with them.
MAX_EVENTS: Final = 1000
#: How many deliveries an event has: as many as a world can have webhooks, which are 20 and that of `--webhook-url`.
#: Redelivering after a change of the webhooks would add to them without end.
MAX_DELIVERIES: Final = 21
#: How many bytes are stored of what the attempts of a world exchanged with receivers; the oldest go.
MAX_EXCHANGED: Final = 2 << 20


class _Due(NamedTuple):
    """An entry of a queue, ordered by when it is due, then by when it was queued."""

    at: int
    number: int
    delivery: Delivery


class Outbox:
    """The deliveries of one world's events, in a queue for each URL. A world that is reset gets a new outbox; the
    deliverer may finish an attempt for the old one, without effect."""

    def __init__(self) -> None:
        self._deliveries: dict[str, dict[str, Delivery]] = {}
        self._queues: dict[str, list[_Due]] = {}
        self._numbers = count()
        self._exchanges: deque[tuple[Delivery, Exchange]] = deque()
        self._exchanged = 0
        self._revision = 0
        self.failures = 0
        """How many attempts have failed."""

    def revision(self) -> int:
        """A number that differs after each change."""
        return self._revision

    def add(self, event_id: str, deliveries: Iterable[Delivery]) -> None:
        """Add a new event and queue its deliveries; drop the oldest event if there are too many."""
        self._revision += 1
        self._deliveries[event_id] = {delivery.url: delivery for delivery in deliveries}
        for delivery in self._deliveries[event_id].values():
            self._queue(delivery)
            for attempt in delivery.attempts:
                self._store(delivery, attempt)
        if len(self._deliveries) > MAX_EVENTS:
            for delivery in self._deliveries.pop(next(iter(self._deliveries))).values():
                delivery.give_up()

    def of(self, event_id: str) -> list[Delivery]:
        """The deliveries of an event."""
        return list(self._deliveries.get(event_id, {}).values())

    def request(self, event_id: str, urls: Sequence[str], now: int) -> None:
        """Queue the event for `urls` at `now` (ms), again if it was delivered before. If its deliveries become too
        many, the oldest of those to other URLs are dropped."""
        self._revision += 1
        deliveries = self._deliveries[event_id]
        others = [url for url in deliveries if url not in urls]
        for url in others[: max(len(others) + len(urls) - MAX_DELIVERIES, 0)]:
            deliveries.pop(url).give_up()
        for url in urls:
            delivery = deliveries.setdefault(url, Delivery(event_id, url))
            delivery.request(now)
            self._queue(delivery)

    def undelivered(self) -> int:
        """How many deliveries have failed, for now or for good."""
        deliveries = (each for of_event in self._deliveries.values() for each in of_event.values())
        return sum(1 for each in deliveries if each.status in ("failed", "given_up"))

    def urls(self) -> list[str]:
        """The URLs with pending deliveries."""
        return [url for url in list(self._queues) if self.due_at(url) is not None]

    def due_at(self, url: str) -> int | None:
        """When (ms) the next delivery to `url` is due."""
        queue = self._queues.get(url, [])
        # An entry is stale once its delivery was queued for another time, or given up.
        while queue and queue[0].delivery.next_attempt_at != queue[0].at:
            heappop(queue)
        if not queue:
            self._queues.pop(url, None)
            return None
        return queue[0].at

    def take(self, url: str, now: int) -> Delivery | None:
        """Take the next due delivery to `url`. The caller attempts it and calls `settle`."""
        due_at = self.due_at(url)
        if due_at is None or due_at > now:
            return None
        self._revision += 1
        delivery = heappop(self._queues[url]).delivery
        delivery.next_attempt_at = None
        return delivery

    def settle(self, delivery: Delivery, attempt: Attempt, now: int) -> None:
        """Record an attempt, and queue the next one, if any."""
        self._revision += 1
        self.failures += not attempt.succeeded
        delivery.settle(attempt, now)
        self._store(delivery, attempt)
        self._queue(delivery)

    def give_up(self, is_gone: Callable[[str], bool]) -> None:
        """Give up the deliveries to the URLs for which `is_gone` is true."""
        self._revision += 1
        for deliveries in self._deliveries.values():
            for delivery in deliveries.values():
                if is_gone(delivery.url):
                    delivery.give_up()

    def _store(self, delivery: Delivery, attempt: Attempt) -> None:
        """Store what `attempt` exchanged, in place of the oldest."""
        if attempt.exchange is None:
            return
        self._exchanges.append((delivery, attempt.exchange))
        self._exchanged += attempt.exchange.size
        while self._exchanged > MAX_EXCHANGED:
            oldest, exchange = self._exchanges.popleft()
            self._exchanged -= exchange.size
            oldest.forget(exchange)

    def _queue(self, delivery: Delivery) -> None:
        if delivery.next_attempt_at is not None:
            heappush(
                self._queues.setdefault(delivery.url, []),
                _Due(delivery.next_attempt_at, next(self._numbers), delivery),
            )
