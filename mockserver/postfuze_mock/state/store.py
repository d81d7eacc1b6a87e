"""The one interface that the layers above know of the store; an engine is a file beside this one.

A store keeps one world and knows nothing of why it changes. Each call is atomic: it happens wholly or not at all, and
no other call sees half of it. What it takes and gives are values: to change one afterwards changes nothing stored.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from postfuze_mock.records import Row, Session


class Store(Protocol):
    """The state of one world: accounts, pending sessions, counters, logs."""

    name: str
    """The engine's."""

    def clear(self) -> None:
        """Forgets everything: rows, sessions, counters, logs."""

    def load(self, rows: Iterable[Row]) -> None:
        """Puts `rows`, in any order, in the place of all; ValueError, and none are left, where an id comes twice."""

    def revision(self) -> int:
        """A number that is another one after each change of the rows."""

    def get(self, id: str) -> Row | None:
        """The row with this id, deleted or not (`Row.deleted` tells)."""

    def insert(self, row: Row) -> bool:
        """Adds a row; False, with nothing changed, where its id stands, deleted or not."""

    def compare_and_set(self, id: str, expected: Row, new: Row) -> bool:
        """Puts `new` in the place of `expected`; False, with nothing changed, where the row is another by now."""

    def page(self, where: Mapping[str, str], after: str | None, limit: int) -> list[Row]:
        """At most `limit` undeleted rows that match, newest first, from behind the sort key `after` (None: the newest).

        `where` maps field to value (`id`, `tenant_id`, `platform`, `username`, `network_unique_id`); all must be equal,
        and null equals nothing. Rows may come and go between the pages of a walk: `after` need not stand any more.
        """

    def find(self, where: Mapping[str, str]) -> list[Row]:
        """All undeleted rows that match, newest first."""

    def count(self) -> int:
        """The number of undeleted rows."""

    def rows(self) -> Iterator[Row]:
        """All rows that there are at the call, the deleted too, oldest first; a thread may go through them."""

    def put_session(self, session: Session) -> None:
        """Adds a pending session, or replaces the one of the same token."""

    def session(self, token: str) -> Session | None:
        """The pending session of this token."""

    def take(self, token: str) -> Session | None:
        """Removes the session of this token and returns it: of many callers, one gets it."""

    def sessions(self) -> list[Session]:
        """All pending sessions, in the order in which they were put."""

    def next(self, counter: str) -> int:
        """1, 2, 3 … for each counter."""

    def counters(self) -> dict[str, int]:
        """The last value that each counter gave."""

    def set_counters(self, counters: Mapping[str, int]) -> None:
        """Makes all counters go on from these values, the others from nothing."""

    def append(self, log: str, key: str, entry: Mapping[str, Any], limit: int) -> str | None:
        """Adds an entry to a log that keeps the last `limit` of them, or replaces the one with this key. Returns the
        key of the entry that was dropped for it, if any."""

    def replace_logged(self, log: str, key: str, expected: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
        """Puts `new` in the place of `expected`; False, with nothing changed, where the entry is another one."""

    def logged(self, log: str, key: str) -> dict[str, Any] | None:
        """The entry of a log with this key."""

    def log(self, log: str) -> list[dict[str, Any]]:
        """A log's entries, the oldest first."""
