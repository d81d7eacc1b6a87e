"""The deliveries of a world's events, and what their attempts exchanged."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from postfuze_mock.state.deliveries import DeliveryRow
from postfuze_mock.state.sql.lists import marks_of, parts_of
from postfuze_mock.state.sql.part import Part

_OPEN: Final = "status IN ('pending', 'failed')"
_UNDELIVERED: Final = "status IN ('failed', 'given_up')"
#: `queue` is a hash of the URL, which may be too long for an index.
TABLES: Final = (
    """CREATE TABLE deliveries (
        world {number} NOT NULL,
        event_id {key} NOT NULL,
        queue {key} NOT NULL,
        url {blob} NOT NULL,
        place {number} NOT NULL,
        number {number} NOT NULL,
        status {key} NOT NULL,
        due_at {number},
        attempts {blob} NOT NULL,
        PRIMARY KEY (world, event_id, queue)
    )""",
    "CREATE INDEX deliveries_by_time ON deliveries (world, queue, due_at, number) WHERE due_at IS NOT NULL",
    f"CREATE INDEX deliveries_undelivered ON deliveries (world) WHERE {_UNDELIVERED}",
    """CREATE TABLE exchanges (
        world {number} NOT NULL,
        number {number} NOT NULL,
        size {number} NOT NULL,
        document {blob} NOT NULL,
        PRIMARY KEY (world, number)
    )""",
)
_ROW: Final = "event_id, url, place, number, status, due_at, attempts"
_PUT: Final = (
    "INSERT INTO deliveries (world, queue, event_id, url, place, number, status, due_at, attempts) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (world, event_id, queue) DO UPDATE SET "
    "number = excluded.number, status = excluded.status, due_at = excluded.due_at, attempts = excluded.attempts"
)


def queue_of(url: str) -> str:
    """The key of the queue of a URL."""
    return hashlib.blake2b(url.encode(), digest_size=16).hexdigest()


class SqlDeliveries(Part):
    """`Deliveries` of the world `head`."""

    def revision(self) -> int:
        return self.head.version + self.head.is_changed

    def next(self, counter: str) -> int:
        self.changed()
        value = self.head.numbers[counter] = self.counted(counter) + 1
        return value

    def counted(self, counter: str) -> int:
        return self.head.numbers.get(counter, 0)

    def put(self, rows: Sequence[DeliveryRow]) -> None:
        self.changed()
        world = self.head.id
        self.database.write_many(
            _PUT, [(world, queue_of(row.url), row.event_id, row.url.encode(), *row[2:]) for row in rows]
        )

    def of(self, event_ids: Sequence[str]) -> list[DeliveryRow]:
        found: list[DeliveryRow] = []
        for part in parts_of(event_ids):
            marks, values = marks_of(part)
            sql = f"SELECT {_ROW} FROM deliveries WHERE world = ? AND event_id IN ({marks}) ORDER BY place"
            found += map(_row, self.database.read(sql, (self.head.id, *values)))
        return found

    def one(self, event_id: str, url: str) -> DeliveryRow | None:
        sql = f"SELECT {_ROW} FROM deliveries WHERE world = ? AND event_id = ? AND queue = ?"
        rows = self.database.read(sql, (self.head.id, event_id, queue_of(url)))
        return _row(rows[0]) if rows else None

    def remove(self, event_id: str, urls: Sequence[str] | None = None) -> None:
        self.changed()
        sql = "DELETE FROM deliveries WHERE world = ? AND event_id = ?"
        if urls is None:
            self.database.write(sql, (self.head.id, event_id))
        else:
            self.database.write_many(f"{sql} AND queue = ?", [(self.head.id, event_id, queue_of(url)) for url in urls])

    def urls(self) -> list[str]:
        planned = "world = ? AND due_at IS NOT NULL"
        sql = f"SELECT url FROM deliveries WHERE {planned} GROUP BY url ORDER BY min(number)"
        return [bytes(url).decode() for (url,) in self.database.read(sql, (self.head.id,))]

    def due_at(self, url: str) -> int | None:
        sql = "SELECT min(due_at) FROM deliveries WHERE world = ? AND queue = ? AND due_at IS NOT NULL"
        due: int | None = self.database.read(sql, (self.head.id, queue_of(url)))[0][0]
        return due

    def take(self, url: str, now: int) -> DeliveryRow | None:
        due = "world = ? AND queue = ? AND due_at <= ?"
        sql = f"SELECT {_ROW} FROM deliveries WHERE {due} ORDER BY due_at, number LIMIT 1"
        rows = self.database.read(sql, (self.head.id, queue_of(url), now))
        if not rows:
            return None
        self.changed()
        row = _row(rows[0])
        sql = "UPDATE deliveries SET due_at = NULL WHERE world = ? AND event_id = ? AND queue = ?"
        self.database.write(sql, (self.head.id, row.event_id, queue_of(url)))
        return row

    def give_up_except(self, urls: Collection[str]) -> None:
        self.changed()
        marks, kept = marks_of([queue_of(url) for url in urls] or [""])
        others = f"world = ? AND {_OPEN} AND queue NOT IN ({marks})"
        sql = f"UPDATE deliveries SET status = 'given_up', due_at = NULL WHERE {others}"
        self.database.write(sql, (self.head.id, *kept))

    def undelivered(self) -> int:
        sql = f"SELECT count(*) FROM deliveries WHERE world = ? AND {_UNDELIVERED}"
        count: int = self.database.read(sql, (self.head.id,))[0][0]
        return count

    def sent(self, url: str | None, *, undelivered: bool) -> set[str]:
        sql = "SELECT DISTINCT event_id FROM deliveries WHERE world = ?"
        values: list[Any] = [self.head.id]
        if undelivered:
            sql += f" AND {_UNDELIVERED}"
        if url is not None:
            sql, values = f"{sql} AND queue = ?", [*values, queue_of(url)]
        return {id for (id,) in self.database.read(sql, values)}

    def store_exchange(self, document: bytes, size: int, most: int) -> int:
        number = self.next("exchange")
        sql = "INSERT INTO exchanges (world, number, size, document) VALUES (?, ?, ?, ?)"
        self.database.write(sql, (self.head.id, number, size, document))
        self.head.numbers["exchanged"] = self._make_room(self.counted("exchanged") + size, most)
        return number

    def exchanges(self, numbers: Sequence[int]) -> Mapping[int, bytes]:
        found: dict[int, bytes] = {}
        for part in parts_of(numbers):
            marks, values = marks_of(part)
            sql = f"SELECT number, document FROM exchanges WHERE world = ? AND number IN ({marks})"
            found |= ((number, bytes(each)) for number, each in self.database.read(sql, (self.head.id, *values)))
        return found

    def _make_room(self, total: int, most: int) -> int:
        """Remove the oldest exchanges, whose sizes are `total`; returns what is left of it."""
        oldest = "world = ? AND number = (SELECT min(number) FROM exchanges WHERE world = ?)"
        while total > most:
            rows = self.database.write(f"DELETE FROM exchanges WHERE {oldest} RETURNING size", (self.head.id,) * 2)
            total -= rows[0][0]
        return total


def _row(values: tuple[Any, ...]) -> DeliveryRow:
    id, url, place, number, status, due_at, attempts = values
    return DeliveryRow(id, bytes(url).decode(), place, number, status, due_at, bytes(attempts))
