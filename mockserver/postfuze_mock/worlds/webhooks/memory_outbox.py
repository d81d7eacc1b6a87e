"""An outbox in this process's memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Sequence
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple

from postfuze_mock.domain.clock import Clock
from postfuze_mock.domain.webhooks import UNDELIVERED, Attempt, Delivery, Exchange
from postfuze_mock.worlds.webhooks import outbox


class _Due(NamedTuple):
    """An entry of a queue, ordered by when it is due, then by when it was queued."""

    at: int
    number: int
    delivery: Delivery


class MemoryOutbox:
    """An `Outbox`. A world that is reset gets a new one; the deliverer may finish an attempt for the old one, without
    effect."""

    def __init__(self) -> None:
        self._deliveries: dict[str, dict[str, Delivery]] = {}
        self._queues: dict[str, list[_Due]] = {}
        self._numbers = count()
        self._exchanges: deque[tuple[Delivery, Exchange]] = deque()
        self._exchanged = 0
        self._revision = 0
        self._failures = 0

    def revision(self) -> int:
        return self._revision

    def failures(self) -> int:
        return self._failures

    def undelivered(self) -> int:
        return sum(1 for each in self._all() if each.status in UNDELIVERED)

    def add(self, event_id: str, deliveries: Iterable[Delivery]) -> None:
        self._revision += 1
        self._deliveries[event_id] = {delivery.url: delivery for delivery in deliveries}
        for delivery in self._deliveries[event_id].values():
            self._queue(delivery)
            for attempt in delivery.attempts:
                self._store(delivery, attempt)

    def drop(self, event_id: str) -> None:
        for delivery in self._deliveries.pop(event_id, {}).values():
            delivery.give_up()

    def of(self, event_id: str) -> list[Delivery]:
        return list(self._deliveries.get(event_id, {}).values())

    def of_events(self, event_ids: Sequence[str]) -> dict[str, list[Delivery]]:
        return {id: self.of(id) for id in event_ids}

    def sent(self, url: str | None, *, undelivered: bool) -> Collection[str]:
        chosen = (each for each in self._all() if url in (None, each.url))
        return {each.event_id for each in chosen if not undelivered or each.status in UNDELIVERED}

    def request(self, event_id: str, urls: Sequence[str], now: int) -> None:
        self._revision += 1
        deliveries = self._deliveries[event_id]
        others = [url for url in deliveries if url not in urls]
        for url in others[: max(len(others) + len(urls) - outbox.MAX_DELIVERIES, 0)]:
            deliveries.pop(url).give_up()
        for url in urls:
            delivery = deliveries.setdefault(url, Delivery(event_id, url))
            delivery.request(now)
            self._queue(delivery)

    def urls(self) -> list[str]:
        return [url for url in list(self._queues) if self.due_at(url) is not None]

    def due_at(self, url: str) -> int | None:
        queue = self._queues.get(url, [])
        # An entry is stale once its delivery was queued for another time, or given up.
        while queue and queue[0].delivery.next_attempt_at != queue[0].at:
            heappop(queue)
        if not queue:
            self._queues.pop(url, None)
            return None
        return queue[0].at

    def is_idle(self, url: str) -> bool:
        """An attempt under way does not count: there is none where this is asked, to an inbox of this server."""
        return self.due_at(url) is None

    def take(self, url: str, now: int) -> Delivery | None:
        due_at = self.due_at(url)
        if due_at is None or due_at > now:
            return None
        self._revision += 1
        delivery = heappop(self._queues[url]).delivery
        delivery.next_attempt_at = None
        return delivery

    def settle(self, delivery: Delivery, attempt: Attempt, now: int) -> Delivery:
        self._revision += 1
        self._failures += not attempt.succeeded
        delivery.settle(attempt, now)
        self._store(delivery, attempt)
        self._queue(delivery)
        return delivery

    def give_up(self, delivery: Delivery) -> None:
        self._revision += 1
        delivery.give_up()

    def give_up_except(self, urls: Collection[str]) -> None:
        self._revision += 1
        for delivery in self._all():
            if delivery.url not in urls:
                delivery.give_up()

    def schedule(self, clock: Clock) -> None:
        """The deliverer of this process sets an alarm."""

    def _all(self) -> Iterable[Delivery]:
        return (each for of_event in self._deliveries.values() for each in of_event.values())

    def _store(self, delivery: Delivery, attempt: Attempt) -> None:
        """Store what `attempt` exchanged, in place of the oldest."""
        if attempt.exchange is None:
            return
        self._exchanges.append((delivery, attempt.exchange))
        self._exchanged += attempt.exchange.size
        while self._exchanged > outbox.MAX_EXCHANGED:
            oldest, exchange = self._exchanges.popleft()
            self._exchanged -= exchange.size
            oldest.forget(exchange)

    def _queue(self, delivery: Delivery) -> None:
        if delivery.next_attempt_at is not None:
            heappush(
                self._queues.setdefault(delivery.url, []),
                _Due(delivery.next_attempt_at, next(self._numbers), delivery),
            )
