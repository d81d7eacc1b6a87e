"""The client of a world that only the test uses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.support.servers import RunningMock

from postfuze_mock.client import Mock


@pytest.fixture
def mock(server: RunningMock, name: str) -> Iterator[Mock]:
    mock = Mock(server.url, f"sk_test_{name}")
    yield mock
    mock.close()
