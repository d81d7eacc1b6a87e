"""The tables, and how those of an earlier version become those of today."""

from __future__ import annotations

from typing import Final

from postfuze_mock.state.engine import EngineError
from postfuze_mock.state.sql import (
    accounts,
    calls,
    coverage,
    deliveries,
    heads,
    inboxes,
    logs,
    processes,
    queues,
    sessions,
    tokens,
)
from postfuze_mock.state.sql.database import Database

#: The statements that make each version out of the one before; the first out of nothing. One that was released is never
#: changed. `{blob}` and the like are the names of the `Dialect`.
MIGRATIONS: Final = (
    tuple(
        statement
        for module in (
            heads,
            accounts,
            sessions,
            logs,
            tokens,
            deliveries,
            queues,
            inboxes,
            calls,
            coverage,
            processes,
        )
        for statement in module.TABLES
    ),
)
VERSION: Final = len(MIGRATIONS)
_INSTANCE: Final = "CREATE TABLE IF NOT EXISTS instance (name {key} PRIMARY KEY, value {key} NOT NULL)"


def migrate(database: Database) -> None:
    """Make the tables of `database`, or bring them up to date; safe when several processes do so at once. Raises
    EngineError, with nothing changed, if a newer version has made them, or another program."""
    try:
        database.run_now(lambda: _migrate(database), write=True)
    except database.errors as error:
        reason = str(error).partition("\n")[0]
        raise EngineError(f"the database has tables of another program: {reason}; use another database") from error


def instance_value(database: Database, name: str, first: str) -> str:
    """A value that all processes share, which is `first` if it has none yet."""
    insert = "INSERT INTO instance (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING"
    query = "SELECT value FROM instance WHERE name = ?"
    rows = database.read(query, (name,))
    if not rows:
        database.write(insert, (name, first))
        rows = database.read(query, (name,))
    value: str = rows[0][0]
    return value


def _migrate(database: Database) -> None:
    database.lock_schema()
    _execute(database, _INSTANCE)
    version = int(instance_value(database, "schema", "0"))
    if version > VERSION:
        raise EngineError(
            f"the database has tables of version {version}, but this postfuze-mock knows only up to {VERSION}; use a "
            "newer one, or another database"
        )
    for statements in MIGRATIONS[version:]:
        for statement in statements:
            _execute(database, statement)
    if version < VERSION:
        database.write("UPDATE instance SET value = ? WHERE name = ?", (str(VERSION), "schema"))


def _execute(database: Database, statement: str) -> None:
    database.write(statement.format(**database.dialect._asdict()))
