"""A server of its own for each worker, because coverage is about all worlds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.mockserver.conftest import COMMON
from tests.mockserver.coverage.met import Met
from tests.support.servers import LocalMock, RunningMock


@pytest.fixture(scope="session")
def alone() -> Iterator[RunningMock]:
    server = LocalMock(*COMMON)
    yield server
    server.stop()


@pytest.fixture
def met(alone: RunningMock) -> Met:
    """The coverage of a server whose worlds are reset, and which has met nothing so far."""
    met = Met(alone)
    met.client.reset(all=True)
    met.client.delete_coverage()
    return met
