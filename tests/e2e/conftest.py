"""Servers as processes, and in this process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest
from tests.e2e.packages import run
from tests.support.processes import ROOT, MockProcess
from tests.support.servers import LocalMock

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all tests of this folder as `process`; those marked `process(quick=True)` run in `make test` as well."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.process)


class Start(Protocol):
    """Starts the command in the test's folder; it is stopped after the test."""

    def __call__(self, *arguments: str | Path, env: dict[str, str] | None = None, root: Path = ROOT) -> MockProcess: ...


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    mocks: list[MockProcess] = []

    def starting(*arguments: str | Path, env: dict[str, str] | None = None, root: Path = ROOT) -> MockProcess:
        folder = tmp_path / f"server-{len(mocks)}"
        folder.mkdir()
        mocks.append(MockProcess(*arguments, folder=folder, env=env, root=root))
        return mocks[-1]

    yield starting
    for mock in mocks:
        mock.stop()


class Serve(Protocol):
    """Starts a mock in this process, as `postfuze-mock serve ARGUMENTS` does; it is stopped after the test."""

    def __call__(self, *arguments: str | Path, env: Mapping[str, str] | None = None) -> LocalMock: ...


@pytest.fixture
def serve() -> Iterator[Serve]:
    with ExitStack() as stack:

        def start(*arguments: str | Path, env: Mapping[str, str] | None = None) -> LocalMock:
            mock = LocalMock(*arguments, env=env)
            stack.callback(mock.stop)
            return mock

        yield start


@pytest.fixture(scope="session")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MockProcess]:
    """A server with the default settings, for read-only tests."""
    process = MockProcess(folder=tmp_path_factory.mktemp("mock"))
    yield process
    process.stop()


@pytest.fixture(scope="session")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sdist")
    run("-m", "hatchling", "build", "--target", "sdist", "--directory", folder, cwd=ROOT)
    return next(folder.glob("postfuze_mock-*.tar.gz"))


@pytest.fixture(scope="session")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the sdist as an installer does."""
    folder = tmp_path_factory.mktemp("wheel")
    run("-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, sdist, cwd=folder)
    return next(folder.glob("postfuze_mock-*.whl"))
