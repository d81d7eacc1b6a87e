"""An outbox in an engine that several processes share."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, cast

import orjson

from postfuze_mock.domain.clock import Clock
from postfuze_mock.domain.webhooks import MAX_ATTEMPTS, Attempt, Delivery, Exchange, Status
from postfuze_mock.state.deliveries import Deliveries, DeliveryRow, Queues
from postfuze_mock.worlds.webhooks import outbox


class SharedOutbox:
    """An `Outbox` on the rows of a world, and its `queues`, which processes claim."""

    def __init__(self, rows: Deliveries, queues: Queues) -> None:
        self._rows = rows
        self.queues = queues

    def revision(self) -> int:
        return self._rows.revision()

    def failures(self) -> int:
        return self._rows.counted("failure")

    def undelivered(self) -> int:
        return self._rows.undelivered()

    def add(self, event_id: str, deliveries: Iterable[Delivery]) -> None:
        del event_id  # each delivery has it
        self._put([self._new_row(each, map(self._attempt, each.attempts)) for each in deliveries])

    def drop(self, event_id: str) -> None:
        self._rows.remove(event_id)

    def of(self, event_id: str) -> list[Delivery]:
        return self.of_events([event_id])[event_id]

    def of_events(self, event_ids: Sequence[str]) -> dict[str, list[Delivery]]:
        rows = self._rows.of(event_ids)
        documents = [orjson.loads(row.attempts) for row in rows]
        numbers = [number for attempts in documents for *_, number in attempts if number is not None]
        exchanges = self._rows.exchanges(numbers)
        result: dict[str, list[Delivery]] = {id: [] for id in event_ids}
        for row, attempts in zip(rows, documents, strict=True):
            result[row.event_id].append(_delivery(row, attempts, exchanges))
        return result

    def sent(self, url: str | None, *, undelivered: bool) -> Collection[str]:
        return self._rows.sent(url, undelivered=undelivered)

    def request(self, event_id: str, urls: Sequence[str], now: int) -> None:
        rows = {row.url: row for row in self._rows.of([event_id])}
        others = [url for url in rows if url not in urls]
        if too_many := others[: max(len(others) + len(urls) - outbox.MAX_DELIVERIES, 0)]:
            self._rows.remove(event_id, too_many)
        self._put([self._requested(rows.get(url), event_id, url, now) for url in urls])

    def urls(self) -> list[str]:
        return self._rows.urls()

    def due_at(self, url: str) -> int | None:
        return self._rows.due_at(url)

    def is_idle(self, url: str) -> bool:
        return not self.queues.is_open(url)

    def take(self, url: str, now: int) -> Delivery | None:
        row = self._rows.take(url, now)
        return None if row is None else _delivery(row._replace(due_at=None))

    def settle(self, delivery: Delivery, attempt: Attempt, now: int) -> Delivery:
        if not attempt.succeeded:
            self._rows.next("failure")
        row = self._rows.one(delivery.event_id, delivery.url)
        if row is None:  # its event was dropped
            delivery.give_up()
            delivery.settle(attempt, now)
            return delivery
        attempts = orjson.loads(row.attempts)
        stored = _delivery(row, attempts)
        stored.settle(attempt, now)
        self._put([self._row(row, stored, [*attempts, self._attempt(attempt)][-MAX_ATTEMPTS:])])
        return stored

    def give_up(self, delivery: Delivery) -> None:
        row = self._rows.one(delivery.event_id, delivery.url)
        if row is not None:
            delivery.give_up()
            self._put([self._row(row, delivery, orjson.loads(row.attempts))])

    def give_up_except(self, urls: Collection[str]) -> None:
        self._rows.give_up_except(urls)
        self.queues.close_except(urls)

    def schedule(self, clock: Clock) -> None:
        self.queues.schedule(clock.ahead, clock.now() if clock.frozen else None)

    def _put(self, rows: Sequence[DeliveryRow]) -> None:
        if rows:
            self._rows.put(rows)
        if planned := [row.url for row in rows if row.due_at is not None]:
            self.queues.open(planned)

    def _requested(self, row: DeliveryRow | None, event_id: str, url: str, now: int) -> DeliveryRow:
        if row is None:
            return self._new_row(Delivery(event_id, url, now), ())
        attempts = orjson.loads(row.attempts)
        delivery = _delivery(row, attempts)
        delivery.request(now)
        return self._row(row, delivery, attempts)

    def _new_row(self, delivery: Delivery, attempts: Iterable[list[Any]]) -> DeliveryRow:
        number, documents = self._rows.next("number"), orjson.dumps(list(attempts))
        due = delivery.next_attempt_at
        return DeliveryRow(delivery.event_id, delivery.url, number, number, delivery.status, due, documents)

    def _row(self, row: DeliveryRow, delivery: Delivery, attempts: list[Any]) -> DeliveryRow:
        """The row of `delivery` in place of `row`. What is planned for another time goes to the end of its queue."""
        due = delivery.next_attempt_at
        number = row.number if due in (None, row.due_at) else self._rows.next("number")
        return row._replace(number=number, status=delivery.status, due_at=due, attempts=orjson.dumps(attempts))

    def _attempt(self, attempt: Attempt) -> list[Any]:
        """The document of an attempt: its fields, and the number of what was exchanged, which is stored apart."""
        *fields, exchange = attempt
        store = partial(self._rows.store_exchange, most=outbox.MAX_EXCHANGED)
        return [*fields, None if exchange is None else store(orjson.dumps(list(exchange)), exchange.size)]


def _delivery(
    row: DeliveryRow, attempts: Sequence[Sequence[Any]] = (), exchanges: Mapping[int, bytes] | None = None
) -> Delivery:
    """The delivery of a row, with those of its `attempts` and `exchanges` that are wanted."""
    stored = exchanges or {}
    made = [Attempt._make((*fields, _exchange(stored.get(number)))) for *fields, number in attempts]
    return Delivery(row.event_id, row.url, row.due_at, cast(Status, row.status), made)


def _exchange(document: bytes | None) -> Exchange | None:
    return None if document is None else Exchange(*orjson.loads(document))
