"""The image, built once a run. All of this is slow: a base image, a build, and containers."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from tests.e2e.container.engine import Engine
from tests.support.installed import printed
from tests.support.processes import ROOT

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all tests of this folder."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.packaging)
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def engine(testrun_uid: str) -> Engine:
    """An engine with the image of this checkout, which one worker of a run builds for all."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("building an image without a registry of images needs root on Linux")
    engine = Engine(printed("container_engine"), ROOT / ".cache" / "container")
    engine.provide(testrun_uid)
    return engine
