"""The logs of a world: its events, its connect attempts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import orjson

from postfuze_mock.records import encoded
from postfuze_mock.state.sql.part import Part

TABLES: Final = (
    """CREATE TABLE logs (
        world {number} NOT NULL,
        log {key} NOT NULL,
        entry_key {key} NOT NULL,
        number {number} NOT NULL,
        entry {blob} NOT NULL,
        PRIMARY KEY (world, log, entry_key)
    )""",
    "CREATE UNIQUE INDEX logs_by_number ON logs (world, log, number)",
)
_LAST: Final = 2**63 - 1
_BATCH: Final = 100  # rows that are read at once


class Logs(Part):
    """The logs of a world. The entries of a log have consecutive numbers, because only the oldest are dropped."""

    def append(self, log: str, key: str, entry: Mapping[str, Any], limit: int) -> str | None:
        self.changed()
        sql = (
            "INSERT INTO logs (world, log, entry_key, number, entry) VALUES (?, ?, ?, "
            "(SELECT coalesce(max(number), 0) + 1 FROM logs WHERE world = ? AND log = ?), ?) "
            "ON CONFLICT (world, log, entry_key) DO UPDATE SET entry = excluded.entry RETURNING number"
        )
        world = self.head.id
        number: int = self.database.write(sql, (world, log, key, world, log, encoded(entry)))[0][0]
        if number <= limit:
            return None
        sql = "DELETE FROM logs WHERE world = ? AND log = ? AND number <= ? RETURNING entry_key"
        dropped = self.database.write(sql, (world, log, number - limit))
        return dropped[0][0] if dropped else None

    def replace_logged(self, log: str, key: str, expected: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
        if self.logged(log, key) != expected:
            return False
        self.changed()
        sql = "UPDATE logs SET entry = ? WHERE world = ? AND log = ? AND entry_key = ?"
        self.database.write(sql, (encoded(new), self.head.id, log, key))
        return True

    def logged(self, log: str, key: str) -> dict[str, Any] | None:
        sql = "SELECT entry FROM logs WHERE world = ? AND log = ? AND entry_key = ?"
        rows = self.database.read(sql, (self.head.id, log, key))
        return orjson.loads(rows[0][0]) if rows else None

    def log(self, log: str) -> list[dict[str, Any]]:
        sql = "SELECT entry FROM logs WHERE world = ? AND log = ? ORDER BY number"
        return [orjson.loads(entry) for (entry,) in self.database.read(sql, (self.head.id, log))]

    def log_count(self, log: str) -> int:
        sql = "SELECT count(*) FROM logs WHERE world = ? AND log = ?"
        count: int = self.database.read(sql, (self.head.id, log))[0][0]
        return count

    def log_before(self, log: str, key: str | None) -> Iterator[tuple[str, dict[str, Any]]]:
        before = _LAST if key is None else self._number(log, key)
        sql = (
            "SELECT number, entry_key, entry FROM logs WHERE world = ? AND log = ? AND number < ? "
            f"ORDER BY number DESC LIMIT {_BATCH}"
        )
        while batch := self.database.read(sql, (self.head.id, log, before)):
            before = batch[-1][0]
            yield from ((each, orjson.loads(entry)) for _, each, entry in batch)

    def _number(self, log: str, key: str) -> int:
        sql = "SELECT number FROM logs WHERE world = ? AND log = ? AND entry_key = ?"
        rows = self.database.read(sql, (self.head.id, log, key))
        return rows[0][0] if rows else 0
