"""One world in the tables of an engine that speaks SQL."""

from __future__ import annotations

from collections.abc import Mapping

from postfuze_mock.state.sql.accounts import Accounts
from postfuze_mock.state.sql.database import Database
from postfuze_mock.state.sql.heads import Head
from postfuze_mock.state.sql.logs import Logs
from postfuze_mock.state.sql.sessions import Sessions

_CLEARED = ("accounts", "sessions", "logs", "deliveries", "queues", "exchanges")


class SqlStore(Accounts, Sessions, Logs):
    """A `Store`, to be used in transactions of `database`. `head` is the world's."""

    def __init__(self, database: Database, head: Head) -> None:
        super().__init__(database, head)
        self.name = database.name

    def clear(self) -> None:
        self.changed()
        for table in _CLEARED:
            self.database.write(f"DELETE FROM {table} WHERE world = ?", (self.head.id,))
        self.head.counters.clear()
        self.head.numbers.clear()
        self.head.first_count = None
        self.head.generation += 1

    def revision(self) -> int:
        return self.head.version + self.head.is_changed

    def next(self, counter: str) -> int:
        self.changed()
        value = self.head.counters[counter] = self.head.counters.get(counter, 0) + 1
        return value

    def counters(self) -> dict[str, int]:
        return dict(self.head.counters)

    def set_counters(self, counters: Mapping[str, int]) -> None:
        self.changed()
        self.head.counters = dict(counters)
