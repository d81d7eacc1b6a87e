"""The pending sessions of a world."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import orjson

from postfuze_mock.records import Session, encoded
from postfuze_mock.state.sql.part import Part

TABLES: Final = (
    """CREATE TABLE sessions (
        world {number} NOT NULL,
        token {key} NOT NULL,
        number {number} NOT NULL,
        expires_at {key},
        session {blob} NOT NULL,
        PRIMARY KEY (world, token)
    )""",
    "CREATE INDEX sessions_by_number ON sessions (world, number)",
)
_NUMBER: Final = "session"
_BATCH: Final = 100  # rows that are read at once
_LAST: Final = 2**63 - 1


class Sessions(Part):
    """The pending sessions of a world."""

    def put_session(self, session: Session) -> None:
        self.changed()
        sql = (
            "INSERT INTO sessions (world, token, number, expires_at, session) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (world, token) DO UPDATE SET expires_at = excluded.expires_at, session = excluded.session"
        )
        number = self.head.numbers[_NUMBER] = self.head.numbers.get(_NUMBER, 0) + 1
        values = (self.head.id, session["session_token"], number, session["expires_at"], encoded(session))
        self.database.write(sql, values)

    def session(self, token: str) -> Session | None:
        rows = self.database.read("SELECT session FROM sessions WHERE world = ? AND token = ?", (self.head.id, token))
        return orjson.loads(rows[0][0]) if rows else None

    def take(self, token: str) -> Session | None:
        if not self.database.current.is_writer and self.session(token) is None:
            return None
        sql = "DELETE FROM sessions WHERE world = ? AND token = ? RETURNING session"
        rows = self.database.write(sql, (self.head.id, token))
        if not rows:
            return None
        self.changed()
        taken: Session = orjson.loads(rows[0][0])
        return taken

    def sessions(self) -> list[Session]:
        sql = "SELECT session FROM sessions WHERE world = ? ORDER BY number"
        return [orjson.loads(session) for (session,) in self.database.read(sql, (self.head.id,))]

    def sessions_before(self, number: int | None) -> Iterator[tuple[int, Session]]:
        sql = f"SELECT number, session FROM sessions WHERE world = ? AND number < ? ORDER BY number DESC LIMIT {_BATCH}"
        before = _LAST if number is None else number
        while batch := self.database.read(sql, (self.head.id, before)):
            before = batch[-1][0]
            yield from ((each, orjson.loads(session)) for each, session in batch)

    def session_count(self) -> int:
        count: int = self.database.read("SELECT count(*) FROM sessions WHERE world = ?", (self.head.id,))[0][0]
        return count

    def expire_sessions(self, at: str) -> list[str]:
        condition = "world = ? AND expires_at <= ?"
        if not self.database.read(f"SELECT 1 FROM sessions WHERE {condition} LIMIT 1", (self.head.id, at)):
            return []
        self.changed()
        rows = self.database.write(
            f"DELETE FROM sessions WHERE {condition} RETURNING token, number", (self.head.id, at)
        )
        return [token for token, _ in sorted(rows, key=lambda row: row[1])]
