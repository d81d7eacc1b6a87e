"""The processes that use an engine together, in a table."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final
from uuid import uuid4

from postfuze_mock.state.sql.database import Database

#: `heartbeat` grows as long as the process lives; `acknowledged` is the last request that it has done. `asked` has one
#: row, with the number of the last request.
TABLES: Final = (
    """CREATE {unlogged} TABLE processes (
        id {key} PRIMARY KEY,
        heartbeat {number} NOT NULL,
        acknowledged {number} NOT NULL
    )""",
    "CREATE {unlogged} TABLE asked (id {number} PRIMARY KEY, number {number} NOT NULL)",
)
#: After how many seconds without a heartbeat a process is not waited for, and is forgotten.
STALE: Final = 3.0
FORGOTTEN: Final = 60.0


class Processes:
    """This process among those that use `database`. Whether another one lives is judged by its heartbeats that this
    one saw, on this one's clock `now`: clocks of different machines are not compared."""

    def __init__(self, database: Database, now: Callable[[], float] = time.monotonic) -> None:
        self.database = database
        self.id = uuid4().hex
        self._now = now
        self._beats = 0
        self._seen: dict[str, tuple[int, float]] = {}
        self._given_up: dict[str, int] = {}

    @property
    def live(self) -> int:
        """How many processes live, this one included, as of its last heartbeat."""
        return len(self.others()) + 1

    def others(self) -> set[str]:
        """The ids of the other processes that live, as of the last heartbeat. One that was given up counts again
        after its next heartbeat."""
        latest = self._now() - STALE
        return {id for id, (beat, at) in self._seen.items() if at > latest and self._given_up.get(id) != beat}

    def beat(self) -> None:
        """Show that this process lives, and see which others do. The first heartbeat registers it."""
        self._beats += 1
        sql = (
            "INSERT INTO processes (id, heartbeat, acknowledged) VALUES (?, ?, 0) "
            "ON CONFLICT (id) DO UPDATE SET heartbeat = excluded.heartbeat"
        )
        self.database.write(sql, (self.id, self._beats))
        self.look()
        for id in self._long_silent():
            self.database.write("DELETE FROM processes WHERE id = ?", (id,))

    def look(self) -> None:
        """See which other processes there are now."""
        rows = self.database.read("SELECT id, heartbeat FROM processes WHERE id <> ?", (self.id,))
        self.database.after_commit(lambda: self._note(dict(rows)))

    def leave(self) -> None:
        """Nobody waits for this process any more."""
        self.database.write("DELETE FROM processes WHERE id = ?", (self.id,))

    def ask(self) -> int:
        """Ask all processes for something; the number of this request."""
        sql = (
            "INSERT INTO asked (id, number) VALUES (1, 1) "
            "ON CONFLICT (id) DO UPDATE SET number = asked.number + 1 RETURNING number"
        )
        number: int = self.database.write(sql)[0][0]
        return number

    def asked(self) -> int:
        """The number of the last request."""
        rows = self.database.read("SELECT number FROM asked WHERE id = 1")
        return rows[0][0] if rows else 0

    def acknowledge(self, number: int) -> None:
        """This process has done what was asked up to this request."""
        self.database.write("UPDATE processes SET acknowledged = ? WHERE id = ?", (number, self.id))

    def waiting_for(self, number: int) -> set[str]:
        """The other processes that live and have not acknowledged this request yet."""
        rows = self.database.read("SELECT id FROM processes WHERE acknowledged < ?", (number,))
        return {id for (id,) in rows} & self.others()

    def give_up(self, ids: set[str]) -> None:
        """Count these processes as dead until their next heartbeat."""
        self._given_up = {id: beat for id, (beat, _) in self._seen.items() if id in ids}

    def _note(self, heartbeats: dict[str, int]) -> None:
        now = self._now()
        self._seen = {
            id: seen if (seen := self._seen.get(id)) is not None and seen[0] == beat else (beat, now)
            for id, beat in heartbeats.items()
        }

    def _long_silent(self) -> list[str]:
        latest = self._now() - FORGOTTEN
        return [id for id, (_, at) in self._seen.items() if at < latest]
