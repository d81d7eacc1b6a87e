"""The real mock, in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.e2e.calls import API
from tests.e2e.mock_process import MockProcess


@pytest.fixture(scope="session")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MockProcess]:
    """A mock with its default settings; a key of its own is a world of its own."""
    process = MockProcess(folder=tmp_path_factory.mktemp("mock"))
    yield process
    process.stop()


@pytest.fixture
def url(mock: MockProcess) -> str:
    """Where the mock's paths begin."""
    return f"{mock.url}{API}"
