"""What the parts of a world's store have in common."""

from __future__ import annotations

from postfuze_mock.state.sql.database import Database
from postfuze_mock.state.sql.heads import Head


class Part:
    """The rows of one world, `head`, in some of the tables of `database`."""

    def __init__(self, database: Database, head: Head) -> None:
        self.database = database
        self.head = head

    def changed(self) -> None:
        """Note that the world differs from what is stored of it. Raises WriteNeeded in a transaction that reads."""
        self.database.demand_writer()
        self.head.is_changed = True
