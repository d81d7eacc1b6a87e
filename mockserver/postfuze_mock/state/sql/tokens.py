"""The session tokens, and the states of links, of all worlds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from postfuze_mock.state.sql.database import Database

TABLES: Final = (
    """CREATE TABLE tokens (
        kind {key} NOT NULL,
        token {key} NOT NULL,
        world {key} NOT NULL,
        PRIMARY KEY (kind, token)
    )""",
    "CREATE INDEX tokens_by_world ON tokens (kind, world)",
)


class SqlTokens:
    """The `Tokens` (worlds/tokens.py) of one `kind`. `reserved` returns those of worlds that may not be built yet; it
    is called once."""

    def __init__(self, database: Database, kind: str, reserved: Callable[[], Mapping[str, str]] = dict) -> None:
        self.database = database
        self.kind = kind
        self._load_reserved = reserved
        self._reserved: Mapping[str, str] | None = None

    def holder(self, token: str) -> str | None:
        sql = "SELECT world FROM tokens WHERE kind = ? AND token = ?"
        rows = self.database.read(sql, (self.kind, token))
        return rows[0][0] if rows else self._reservations().get(token)

    def claim(self, token: str, world: str) -> bool:
        if self._reservations().get(token, world) != world:
            return False
        sql = "INSERT INTO tokens (kind, token, world) VALUES (?, ?, ?) ON CONFLICT (kind, token) DO NOTHING"
        self.database.write(sql, (self.kind, token, world))
        return self.holder(token) == world

    def forget(self, token: str) -> None:
        self.database.write("DELETE FROM tokens WHERE kind = ? AND token = ?", (self.kind, token))

    def release(self, world: str) -> None:
        self.database.write("DELETE FROM tokens WHERE kind = ? AND world = ?", (self.kind, world))

    def _reservations(self) -> Mapping[str, str]:
        if self._reserved is None:
            self._reserved = self._load_reserved()
        return self._reserved
