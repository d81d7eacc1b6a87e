"""Each test with `engine` or `store` runs on all engines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.mockserver.state.stores import Engine, MemoryEngine, postgresql, sqlite

from postfuze_mock.state.store import Store


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.engines)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    engine = _opened(request, tmp_path)
    yield engine
    engine.close()


def _opened(request: pytest.FixtureRequest, folder: Path) -> Engine:
    match request.param:
        case "memory":
            return MemoryEngine()
        case "sqlite":
            return sqlite(folder)
    return postgresql(request.getfixturevalue("postgres_url"))


@pytest.fixture
def store(engine: Engine) -> Store:
    """The store of a world that is empty."""
    return engine.store()
