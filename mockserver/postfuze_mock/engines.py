"""Opens the engine that `--state` names. The modules of one that is not used are not imported."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from postfuze_mock import state_url
from postfuze_mock.settings import InvalidSettingError, Settings
from postfuze_mock.state.engine import Engine, EngineError
from postfuze_mock.state.memory_engine import MemoryEngine
from postfuze_mock.state_url import StateUrl
from postfuze_mock.worlds.coverage import Coverage, MemoryCoverage
from postfuze_mock.worlds.journal.journal import MAX_ENTRIES, Journals
from postfuze_mock.worlds.journal.memory_journal import MemoryJournals
from postfuze_mock.worlds.local import LocalWorlds
from postfuze_mock.worlds.origins import Origins
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.tokens import LocalTokens, Tokens

if TYPE_CHECKING:
    from postfuze_mock.state.sql.database import Database
    from postfuze_mock.worlds.journal.recorder import Recorder


class Opened(NamedTuple):
    """An engine, what finds the worlds of session tokens and of link states in it, what is recorded there of calls, and
    by whom, and what makes the registry of the worlds there, which holds so many of them."""

    engine: Engine
    tokens: Tokens
    states: Tokens
    journals: Journals
    coverage: Coverage
    recorder: Recorder | None
    worlds: Callable[[Origins, int], Worlds]


def open_engine(settings: Settings, reserved: Callable[[], Mapping[str, str]]) -> Opened:
    """The engine of `settings`; `reserved` returns the session tokens that files name, with their worlds. Raises
    InvalidSettingError if it cannot be used."""
    place = state_url.parse(settings.state)
    if not place.is_shared:
        memory, journals = MemoryEngine(), MemoryJournals()
        tokens, states, worlds = LocalTokens(reserved), LocalTokens(), partial(LocalWorlds, memory)
        return Opened(memory, tokens, states, journals, MemoryCoverage(), None, worlds)
    try:
        return _shared(_database(place, settings.state_pool), reserved)
    except EngineError as error:
        raise InvalidSettingError("state", f"cannot be used: {error}") from error


def _shared(database: Database, reserved: Callable[[], Mapping[str, str]]) -> Opened:
    from postfuze_mock.state.sql import schema
    from postfuze_mock.state.sql.calls import SqlCalls
    from postfuze_mock.state.sql.coverage import SqlCoverage
    from postfuze_mock.state.sql.processes import Processes
    from postfuze_mock.state.sql.tokens import SqlTokens
    from postfuze_mock.worlds.journal.recorder import Recorder
    from postfuze_mock.worlds.journal.shared_journal import SharedJournals
    from postfuze_mock.worlds.shared import SharedWorlds
    from postfuze_mock.worlds.shared_coverage import SharedCoverage

    schema.migrate(database)
    tokens, states = SqlTokens(database, "session", reserved), SqlTokens(database, "state")
    journals = SharedJournals(SqlCalls(database, MAX_ENTRIES))
    coverage = SharedCoverage(database, SqlCoverage(database))
    recorder = Recorder(database, Processes(database), journals, coverage)
    worlds = partial(SharedWorlds, database, journals)
    return Opened(database, tokens, states, journals, coverage, recorder, worlds)


def _database(place: StateUrl, pool_size: int) -> Database:
    if place.path is not None:
        from postfuze_mock.state.sqlite import SqliteDatabase

        return SqliteDatabase(place.path)
    assert place.dsn is not None
    try:
        from postfuze_mock.state.postgresql import PostgresqlDatabase
    except ImportError as error:
        raise EngineError("PostgreSQL needs a driver: pip install 'postfuze-mock[postgresql]'") from error
    return PostgresqlDatabase(place.dsn, pool_size)
