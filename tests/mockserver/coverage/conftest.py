"""A server of its own for each worker, because coverage is about all worlds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.mockserver.conftest import COMMON
from tests.mockserver.coverage.met import Met
from tests.support.engines import Flags
from tests.support.processes import MockProcess
from tests.support.servers import LocalMock, RunningMock


@pytest.fixture(scope="session")
def alone(engine_flags: Flags, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningMock]:
    flags = engine_flags(processes=True)
    several = "--workers" in flags
    folder = tmp_path_factory.mktemp("alone")
    server: RunningMock = MockProcess(*COMMON, *flags, folder=folder) if several else LocalMock(*COMMON, *flags)
    yield server
    server.stop()


@pytest.fixture
def met(alone: RunningMock) -> Met:
    """The coverage of a server whose worlds are reset, and which has met nothing so far."""
    met = Met(alone)
    met.client.reset(all=True)
    met.client.delete_coverage()
    return met
