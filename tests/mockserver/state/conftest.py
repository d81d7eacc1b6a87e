"""Each test with `engine` or `store` runs on all engines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.mockserver.state.stores import Engine, MemoryEngine, sqlite

from postfuze_mock.state.store import Store


@pytest.fixture(params=["memory", "sqlite"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    engine: Engine = MemoryEngine() if request.param == "memory" else sqlite(tmp_path)
    yield engine
    engine.close()


@pytest.fixture
def store(engine: Engine) -> Store:
    """The store of a world that is empty."""
    return engine.store()
