"""The mock in this process, for tests that judge it or change it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.contracts.family.mock import Deployment, Mock


@pytest.fixture
def mock() -> Iterator[Mock]:
    """A mock that is not served yet, so that a test can change it first."""
    mock = Mock()
    yield mock
    mock.restore()


@pytest.fixture
def deployment(mock: Mock) -> Iterator[Deployment]:
    """The unchanged mock, served."""
    with mock.served() as deployment:
        yield deployment
