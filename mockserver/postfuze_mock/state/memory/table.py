"""The rows of the in-memory engine, and their indexes."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from postfuze_mock.records import Account, Row, sort_key
from postfuze_mock.state.memory.index import Index


class Table:
    """Rows by id, and the sort keys of the undeleted ones: all of them, and by the value of each index."""

    def __init__(self, indexed: Iterable[Sequence[str]]) -> None:
        self.rows: dict[str, Row] = {}
        self.keys: list[str] = []
        self.indexes = [Index(columns) for columns in indexed]

    def fill(self, rows: Iterable[Row]) -> None:
        """Adds many rows to an empty table. Raises ValueError for a repeated id."""
        hidden_parts: dict[bytes, bytes] = {}  # most are equal; a million copies would take 80 MB
        for row in rows:
            account = row.account()
            if account["id"] in self.rows:
                raise ValueError(f"There are two accounts with the id {account['id']}.")
            self.rows[account["id"]] = Row(row.json, hidden_parts.setdefault(row.hidden, row.hidden), row.deleted)
            if not row.deleted:
                key = sort_key(account)
                self.keys.append(key)
                for index in self.indexes:
                    index.append(account, key)
        self.keys.sort()
        for index in self.indexes:
            index.settle()

    def put(self, id: str, row: Row) -> None:
        """Adds a row, or replaces the one with its `id`."""
        before, after = self.rows.get(id), row.account()
        self.rows[id] = row
        old = None if before is None or before.deleted else before.account()
        if old is not None and not row.deleted and self._places(old) == self._places(after):
            return
        if old is not None:
            self._remove(old)
        if not row.deleted:
            self._add(after)

    def _add(self, account: Account) -> None:
        """Indexes the row of `account`."""
        key = sort_key(account)
        insort(self.keys, key)
        for index in self.indexes:
            index.add(account, key)

    def _remove(self, account: Account) -> None:
        """Removes the row of `account` from the indexes."""
        key = sort_key(account)
        del self.keys[bisect_left(self.keys, key)]
        for index in self.indexes:
            index.remove(account, key)

    def _places(self, account: Account) -> tuple[Any, ...]:
        """Everything that the row of `account` is indexed by."""
        return (sort_key(account), *[index.value(account) for index in self.indexes])

    def narrowest(self, where: Mapping[str, str]) -> tuple[Sequence[str], dict[str, str]]:
        """The shortest list of sort keys with all matches, and the filters that still have to be applied to it."""
        if "id" in where:
            row = self.rows.get(where["id"])
            lone = () if row is None or row.deleted else (sort_key(row.account()),)
            return lone, {column: value for column, value in where.items() if column != "id"}
        fewest: Sequence[str] = self.keys
        columns: frozenset[str] = frozenset()
        for index in self.indexes:
            if index.columns <= where.keys():
                keys = index.keys(where)
                if (len(keys), -len(index.columns)) < (len(fewest), -len(columns)):
                    fewest, columns = keys, index.columns
        return fewest, {column: value for column, value in where.items() if column not in columns}
