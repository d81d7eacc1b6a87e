"""The mock as users run it: the real command, real HTTP, and a world for each test."""

from __future__ import annotations

import hashlib
import re
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

import pytest
from tests.support.engines import Flags
from tests.support.failing import Failing
from tests.support.processes import MockProcess
from tests.support.servers import LocalMock, RunningMock
from tests.support.times import NOW
from tests.support.world import World

COMMON = ("--validate-responses", "--clock", f"{NOW},frozen")


class Serve(Protocol):
    """Returns the server with these flags besides the common ones; each is started once per session."""

    def __call__(self, *flags: str | Path) -> RunningMock: ...


class Start(Protocol):
    """Starts a mock as `postfuze-mock serve ARGUMENTS` does; it is stopped after the test."""

    def __call__(self, *arguments: str | Path, env: Mapping[str, str] | None = None) -> LocalMock: ...


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "statement(*ids): the statements of openapi.yaml that the test exercises")
    config.addinivalue_line("markers", "assumption(id, alternative): the decision that the test shows")


@pytest.fixture(scope="session")
def serve(engine_flags: Flags) -> Iterator[Serve]:
    running: dict[tuple[str, ...], RunningMock] = {}

    def serving(*flags: str | Path) -> RunningMock:
        key = tuple(map(str, flags))
        if key not in running:
            running[key] = LocalMock(*COMMON, *key, *engine_flags(*key))
        return running[key]

    yield serving
    for server in running.values():
        server.stop()


@pytest.fixture
def start(engine_flags: Flags) -> Iterator[Start]:
    mocks: list[LocalMock] = []

    def starting(*arguments: str | Path, env: Mapping[str, str] | None = None) -> LocalMock:
        mocks.append(LocalMock(*arguments, *engine_flags(*arguments), env=env))
        return mocks[-1]

    yield starting
    for mock in mocks:
        mock.stop()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, engine_flags: Flags) -> Iterator[RunningMock]:
    """The server that most tests share, as a process; the clocks of its worlds are frozen at `NOW`."""
    server = MockProcess(*COMMON, *engine_flags(processes=True), folder=tmp_path_factory.mktemp("mock"))
    yield server
    assert server.send(signal.SIGTERM) == 0
    assert re.fullmatch(r"postfuze-mock ready at http://127\.0\.0\.1:[1-9][0-9]*\n", server.stdout)
    server.stop()


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """A world name that no other test uses."""
    return hashlib.blake2s(request.node.nodeid.encode(), digest_size=8).hexdigest()


@pytest.fixture
def world(server: RunningMock, name: str) -> World:
    """A world that only the test uses, with 120 generated accounts."""
    return server.world(name)


@pytest.fixture
def failing(server: RunningMock, world: World) -> Failing:
    """The test's world, with helpers for faults."""
    return Failing(server, world)


@pytest.fixture
def other(server: RunningMock, name: str) -> World:
    """Another organization."""
    return server.world(f"{name}-other")


@pytest.fixture
def empty(world: World) -> World:
    """The test's world, without accounts."""
    world.reset(world="empty")
    return world


@pytest.fixture
def demo(server: RunningMock) -> World:
    """The world of the documented example, after a reset."""
    demo = server.world("demo")
    demo.reset()
    return demo


@pytest.fixture
def limited(serve: Serve, name: str) -> World:
    """A world of a server that enforces the rate limits."""
    return serve("--rate-limits").world(name)
