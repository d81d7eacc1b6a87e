"""The engine in this process's memory: encoded rows, sorted keys, an index for each filter.

Rows that can be read again need not stay: those that differ from them are also kept apart, in `_overlay`, and put over
them when they are read. It serves one thread: a call is atomic because nothing else runs during it.
"""

import gc
import sys
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from heapq import merge
from itertools import count, dropwhile
from typing import Any, Final, NamedTuple

import orjson

from postfuze_mock.records import TIMESTAMP_WIDTH, Row, Session, encoded, sort_key
from postfuze_mock.state.memory.table import Table

#: The filters, and the pair of them that can both match a large part of a world: without an index of the pair, a page
#: of a tenant's accounts of a rare platform would take time in proportion to all accounts of that tenant.
INDEXED: Final = (("tenant_id",), ("platform",), ("username",), ("network_unique_id",), ("tenant_id", "platform"))

#: From this number of rows on, the garbage collector ignores them.
MIN_FROZEN: Final = 50_000

#: The numbers of all changes in this process: a world that is made anew never has the revision of an earlier one.
_changes: Final = count(1)


class _Pending(NamedTuple):
    """A pending session, encoded. `number` grows with each one that is added."""

    number: int
    expires_at: str | None
    json: bytes


class MemoryStore:
    """A `Store`. `indexed` are the columns, and groups of columns, with an index."""

    name = "memory"

    def __init__(self, indexed: Sequence[Sequence[str]] = INDEXED) -> None:
        self._indexed = indexed
        self._table: Table | None = None
        self.clear()

    def clear(self) -> None:
        self.load_on_demand(tuple, 0)
        self._sessions: dict[str, _Pending] = {}
        self._session_number = 0
        self._counters: dict[str, int] = {}
        self._logs: dict[str, dict[str, bytes]] = {}

    def load(self, rows: Iterable[Row]) -> None:
        self.load_on_demand(tuple, 0)  # first, so that the old rows need not fit in memory beside the new ones
        self._table = self._filled(rows)
        self._is_on_demand = False
        self._count = len(self._table.keys)

    def load_on_demand(self, read_rows: Callable[[], Iterable[Row]], count: int) -> None:
        self._changed()
        self._read_rows = read_rows
        self._is_on_demand = True
        self._count = count
        self._overlay: dict[str, Row] = {}
        self._table = None

    def _loaded(self) -> Table:
        if self._table is None:
            self._table = self._filled(self._read_rows())
            for id, row in self._overlay.items():
                self._table.put(id, row)
        return self._table

    def _filled(self, rows: Iterable[Row]) -> Table:
        table = Table(self._indexed)
        with _collector_paused():
            table.fill(rows)
        if len(table.rows) >= MIN_FROZEN:
            # Rows are in no cycles, but each full collection would walk through all of them (0.1 s for a million).
            gc.collect()
            gc.freeze()
        return table

    def unload(self) -> None:
        if self._is_on_demand:
            self._table = None

    def has_loaded(self) -> bool:
        return self._table is not None

    def revision(self) -> int:
        return self._revision

    def _changed(self) -> None:
        self._revision = next(_changes)

    def get(self, id: str) -> Row | None:
        if self._table is None and id in self._overlay:
            return self._overlay[id]
        return self._loaded().rows.get(id)

    def insert(self, row: Row) -> bool:
        id: str = row.account()["id"]
        if id in self._loaded().rows:
            return False
        self._put(id, row)
        return True

    def compare_and_set(self, id: str, expected: Row, new: Row) -> bool:
        if self._loaded().rows.get(id) != expected:
            return False
        if new.account()["id"] != id:
            raise ValueError(f"The row of {id} cannot become that of {new.account()['id']}.")
        self._put(id, new)
        return True

    def _put(self, id: str, row: Row) -> None:
        self._changed()
        table = self._loaded()
        table.put(id, row)
        self._count = len(table.keys)
        if self._is_on_demand:
            self._overlay[id] = row

    def page(self, where: Mapping[str, str], after: str | None, limit: int) -> list[Row]:
        table = self._loaded()
        rows = table.rows
        keys, rest = table.narrowest(where) if where else (table.keys, {})
        end = len(keys) if after is None else bisect_left(keys, after)
        if not rest:
            return [rows[key[TIMESTAMP_WIDTH:]] for key in reversed(keys[max(end - limit, 0) : end])]
        matches: list[Row] = []
        for at in range(end - 1, -1, -1):
            row = rows[keys[at][TIMESTAMP_WIDTH:]]
            account = row.account()
            if all(account[column] == value for column, value in rest.items()):
                matches.append(row)
                if len(matches) == limit:
                    break
        return matches

    def find(self, where: Mapping[str, str]) -> list[Row]:
        return self.page(where, None, sys.maxsize)

    def count(self) -> int:
        return self._count

    def rows(self) -> Iterator[Row]:
        table = self._loaded()
        return _oldest_first(dict(table.rows), list(table.keys))

    def put_session(self, session: Session) -> None:
        self._changed()
        token = session["session_token"]
        previous = self._sessions.get(token)
        if previous is None:
            self._session_number += 1
        number = self._session_number if previous is None else previous.number
        self._sessions[token] = _Pending(number, session["expires_at"], encoded(session))

    def session(self, token: str) -> Session | None:
        return _decoded(self._sessions.get(token))

    def take(self, token: str) -> Session | None:
        taken = _decoded(self._sessions.pop(token, None))
        if taken is not None:
            self._changed()
        return taken

    def sessions(self) -> list[Session]:
        return [orjson.loads(session.json) for session in self._sessions.values()]

    def sessions_before(self, number: int | None) -> Iterator[tuple[int, Session]]:
        for session in reversed(self._sessions.values()):
            if number is None or session.number < number:
                yield session.number, orjson.loads(session.json)

    def session_count(self) -> int:
        return len(self._sessions)

    def expire_sessions(self, at: str) -> list[str]:
        expired = [token for token, each in self._sessions.items() if each.expires_at and each.expires_at <= at]
        for token in expired:
            del self._sessions[token]
        if expired:
            self._changed()
        return expired

    def next(self, counter: str) -> int:
        self._changed()
        value = self._counters[counter] = self._counters.get(counter, 0) + 1
        return value

    def counters(self) -> dict[str, int]:
        return dict(self._counters)

    def set_counters(self, counters: Mapping[str, int]) -> None:
        self._changed()
        self._counters = dict(counters)

    def append(self, log: str, key: str, entry: Mapping[str, Any], limit: int) -> str | None:
        entries = self._logs.setdefault(log, {})
        self._changed()
        entries[key] = encoded(entry)
        if len(entries) <= limit:
            return None
        oldest = next(iter(entries))
        del entries[oldest]
        return oldest

    def replace_logged(self, log: str, key: str, expected: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
        entries = self._logs.get(log, {})
        if self.logged(log, key) != expected:
            return False
        self._changed()
        entries[key] = encoded(new)
        return True

    def logged(self, log: str, key: str) -> dict[str, Any] | None:
        entry = self._logs.get(log, {}).get(key)
        return None if entry is None else orjson.loads(entry)

    def log(self, log: str) -> list[dict[str, Any]]:
        return [orjson.loads(entry) for entry in self._logs.get(log, {}).values()]

    def log_count(self, log: str) -> int:
        return len(self._logs.get(log, {}))

    def log_before(self, log: str, key: str | None) -> Iterator[tuple[str, dict[str, Any]]]:
        entries = reversed(self._logs.get(log, {}).items())
        if key is not None:
            entries = dropwhile(lambda entry: entry[0] != key, entries)
            next(entries, None)
        for each, entry in entries:
            yield each, orjson.loads(entry)


def _oldest_first(rows: Mapping[str, Row], keys: Iterable[str]) -> Iterator[Row]:
    """`rows`; `keys` has the undeleted ones in order. Row by row, so that another thread can iterate."""
    deleted = sorted(sort_key(row.account()) for row in rows.values() if row.deleted)
    for key in merge(keys, deleted):
        yield rows[key[TIMESTAMP_WIDTH:]]


def _decoded(session: _Pending | None) -> Session | None:
    return None if session is None else orjson.loads(session.json)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Pauses the collector: a load makes no garbage, but so many objects that it would run again and again."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
