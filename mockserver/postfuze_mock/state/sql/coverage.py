"""The coverage: one document for all worlds."""

from __future__ import annotations

from typing import Final

from postfuze_mock.state.sql.database import Database

TABLES: Final = (
    "CREATE TABLE coverage (id {number} PRIMARY KEY, document {blob})",
    "INSERT INTO coverage (id) VALUES (1)",  # so that there is something to lock
)


class SqlCoverage:
    """`state.coverage.CoverageDocument` in a table of `database`."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def load(self) -> bytes:
        lock = self.database.dialect.for_update if self.database.current.is_writer else ""
        return bytes(self.database.read(f"SELECT document FROM coverage WHERE id = 1{lock}")[0][0] or b"{}")

    def store(self, document: bytes) -> None:
        self.database.write("UPDATE coverage SET document = ? WHERE id = 1", (document,))
