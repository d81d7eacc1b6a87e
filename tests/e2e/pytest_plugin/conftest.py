"""A suite in the test's folder."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import pytest
from tests.e2e.pytest_plugin.runs import Suite


class MakeSuite(Protocol):
    """Writes a suite with these tests and settings of pytest.ini."""

    def __call__(self, text: str, settings: str = "") -> Suite: ...


@pytest.fixture
def suite(tmp_path: Path) -> MakeSuite:
    return lambda text, settings="": Suite(tmp_path, text, settings)
