"""Opens the engine that `--state` names. The modules of one that is not used are not imported."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from postfuze_mock import state_url
from postfuze_mock.engines.in_memory import in_memory
from postfuze_mock.engines.opened import Opened
from postfuze_mock.settings import InvalidSettingError, Settings
from postfuze_mock.state.engine import EngineError, Unavailable
from postfuze_mock.state_url import StateUrl

if TYPE_CHECKING:
    from postfuze_mock.state.sql.database import Database


def open_engine(settings: Settings, reserved: Callable[[], Mapping[str, str]]) -> Opened:
    """The engine of `settings`; `reserved` returns the session tokens that files name, with their worlds. Raises
    InvalidSettingError if it cannot be used."""
    place = state_url.parse(settings.state)
    if not place.is_shared:
        return in_memory(reserved)
    from postfuze_mock.engines.in_sql import in_sql

    try:
        return in_sql(_database(place, settings.state_pool), reserved, settings.max_worlds)
    except (EngineError, Unavailable) as error:
        raise InvalidSettingError("state", f"cannot be used: {str(error).rstrip('.')}") from error


def _database(place: StateUrl, pool_size: int) -> Database:
    if place.path is not None:
        from postfuze_mock.state.sqlite import SqliteDatabase

        return SqliteDatabase(place.path)
    assert place.dsn is not None
    try:
        from postfuze_mock.state.postgresql.database import PostgresqlDatabase
    except ImportError as error:
        raise EngineError("PostgreSQL needs a driver: pip install 'postfuze-mock[postgresql]'") from error
    return PostgresqlDatabase(place.dsn, pool_size)
