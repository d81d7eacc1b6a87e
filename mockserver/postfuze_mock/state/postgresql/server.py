"""The server at a DSN: how it is reached, whether it can be used, and the schema for the mock's tables."""

from __future__ import annotations

from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict

from postfuze_mock.state.engine import EngineError

SCHEMA: Final = "postfuze_mock"
OLDEST_VERSION: Final = 15
#: The advisory lock of who makes the schema, or the tables in it.
LOCK: Final = int.from_bytes(b"postfuze", "big")
#: What libpq is told, unless the DSN says otherwise. A host that is gone is noticed within two seconds.
_DEFAULTS: Final = {
    "application_name": "postfuze-mock",
    "client_encoding": "UTF8",
    "connect_timeout": "2",
    "tcp_user_timeout": "900",
    "keepalives_idle": "1",
    "keepalives_interval": "1",
    "keepalives_count": "2",
}


def connection_parameters(dsn: str) -> dict[str, Any]:
    """The parameters of connections. Raises EngineError if `dsn` is none."""
    try:
        given = conninfo_to_dict(dsn)
    except psycopg.Error as error:  # its message may quote the password
        raise EngineError(
            "the database is not named as libpq names one, postgresql://USER:PASSWORD@HOST/NAME"
        ) from error
    return {**_DEFAULTS, **given, "autocommit": True}


def make_schema(parameters: dict[str, Any]) -> None:
    """Make the schema, unless it is there. Raises EngineError if the server or its database cannot be used."""
    try:
        with psycopg.connect(**parameters) as connection:
            _check(connection)
            _make_schema(connection)
    except psycopg.Error as error:
        raise EngineError(_reason(error, parameters)) from error


def _check(connection: psycopg.Connection[Any]) -> None:
    version = connection.info.server_version // 10_000
    if version < OLDEST_VERSION:
        raise EngineError(f"PostgreSQL {version} is too old; {OLDEST_VERSION} or newer is needed")
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise EngineError(f"the database has the encoding {encoding}; one with UTF8 is needed")
    if connection.execute("SELECT pg_is_in_recovery()").fetchone() == (True,):
        raise EngineError("the server is a standby, which can only be read; the primary is needed")


def _make_schema(connection: psycopg.Connection[Any]) -> None:
    # Not IF NOT EXISTS: that takes the right to make schemas even if there is nothing to make.
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        row = connection.execute("SELECT to_regnamespace(%s) IS NULL", (SCHEMA,)).fetchone()
        if row is not None and row[0]:
            connection.execute(f"CREATE SCHEMA {SCHEMA}")


def _reason(error: psycopg.Error, parameters: dict[str, Any]) -> str:
    """What libpq or the server says, in one line without the password."""
    line = str(error).strip().partition("\n")[0]
    line = line.removeprefix("connection failed: ").removeprefix("connection is bad: ")
    for name in ("password", "sslpassword"):
        if secret := parameters.get(name):
            line = line.replace(secret, "***")
    return line.rstrip(".")
