"""The server that the model is compared with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.support.processes import MockProcess


@pytest.fixture(scope="session")
def validating(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MockProcess]:
    """A server that validates its responses; its clocks run until a test sets them."""
    process = MockProcess("--validate-responses", folder=tmp_path_factory.mktemp("model"))
    yield process
    process.stop()
