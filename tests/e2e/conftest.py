"""Servers in processes of their own, and a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import sync_playwright
from tests.e2e.browser import Browser, launched
from tests.support.processes import ROOT, MockProcess


class Start(Protocol):
    """Starts the command in the test's own folder; it is ended with the test."""

    def __call__(self, *arguments: str | Path, env: dict[str, str] | None = None, root: Path = ROOT) -> MockProcess: ...


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[MockProcess] = []

    def starting(*arguments: str | Path, env: dict[str, str] | None = None, root: Path = ROOT) -> MockProcess:
        folder = tmp_path / f"server-{len(started)}"
        folder.mkdir()
        started.append(MockProcess(*arguments, folder=folder, env=env, root=root))
        return started[-1]

    yield starting
    for process in started:
        process.stop()


@pytest.fixture(scope="module")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MockProcess]:
    """A server with the default settings, for tests that only look."""
    process = MockProcess(folder=tmp_path_factory.mktemp("mock"))
    yield process
    process.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, for pages that a test looks at; see `tests/e2e/browser.py`."""
    with sync_playwright() as playwright:
        chromium = launched(playwright)
        yield Browser(chromium)
        chromium.close()
