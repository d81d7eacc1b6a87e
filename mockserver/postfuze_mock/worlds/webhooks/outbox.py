"""What is to be delivered of a world's events, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from heapq import heappop, heappush
from itertools import count
from typing import Final, NamedTuple

from postfuze_mock.domain.webhooks import Attempt, Delivery

#: Events that a world remembers, the last ones; what is still to be delivered of an older one is forgotten with it.
EVENTS_KEPT: Final = 1000


class _Due(NamedTuple):
    """A place in a queue: first what is due first, then what was put first."""

    at: int
    number: int
    delivery: Delivery


class Outbox:
    """The deliveries of one world's events, in a queue for each URL. A world that is reset gets a new one; whoever is
    delivering for the old one may finish, and nobody looks at it."""

    def __init__(self) -> None:
        self._deliveries: dict[str, dict[str, Delivery]] = {}
        self._queues: dict[str, list[_Due]] = {}
        self._numbers = count()

    def add(self, event_id: str, deliveries: Iterable[Delivery]) -> None:
        """Know a new event, and queue its deliveries; forget the oldest event where there are too many."""
        self._deliveries[event_id] = {delivery.url: delivery for delivery in deliveries}
        for delivery in self._deliveries[event_id].values():
            self._queue(delivery)
        if len(self._deliveries) > EVENTS_KEPT:
            for delivery in self._deliveries.pop(next(iter(self._deliveries))).values():
                delivery.give_up()

    def of(self, event_id: str) -> list[Delivery]:
        """The deliveries of an event."""
        return list(self._deliveries.get(event_id, {}).values())

    def ask(self, event_id: str, url: str, now: int) -> None:
        """Deliver the event to `url` at `now` (ms), again if need be."""
        delivery = self._deliveries[event_id].setdefault(url, Delivery(event_id, url))
        delivery.ask(now)
        self._queue(delivery)

    def urls(self) -> list[str]:
        """Where something is still to go."""
        return [url for url in list(self._queues) if self.due_at(url) is not None]

    def due_at(self, url: str) -> int | None:
        """When (ms) the next delivery to `url` is due."""
        queue = self._queues.get(url, [])
        while (
            queue and queue[0].delivery.next_attempt_at != queue[0].at
        ):  # asked for at another time since, or given up
            heappop(queue)
        if not queue:
            self._queues.pop(url, None)
            return None
        return queue[0].at

    def take(self, url: str, now: int) -> Delivery | None:
        """The delivery to `url` that is due first, for the caller to attempt and `settle`."""
        due_at = self.due_at(url)
        if due_at is None or due_at > now:
            return None
        delivery = heappop(self._queues[url]).delivery
        delivery.next_attempt_at = None
        return delivery

    def settle(self, delivery: Delivery, attempt: Attempt, now: int) -> None:
        """Keep what came of an attempt, and queue the next one if there is one to come."""
        delivery.settle(attempt, now)
        self._queue(delivery)

    def give_up(self, gone: Callable[[str], bool]) -> None:
        """Deliver nothing more to the URLs that are `gone`."""
        for deliveries in self._deliveries.values():
            for delivery in deliveries.values():
                if gone(delivery.url):
                    delivery.give_up()

    def _queue(self, delivery: Delivery) -> None:
        if delivery.next_attempt_at is not None:
            heappush(
                self._queues.setdefault(delivery.url, []),
                _Due(delivery.next_attempt_at, next(self._numbers), delivery),
            )


class Stirred:
    """Tells whoever delivers that there may be something to do for a world, by its name. With nobody listening it is
    forgotten: who starts to listen looks at all worlds first."""

    def __init__(self) -> None:
        self._listener: Callable[[str], None] | None = None

    def listen(self, listener: Callable[[str], None] | None) -> None:
        """Tell `listener` from now on; None for nobody."""
        self._listener = listener

    def __call__(self, world: str) -> None:
        if self._listener is not None:
            self._listener(world)
