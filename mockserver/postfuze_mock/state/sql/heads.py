"""The table of worlds: what each is apart from its accounts, sessions and the like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from postfuze_mock.state.sql.database import Database
from postfuze_mock.state.sql.lists import marks_of, parts_of

#: `version` grows with each change of a world, `generation` with each that replaces all of its data. `origin` and
#: `first` say what it was built from, `live` is the rest of its state, as JSON. `ahead` and `frozen_at` are its clock
#: (ms), so that a query can tell what is due. `first_count` is how many accounts it begins with, as long as they are
#: not stored. `numbers` count what has no id. `used_at` is in ms of real time, see `touch`. The first version is such a
#: time too, so that a world that is made again after its end never has one of before.
TABLES: Final = (
    """CREATE TABLE worlds (
        id {serial},
        name {key} NOT NULL UNIQUE,
        version {number} NOT NULL,
        generation {number} NOT NULL,
        origin {blob} NOT NULL,
        first {blob} NOT NULL,
        live {blob} NOT NULL,
        counters {blob} NOT NULL,
        numbers {blob} NOT NULL,
        ahead {number},
        frozen_at {number},
        first_count {number},
        used_at {number} NOT NULL
    )""",
    "CREATE TABLE files (hash {key} PRIMARY KEY, document {blob} NOT NULL)",
)
_COLUMNS: Final = "id, version, generation, origin, first, live, counters, numbers, ahead, frozen_at, first_count"


@dataclass(slots=True)
class Head:
    """A row of the table; JSON is encoded. `is_changed` says whether the world differs from what is stored, and
    `first_count` is None once its accounts are stored."""

    name: str
    id: int
    version: int = 0
    generation: int = 0
    origin: bytes = b"{}"
    first: bytes = b"{}"
    live: bytes = b"{}"
    ahead: int | None = 0
    frozen_at: int | None = None
    first_count: int | None = 0
    counters: dict[str, int] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    is_changed: bool = False


class Heads:
    """The table. In a transaction that writes, reading a world locks it: others that would change it wait."""

    def __init__(self, database: Database) -> None:
        self.database = database
        lock = database.dialect.for_update
        self._version = f"SELECT version FROM worlds WHERE name = ?{lock}"
        self._skip_locked = lock and f"{lock} SKIP LOCKED"

    def version(self, name: str) -> int | None:
        """The version of the world `name`, None if there is none."""
        database = self.database
        sql = self._version if database.current.is_writer else "SELECT version FROM worlds WHERE name = ?"
        rows = database.read(sql, (name,))
        return rows[0][0] if rows else None

    def get(self, name: str) -> Head | None:
        """The world `name`."""
        rows = self.database.read(f"SELECT {_COLUMNS} FROM worlds WHERE name = ?", (name,))
        if not rows:
            return None
        id, version, generation, origin, first, live, counters, numbers, *rest = rows[0]
        head = Head(name, id, version, generation, bytes(origin), bytes(first), bytes(live), *rest)
        head.counters, head.numbers = orjson.loads(counters), orjson.loads(numbers)
        return head

    def add(self, name: str, at: int) -> Head | None:
        """A new world `name`, used `at` (ms) first; None if another process has just made it."""
        sql = (
            "INSERT INTO worlds (name, version, generation, origin, first, live, counters, numbers, used_at) "
            "VALUES (?, ?, 0, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING RETURNING id"
        )
        rows = self.database.write(sql, (name, at, *[b"{}"] * 5, at))
        return Head(name, rows[0][0], version=at, is_changed=True) if rows else None

    def touch(self, names: Sequence[str], at: int, before: int) -> list[str]:
        """Note that those of the worlds `names` are used `at` (ms) that were noted `before` last. Returns those that
        are locked: who waits for one makes others wait for the rest."""
        locked: list[str] = []
        for part in parts_of(names):
            marks, values = marks_of(part)
            late = f"FROM worlds WHERE used_at < ? AND name IN ({marks})"
            free = f"WITH free AS (SELECT id {late}{self._skip_locked})"
            sql = f"{free} UPDATE worlds SET used_at = ? WHERE id IN (SELECT id FROM free)"
            self.database.write(sql, (before, *values, at))
            locked += (name for (name,) in self.database.read(f"SELECT name {late}", (before, *values)))
        return locked

    def idle(self, before: int, limit: int) -> list[tuple[int, str]]:
        """Ids and names of at most `limit` worlds that were last used `before` (ms); without those that are locked."""
        sql = f"SELECT id, name FROM worlds WHERE used_at < ? ORDER BY used_at LIMIT ?{self._skip_locked}"
        return [(id, name) for id, name in self.database.write(sql, (before, limit))]

    def remove(self, id: int) -> None:
        """Remove a world that has nothing in other tables any more."""
        self.database.write("DELETE FROM worlds WHERE id = ?", (id,))

    def versions(self, names: Sequence[str]) -> dict[str, int]:
        """The versions of those of the worlds `names` that there are."""
        found: dict[str, int] = {}
        for part in parts_of(names):
            marks, values = marks_of(part)
            rows: list[Any] = self.database.read(f"SELECT name, version FROM worlds WHERE name IN ({marks})", values)
            found |= dict(rows)
        return found

    def save(self, head: Head) -> None:
        """Store the world, as its next version."""
        head.version += 1
        head.is_changed = False
        sql = (
            "UPDATE worlds SET version = ?, generation = ?, origin = ?, first = ?, live = ?, counters = ?, "
            "numbers = ?, ahead = ?, frozen_at = ?, first_count = ? WHERE id = ?"
        )
        counts = orjson.dumps(head.counters), orjson.dumps(head.numbers)
        clock = (head.ahead, head.frozen_at)
        fields = (head.version, head.generation, head.origin, head.first, head.live, *counts, *clock)
        self.database.write(sql, (*fields, head.first_count, head.id))

    def names(self) -> Iterator[tuple[int, str]]:
        """Ids and names of all worlds, in the order in which they were made."""
        yield from ((id, name) for id, name in self.database.read("SELECT id, name FROM worlds ORDER BY id"))

    def lock(self) -> None:
        """Let nobody else make a world until the end of this transaction."""
        self.database.write("UPDATE instance SET value = value WHERE name = 'schema'")

    def count(self) -> int:
        """How many worlds there are."""
        count: int = self.database.read("SELECT count(*) FROM worlds")[0][0]
        return count

    def having_account(self, id: str) -> list[str]:
        """The names of the worlds that have the account, undeleted."""
        sql = "SELECT name FROM worlds JOIN accounts ON world = worlds.id WHERE accounts.id = ? AND NOT deleted"
        return [name for (name,) in self.database.read(sql, (id,))]

    def put_file(self, hash: str, document: bytes) -> None:
        """Store a world file, which many worlds share."""
        sql = "INSERT INTO files (hash, document) VALUES (?, ?) ON CONFLICT (hash) DO NOTHING"
        self.database.write(sql, (hash, document))

    def file(self, hash: str) -> bytes:
        """A world file."""
        return bytes(self.database.read("SELECT document FROM files WHERE hash = ?", (hash,))[0][0])
