"""The documentation's pages, and a mock to run them against."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.support.processes import MockProcess


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that run what the pages say."""
    for item in items:
        if item.path.parent.name == "docs" and item.path.name != "test_examples.py":
            item.add_marker(pytest.mark.docs)


@pytest.fixture(scope="session")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MockProcess]:
    """One mock for all pages; each page resets it first."""
    process = MockProcess(folder=tmp_path_factory.mktemp("docs-server"))
    yield process
    process.stop()
