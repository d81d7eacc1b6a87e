"""The inboxes of all worlds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from postfuze_mock.state.inboxes import Bounds, InboxRow
from postfuze_mock.state.sql.database import Database
from postfuze_mock.state.sql.lists import marks_of, parts_of

#: `inboxes.number` is that of the last of its `entries`. The one row of `inbox_totals` counts all entries, and their
#: sizes.
TABLES: Final = (
    "CREATE TABLE inboxes (name {key} PRIMARY KEY, number {number} NOT NULL, entries {number} NOT NULL)",
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
_PUT_INBOX: Final = (
    "INSERT INTO inboxes (name, number, entries) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET "
    "number = excluded.number, entries = inboxes.entries + excluded.entries RETURNING entries"
)
_NEW: Final = "new inbox entries"  # of a transaction
_OLDEST: Final = "(SELECT min(number) FROM inbox_entries WHERE inbox = ?)"
_LAST: Final = 2**63 - 1
_BATCH: Final = 20  # rows that are read at once; one may have a mebibyte


class _New(NamedTuple):
    """An entry that is to be added to an inbox at the end of a transaction."""

    inbox: str
    size: int
    make: Callable[[int], InboxRow]
    bounds: Bounds


class SqlInboxes:
    """`InboxEntries` in `database`."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def totals(self) -> tuple[int, int]:
        self._flush()
        rows = self.database.read("SELECT number, size FROM inbox_totals")
        return (rows[0][0], rows[0][1]) if rows else (0, 0)

    def add(self, inbox: str, size: int, make: Callable[[int], InboxRow], bounds: Bounds) -> None:
        transaction = self.database.current
        if _NEW not in transaction.held:
            self.database.demand_writer()
            transaction.held[_NEW] = []
            transaction.before_commit.append(self._flush)
        transaction.held[_NEW].append(_New(inbox, size, make, bounds))

    def _flush(self) -> None:
        """Store what was added in this transaction."""
        new: list[_New] = self.database.current.held.get(_NEW, [])
        if not new:
            return
        last, total = self._count_in(len(new), sum(each.size for each in new))
        numbered = list(enumerate(new, start=last - len(new) + 1))
        sql = f"INSERT INTO inbox_entries (inbox, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        self.database.write_many(sql, [(each.inbox, *each.make(number)) for number, each in numbered])
        newest, counts = {each.inbox: number for number, each in numbered}, Counter(each.inbox for each in new)
        bounds = new[-1].bounds
        new.clear()
        entries = {
            name: self.database.write(_PUT_INBOX, (name, number, counts[name]))[0][0] for name, number in newest.items()
        }
        self._make_room(entries, total, bounds)

    def _count_in(self, count: int, size: int) -> tuple[int, int]:
        """The last number of so many new entries of a size of `size`, and the size of all entries with them. Others
        that add some wait until the end of this transaction."""
        sql = (
            "INSERT INTO inbox_totals (id, number, size) VALUES (1, ?, ?) ON CONFLICT (id) DO UPDATE SET number = "
            "inbox_totals.number + excluded.number, size = inbox_totals.size + excluded.size RETURNING number, size"
        )
        number, total = self.database.write(sql, (count, size))[0]
        return number, total

    def _make_room(self, entries: Mapping[str, int], total: int, bounds: Bounds) -> None:
        """Keep the `bounds` now that these inboxes have so many entries."""
        excess = total - bounds.size
        for inbox, count in entries.items():
            for _ in range(count - bounds.entries):
                excess -= self._remove_oldest(inbox)
        for _ in range(self.database.read("SELECT count(*) FROM inboxes")[0][0] - bounds.inboxes):
            excess -= self.clear(self._longest_idle())
        while excess > 0:
            excess -= self._remove_oldest(self._longest_idle())

    def newest_first(
        self, inbox: str, event: bytes | None, since: str | None, before: int | None
    ) -> Iterator[InboxRow]:
        self._flush()
        where, values = self._where(inbox, event, since)
        last = _LAST if before is None else before
        sql = f"SELECT {_COLUMNS} FROM inbox_entries WHERE {where} AND number < ? ORDER BY number DESC LIMIT {_BATCH}"
        while batch := self.database.read(sql, (*values, last)):
            last = batch[-1][0]
            yield from map(_row, batch)

    def count(self, inbox: str, event: bytes | None, since: str | None) -> int:
        self._flush()
        where, values = self._where(inbox, event, since)
        count: int = self.database.read(f"SELECT count(*) FROM inbox_entries WHERE {where}", values)[0][0]
        return count

    def clear(self, inbox: str, of: str | None = None) -> int:
        self._flush()
        where, values = "inbox = ?", [inbox]
        if of is not None:
            where, values = f"{where} AND (sender IS NULL OR sender = ?)", [inbox, of]
        if not self.database.read(f"SELECT 1 FROM inbox_entries WHERE {where} LIMIT 1", values):
            return 0
        self._lock()
        return self._removed(
            inbox, self.database.write(f"DELETE FROM inbox_entries WHERE {where} RETURNING size", values)
        )

    def clear_all(self) -> None:
        self._flush()
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
        if id is None:
            return None
        rows = self.database.read("SELECT number FROM inbox_entries WHERE inbox = ? AND id = ?", (inbox, id))
        return rows[0][0] if rows else None

    def _lock(self) -> None:
        """Wait until others have changed what they change: they lock the totals before the entries, too."""
        self.database.write(f"SELECT 1 FROM inbox_totals{self.database.dialect.for_update}")

    def _longest_idle(self) -> str:
        name: str = self.database.read("SELECT name FROM inboxes ORDER BY number LIMIT 1")[0][0]
        return name

    def _remove_oldest(self, inbox: str) -> int:
        sql = f"DELETE FROM inbox_entries WHERE inbox = ? AND number = {_OLDEST} RETURNING size"
        return self._removed(inbox, self.database.write(sql, (inbox, inbox)))

    def _removed(self, inbox: str, sizes: Collection[tuple[Any, ...]]) -> int:
        """Count what was removed from an inbox, and forget it if it is empty. Returns the size of all that."""
        size: int = sum(size for (size,) in sizes)
        self.database.write("UPDATE inbox_totals SET size = size - ?", (size,))
        self.database.write("UPDATE inboxes SET entries = entries - ? WHERE name = ?", (len(sizes), inbox))
        self.database.write("DELETE FROM inboxes WHERE name = ? AND entries = 0", (inbox,))
        return size


def _row(values: tuple[Any, ...]) -> InboxRow:
    number, id, size, sender, event, head, body = values
    return InboxRow(number, id, size, sender, None if event is None else bytes(event), bytes(head), bytes(body))
