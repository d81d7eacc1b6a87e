"""Which process may deliver what, and when one must look.

A queue is all deliveries of a world to one URL. Its row has the time when a process must look at it (`wake_at`, ms of
real time): when its next delivery is due, or when the claim of the process that delivers it ends. So one index tells
what is to be done in all worlds.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from postfuze_mock.state.deliveries import Claim
from postfuze_mock.state.sql.database import Database
from postfuze_mock.state.sql.deliveries import queue_of
from postfuze_mock.state.sql.lists import marks_of
from postfuze_mock.state.sql.part import Part

#: `taken` is the event whose delivery the `owner` attempts; it stays when that process dies.
TABLES: Final = (
    """CREATE TABLE queues (
        world {number} NOT NULL,
        queue {key} NOT NULL,
        url {blob} NOT NULL,
        wake_at {number},
        owner {key},
        claim {number},
        taken {key},
        PRIMARY KEY (world, queue)
    )""",
    "CREATE INDEX queues_by_time ON queues (wake_at) WHERE wake_at IS NOT NULL",
    "CREATE INDEX queues_by_owner ON queues (owner) WHERE owner IS NOT NULL",
)
_PLANNED: Final = "FROM deliveries WHERE world = queues.world AND queue = queues.queue AND due_at IS NOT NULL"
_HELD: Final = "world = ? AND queue = ? AND owner = ? AND claim = ?"
_CLAIM: Final = "(SELECT name FROM worlds WHERE id = queues.world), url, owner, claim"


class SqlQueues(Part):
    """`Queues` of the world `head`."""

    def open(self, urls: Sequence[str]) -> None:
        sql = "INSERT INTO queues (world, queue, url) VALUES (?, ?, ?) ON CONFLICT (world, queue) DO NOTHING"
        self.database.write_many(sql, [(self.head.id, queue_of(url), url.encode()) for url in urls])

    def close_except(self, urls: Collection[str]) -> None:
        marks, kept = marks_of([queue_of(url) for url in urls] or [""])
        sql = f"DELETE FROM queues WHERE world = ? AND owner IS NULL AND queue NOT IN ({marks})"
        self.database.write(sql, (self.head.id, *kept))

    def schedule(self, ahead: int | None, frozen_at: int | None) -> None:
        first = f"(SELECT min(due_at) {_PLANNED})"
        wake_at = f"{first} - ?" if ahead is not None else f"CASE WHEN {first} <= ? THEN 0 END"
        sql = f"UPDATE queues SET wake_at = {wake_at} WHERE world = ? AND owner IS NULL AND taken IS NULL"
        self.database.write(sql, (frozen_at if ahead is None else ahead, self.head.id))

    def is_open(self, url: str) -> bool:
        sql = "SELECT 1 FROM queues WHERE world = ? AND queue = ?"
        return bool(self.database.read(sql, (self.head.id, queue_of(url))))

    def close_empty(self) -> None:
        empty = f"owner IS NULL AND taken IS NULL AND NOT EXISTS (SELECT 1 {_PLANNED})"
        self.database.write(f"DELETE FROM queues WHERE world = ? AND {empty}", (self.head.id,))

    def is_claimed(self, url: str) -> bool:
        sql = "SELECT 1 FROM queues WHERE world = ? AND queue = ? AND (owner IS NOT NULL OR taken IS NOT NULL)"
        return bool(self.database.read(sql, (self.head.id, queue_of(url))))

    def under_way(self, claim: Claim) -> tuple[bool, str | None]:
        # Locked by who writes, so that the claim cannot end before the transaction: what it takes would be nobody's.
        lock = self.database.dialect.for_update if self.database.current.is_writer else ""
        rows = self.database.read(f"SELECT taken FROM queues WHERE {_HELD}{lock}", self._key(claim))
        return (True, rows[0][0]) if rows else (False, None)

    def take_over(self, claim: Claim) -> None:
        sql = f"SELECT taken FROM queues WHERE {_HELD} AND taken IS NOT NULL"
        for (taken,) in self.database.read(sql, self._key(claim)):
            lost = "world = ? AND queue = ? AND event_id = ? AND due_at IS NULL AND status IN ('pending', 'failed')"
            sql = f"UPDATE deliveries SET due_at = 0 WHERE {lost}"  # before all others
            self.database.write(sql, (self.head.id, queue_of(claim.url), taken))

    def note_taken(self, claim: Claim, event_id: str, until: int) -> None:
        self.database.write(
            f"UPDATE queues SET taken = ?, wake_at = ? WHERE {_HELD}", (event_id, until, *self._key(claim))
        )

    def release(self, claim: Claim) -> None:
        key = self._key(claim)
        self.database.write(f"DELETE FROM queues WHERE {_HELD} AND NOT EXISTS (SELECT 1 {_PLANNED})", key)
        self.database.write(f"UPDATE queues SET owner = NULL, claim = NULL, taken = NULL WHERE {_HELD}", key)

    def _key(self, claim: Claim) -> tuple[int, str, str, int]:
        return self.head.id, queue_of(claim.url), claim.owner, claim.number


class SqlClaims:
    """`Claims` of all worlds in `database`."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._skip_locked = " FOR UPDATE SKIP LOCKED" if database.dialect.for_update else ""

    def claim(self, owner: str, number: int, now: int, until: int, most: int) -> list[Claim]:
        if not self.database.read("SELECT 1 FROM queues WHERE wake_at <= ? LIMIT 1", (now,)):
            return []
        due = f"SELECT world, queue FROM queues WHERE wake_at <= ? ORDER BY wake_at LIMIT ?{self._skip_locked}"
        sql = (
            f"WITH due AS ({due}) UPDATE queues SET owner = ?, claim = ?, wake_at = ? "
            f"WHERE (world, queue) IN (SELECT world, queue FROM due) RETURNING {_CLAIM}"
        )
        return [_claim(*row) for row in self.database.write(sql, (now, most, owner, number, until))]

    def renew(self, owner: str, until: int) -> None:
        self.database.write("UPDATE queues SET wake_at = ? WHERE owner = ?", (until, owner))

    def held(self, owner: str) -> set[Claim]:
        return {_claim(*row) for row in self.database.read(f"SELECT {_CLAIM} FROM queues WHERE owner = ?", (owner,))}

    def release_all(self, owner: str) -> None:
        sql = "UPDATE queues SET owner = NULL, claim = NULL, wake_at = 0 WHERE owner = ?"
        self.database.write(sql, (owner,))


def _claim(world: str, url: bytes, owner: str, number: int) -> Claim:
    return Claim(world, bytes(url).decode(), owner, number)
