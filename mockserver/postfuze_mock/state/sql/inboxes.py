"""The inboxes of all worlds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from postfuze_mock.state.inboxes import InboxRow
from postfuze_mock.state.sql.database import Database
from postfuze_mock.state.sql.lists import marks_of, parts_of

#: `inboxes.number` is that of the last entry. The one row of `inbox_totals` counts all entries, and their sizes.
TABLES: Final = (
    "CREATE TABLE inboxes (name {key} PRIMARY KEY, number {number} NOT NULL)",
    "CREATE INDEX inboxes_by_number ON inboxes (number)",
    "CREATE TABLE inbox_totals (id {number} PRIMARY KEY, number {number} NOT NULL, size {number} NOT NULL)",
    """CREATE TABLE inbox_entries (
        inbox {key} NOT NULL,
        number {number} NOT NULL,
        id {key} NOT NULL,
        size {number} NOT NULL,
        sender {key},
        event {blob},
        head {blob} NOT NULL,
        body {blob} NOT NULL,
        PRIMARY KEY (inbox, number)
    )""",
    """CREATE TABLE inbox_secrets (
        world {key} NOT NULL,
        place {number} NOT NULL,
        inbox {key} NOT NULL,
        secret {blob} NOT NULL,
        PRIMARY KEY (world, place)
    )""",
    "CREATE INDEX inbox_secrets_by_inbox ON inbox_secrets (inbox)",
)
_COLUMNS: Final = "number, id, size, sender, event, head, body"
_OLDEST: Final = "(SELECT min(number) FROM inbox_entries WHERE inbox = ?)"
_LAST: Final = 2**63 - 1
_BATCH: Final = 20  # rows that are read at once; one may have a mebibyte


class SqlInboxes:
    """`InboxEntries` in `database`."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def totals(self) -> tuple[int, int]:
        rows = self.database.read("SELECT number, size FROM inbox_totals")
        return (rows[0][0], rows[0][1]) if rows else (0, 0)

    def count_in(self, size: int) -> tuple[int, int]:
        sql = (
            "INSERT INTO inbox_totals (id, number, size) VALUES (1, 1, ?) ON CONFLICT (id) DO UPDATE SET "
            "number = inbox_totals.number + 1, size = inbox_totals.size + excluded.size RETURNING number, size"
        )
        number, total = self.database.write(sql, (size,))[0]
        return number, total

    def add(self, inbox: str, row: InboxRow) -> None:
        sql = (
            "INSERT INTO inboxes (name, number) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET number = excluded.number"
        )
        self.database.write(sql, (inbox, row.number))
        sql = f"INSERT INTO inbox_entries (inbox, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        self.database.write(sql, (inbox, *row))

    def make_room(self, inbox: str, most_inboxes: int, most_entries: int, excess: int) -> None:
        sql = "SELECT (SELECT count(*) FROM inbox_entries WHERE inbox = ?), (SELECT count(*) FROM inboxes)"
        entries, inboxes = self.database.read(sql, (inbox,))[0]
        if entries > most_entries:
            excess -= self._remove_oldest(inbox)
        if inboxes > most_inboxes:
            excess -= self.clear(self._longest_idle())
        while excess > 0:
            excess -= self._remove_oldest(self._longest_idle())

    def newest_first(
        self, inbox: str, event: bytes | None, since: str | None, before: int | None
    ) -> Iterator[InboxRow]:
        where, values = self._where(inbox, event, since)
        last = _LAST if before is None else before
        sql = f"SELECT {_COLUMNS} FROM inbox_entries WHERE {where} AND number < ? ORDER BY number DESC LIMIT {_BATCH}"
        while batch := self.database.read(sql, (*values, last)):
            last = batch[-1][0]
            yield from map(_row, batch)

    def count(self, inbox: str, event: bytes | None, since: str | None) -> int:
        where, values = self._where(inbox, event, since)
        count: int = self.database.read(f"SELECT count(*) FROM inbox_entries WHERE {where}", values)[0][0]
        return count

    def clear(self, inbox: str, of: str | None = None) -> int:
        where, values = "inbox = ?", [inbox]
        if of is not None:
            where, values = f"{where} AND (sender IS NULL OR sender = ?)", [inbox, of]
        if not self.database.read(f"SELECT 1 FROM inbox_entries WHERE {where} LIMIT 1", values):
            return 0
        return self._removed(
            inbox, self.database.write(f"DELETE FROM inbox_entries WHERE {where} RETURNING size", values)
        )

    def clear_all(self) -> None:
        if self.totals()[1]:
            self.database.write("UPDATE inbox_totals SET size = 0")
            self.database.write("DELETE FROM inbox_entries")
            self.database.write("DELETE FROM inboxes")

    def point(self, world: str, secrets: Sequence[tuple[str, str]]) -> None:
        rows = self.database.read("SELECT inbox, secret FROM inbox_secrets WHERE world = ? ORDER BY place", (world,))
        if [(inbox, bytes(secret).decode()) for inbox, secret in rows] == list(secrets):
            return
        self.database.write("DELETE FROM inbox_secrets WHERE world = ?", (world,))
        sql = "INSERT INTO inbox_secrets (world, place, inbox, secret) VALUES (?, ?, ?, ?)"
        self.database.write_many(
            sql, [(world, place, inbox, secret.encode()) for place, (inbox, secret) in enumerate(secrets)]
        )

    def secrets(self, inbox: str) -> list[str]:
        rows = self.database.read("SELECT secret FROM inbox_secrets WHERE inbox = ?", (inbox,))
        return [bytes(secret).decode() for (secret,) in rows]

    def latest(self, inboxes: Sequence[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for part in parts_of(inboxes):
            marks, names = marks_of(part)
            rows: list[Any] = self.database.read(f"SELECT name, number FROM inboxes WHERE name IN ({marks})", names)
            found |= dict(rows)
        return found

    def _where(self, inbox: str, event: bytes | None, since: str | None) -> tuple[str, list[Any]]:
        where = "inbox = ?"
        values: list[Any] = [inbox]
        if event is not None:
            where, values = f"{where} AND event = ?", [*values, event]
        number = self._number(inbox, since)
        return (where, values) if number is None else (f"{where} AND number > ?", [*values, number])

    def _number(self, inbox: str, id: str | None) -> int | None:
        if id is None or "\0" in id:  # PostgreSQL refuses it, and no entry has it
            return None
        rows = self.database.read("SELECT number FROM inbox_entries WHERE inbox = ? AND id = ?", (inbox, id))
        return rows[0][0] if rows else None

    def _longest_idle(self) -> str:
        name: str = self.database.read("SELECT name FROM inboxes ORDER BY number LIMIT 1")[0][0]
        return name

    def _remove_oldest(self, inbox: str) -> int:
        sql = f"DELETE FROM inbox_entries WHERE inbox = ? AND number = {_OLDEST} RETURNING size"
        return self._removed(inbox, self.database.write(sql, (inbox, inbox)))

    def _removed(self, inbox: str, sizes: Iterable[tuple[Any, ...]]) -> int:
        """Count what was removed from an inbox, and forget it if it is empty. Returns the size of all that."""
        size: int = sum(size for (size,) in sizes)
        self.database.write("UPDATE inbox_totals SET size = size - ?", (size,))
        sql = "DELETE FROM inboxes WHERE name = ? AND NOT EXISTS (SELECT 1 FROM inbox_entries WHERE inbox = name)"
        self.database.write(sql, (inbox,))
        return size


def _row(values: tuple[Any, ...]) -> InboxRow:
    number, id, size, sender, event, head, body = values
    return InboxRow(number, id, size, sender, None if event is None else bytes(event), bytes(head), bytes(body))
