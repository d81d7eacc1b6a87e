"""The accounts of a world, in a table with an index for each filter."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from postfuze_mock.records import Row, sort_key
from postfuze_mock.state.sql.part import Part

#: The columns that are filtered by, and the pairs of them that can both match a large part of a world.
_FILTERS: Final = ("tenant_id", "platform", "username", "network_unique_id")
_INDEXES: Final = ((), *((name,) for name in _FILTERS), ("tenant_id", "platform"))
TABLES: Final = (
    """CREATE TABLE accounts (
        id {key} NOT NULL,
        world {number} NOT NULL,
        sort_key {key} NOT NULL,
        tenant_id {key},
        platform {key} NOT NULL,
        username {key},
        network_unique_id {key},
        deleted {flag} NOT NULL,
        account {blob} NOT NULL,
        hidden {blob} NOT NULL,
        PRIMARY KEY (id, world)
    )""",
    *(
        f"CREATE INDEX accounts_{'_'.join(('by', *columns, 'time'))} ON accounts "
        f"({', '.join(('world', *columns, 'sort_key'))}) WHERE NOT deleted"
        for columns in _INDEXES
    ),
)
#: Those that match few rows, whatever the world.
_NARROW: Final = ("network_unique_id", "username")
_ROW: Final = "account, hidden, deleted"
_COLUMNS: Final = ("id", "world", "sort_key", *_FILTERS, "deleted", "account", "hidden")
_INSERT: Final = f"INSERT INTO accounts ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
_SET: Final = ", ".join(f"{name} = ?" for name in _COLUMNS[2:])
_COUNT: Final = "accounts"
_BATCH: Final = 500  # rows that are read at once
#: How many characters of a text are in an index. PostgreSQL takes 2,704 bytes for all columns together.
_INDEXED: Final = 200


class Accounts(Part):
    """The accounts of a world; those that it begins with are stored when one is first needed."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._read_rows: Callable[[], Iterable[Row]] = tuple

    def load(self, rows: Iterable[Row]) -> None:
        self.load_on_demand(tuple, 0)
        self.head.first_count = None
        stored = _distinct(rows)
        self._count(sum(not row.deleted for row in stored))
        self._insert_all(stored)

    def load_on_demand(self, read_rows: Callable[[], Iterable[Row]], count: int) -> None:
        self.changed()
        self.database.write("DELETE FROM accounts WHERE world = ?", (self.head.id,))
        self._read_rows = read_rows
        self.head.first_count = self.head.numbers[_COUNT] = count

    def read_from(self, read_rows: Callable[[], Iterable[Row]]) -> None:
        """What `load_on_demand` was called with, in a process that did not call it."""
        self._read_rows = read_rows

    def unload(self) -> None:
        """Nothing is in memory."""

    def has_loaded(self) -> bool:
        return self.head.first_count is None

    def get(self, id: str) -> Row | None:
        self._load()
        rows = self.database.read(f"SELECT {_ROW} FROM accounts WHERE id = ? AND world = ?", (id, self.head.id))
        return _row(rows[0]) if rows else None

    def insert(self, row: Row) -> bool:
        self._load()
        rows = self.database.write(f"{_INSERT} ON CONFLICT (id, world) DO NOTHING RETURNING 1", self._values(row))
        if rows:
            self.changed()
            self._count(not row.deleted)
        return bool(rows)

    def compare_and_set(self, id: str, expected: Row, new: Row) -> bool:
        account = new.account()
        if account["id"] != id:
            raise ValueError(f"The row of {id} cannot become that of {account['id']}.")
        self._load()
        values = self._values(new)[2:]
        where = "id = ? AND world = ? AND account = ? AND hidden = ? AND deleted = ?"
        before = (id, self.head.id, expected.json, expected.hidden, expected.deleted)
        rows = self.database.write(f"UPDATE accounts SET {_SET} WHERE {where} RETURNING 1", (*values, *before))
        if rows:
            self.changed()
            self._count(expected.deleted - new.deleted)
        return bool(rows)

    def page(self, where: Mapping[str, str], after: str | None, limit: int) -> list[Row]:
        if "id" in where:
            # The query below could use any index that has the undeleted rows of this world, and might.
            row = self.get(where["id"])
            return [row] if row is not None and _matches(row, where, after) else []
        self._load()
        conditions, values = ["world = ?", "NOT deleted", *_conditions(where)], [*map(_indexed, where.values())]
        if after is not None:
            conditions.append("sort_key < ?")
            values.append(after)
        sql = f"SELECT account, hidden FROM accounts WHERE {' AND '.join(conditions)} ORDER BY sort_key DESC LIMIT ?"
        return [Row(*each) for each in self.database.read(sql, (self.head.id, *values, min(limit, sys.maxsize)))]

    def find(self, where: Mapping[str, str]) -> list[Row]:
        return self.page(where, None, sys.maxsize)

    def count(self) -> int:
        return self.head.numbers.get(_COUNT, 0)

    def rows(self) -> Iterator[Row]:
        self._load()
        after = ""
        sql = f"SELECT sort_key, {_ROW} FROM accounts WHERE world = ? AND sort_key > ? ORDER BY sort_key LIMIT {_BATCH}"
        while batch := self.database.read(sql, (self.head.id, after)):
            after = batch[-1][0]
            yield from (_row(each[1:]) for each in batch)

    def _load(self) -> None:
        if self.head.first_count is not None:
            self.database.demand_writer()
            self.head.first_count = None
            self.changed()
            self._insert_all(self._read_rows())

    def _count(self, more: int) -> None:
        """Note that there are `more` undeleted accounts, because counting a million takes a second."""
        self.head.numbers[_COUNT] = self.count() + more

    def _insert_all(self, rows: Iterable[Row]) -> None:
        self.database.insert_many("accounts", _COLUMNS, (self._values(row) for row in rows))

    def _values(self, row: Row) -> tuple[Any, ...]:
        account = row.account()
        filters = (_indexed(account[name]) for name in _FILTERS)
        key = (account["id"], self.head.id, sort_key(account))
        return (*key, *filters, row.deleted, row.json, row.hidden)


def _distinct(rows: Iterable[Row]) -> list[Row]:
    """`rows`, before any of them is stored. Raises ValueError for a repeated id."""
    result, ids = list(rows), set[str]()
    for id in (row.account()["id"] for row in result):
        if id in ids:
            raise ValueError(f"There are two accounts with the id {id}.")
        ids.add(id)
    return result


def _indexed(text: str | None) -> str | None:
    """What stands for a text, or None, in the column of a filter: a long one is cut, and a hash of it added. That is
    longer than any short one, so no two texts have the same."""
    if text is None or len(text) <= _INDEXED:
        return text
    return text[:_INDEXED] + hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _row(values: tuple[Any, ...]) -> Row:
    return Row(values[0], values[1], bool(values[2]))


def _conditions(where: Mapping[str, str]) -> Iterator[str]:
    """The conditions of a filter. If one of them matches few rows, its index is the only one that can be chosen: a
    database knows nothing yet of a world that has just been stored."""
    narrow = next((name for name in _NARROW if name in where), None)
    for name in where:
        yield f"{name} = ?" if narrow in (None, name) else f"{name} || '' = ?"


def _matches(row: Row, where: Mapping[str, str], after: str | None) -> bool:
    account = row.account()
    in_time = after is None or sort_key(account) < after
    return in_time and not row.deleted and all(account[name] == value for name, value in where.items())
