"""The interface of the store; an engine is a module beside this one.

A store holds one world and does not know why it changes. Each call is atomic: it happens completely or not at all, and
no other call sees half of it. Arguments and results are values: changing one later changes nothing in the store.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol

from postfuze_mock.records import Row, Session


class Store(Protocol):
    """The state of one world: accounts, pending sessions, counters, logs."""

    name: str
    """The engine's name."""

    def clear(self) -> None:
        """Removes everything: rows, sessions, counters, logs."""

    def load(self, rows: Iterable[Row]) -> None:
        """Replaces all rows by `rows`, in any order. Raises ValueError, and leaves no rows, for a repeated id."""

    def load_on_demand(self, read_rows: Callable[[], Iterable[Row]], count: int) -> None:
        """Replaces all rows by the `count` undeleted ones of `read_rows`, which is called when a row is first needed,
        and again after `unload`: it must always return equal rows, with no id twice."""

    def unload(self) -> None:
        """Frees the memory of rows that `load_on_demand` can read again; what has changed since stays."""

    def has_loaded(self) -> bool:
        """Whether the rows are in memory."""

    def revision(self) -> int:
        """A number that differs after each change, and from that of every other store of this process."""

    def get(self, id: str) -> Row | None:
        """The row with this id, deleted or not (see `Row.deleted`)."""

    def insert(self, row: Row) -> bool:
        """Adds a row; False, with nothing changed, if a row with its id exists, deleted or not."""

    def compare_and_set(self, id: str, expected: Row, new: Row) -> bool:
        """Replaces `expected` by `new`; False, with nothing changed, if the row differs from `expected`."""

    def page(self, where: Mapping[str, str], after: str | None, limit: int) -> list[Row]:
        """At most `limit` undeleted matching rows, newest first, after the sort key `after` (None: from the newest).

        `where` maps field to value (`id`, `tenant_id`, `platform`, `username`, `network_unique_id`); all must be equal,
        and null equals nothing. Rows may come and go between pages: the row of `after` need not exist any more.
        """

    def find(self, where: Mapping[str, str]) -> list[Row]:
        """All undeleted matching rows, newest first."""

    def count(self) -> int:
        """The number of undeleted rows."""

    def rows(self) -> Iterator[Row]:
        """All rows at the time of the call, including deleted ones, oldest first; another thread may iterate them."""

    def put_session(self, session: Session) -> None:
        """Adds a pending session, or replaces the one of the same token."""

    def session(self, token: str) -> Session | None:
        """The pending session of this token."""

    def take(self, token: str) -> Session | None:
        """Removes the session of this token and returns it: only one of many callers gets it."""

    def sessions(self) -> list[Session]:
        """All pending sessions, in the order in which they were added."""

    def sessions_before(self, number: int | None) -> Iterator[tuple[int, Session]]:
        """The pending sessions, the newest first, each with a number that grows with each session that is added: those
        with a smaller one than `number` (None: all)."""

    def session_count(self) -> int:
        """The number of pending sessions."""

    def expire_sessions(self, at: str) -> list[str]:
        """Removes the sessions that expire at the timestamp `at` or earlier, and returns their tokens."""

    def next(self, counter: str) -> int:
        """1, 2, 3 … for each counter."""

    def counters(self) -> dict[str, int]:
        """The last value of each counter."""

    def set_counters(self, counters: Mapping[str, int]) -> None:
        """Sets counters to these values, and all others to 0."""

    def append(self, log: str, key: str, entry: Mapping[str, Any], limit: int) -> str | None:
        """Adds an entry to a log that stores the last `limit` of them, or replaces the one with this key. Returns the
        key of the entry that was dropped for it, if any."""

    def replace_logged(self, log: str, key: str, expected: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
        """Replaces `expected` by `new`; False, with nothing changed, if the entry differs from `expected`."""

    def logged(self, log: str, key: str) -> dict[str, Any] | None:
        """The entry of a log with this key."""

    def log(self, log: str) -> list[dict[str, Any]]:
        """A log's entries, the oldest first."""

    def log_count(self, log: str) -> int:
        """How many entries a log has."""

    def log_before(self, log: str, key: str | None) -> Iterator[tuple[str, dict[str, Any]]]:
        """Keys and entries of a log, the newest first: those that are older than the entry of `key` (None: all). There
        is none if the log does not have that entry: it drops the oldest first."""
