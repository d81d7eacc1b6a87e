"""A mock to run the commands against."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.contracts.family.mock import Deployment, Mock


@pytest.fixture(scope="session")
def server() -> Iterator[Deployment]:
    """One mock for all tests; each test uses its own key, hence its own world."""
    with Mock().served() as deployment:
        yield deployment


@pytest.fixture
def url(server: Deployment) -> str:
    """The base URL of the API."""
    return server.url
