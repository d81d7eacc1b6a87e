"""Engines that processes share, and servers on them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol

import pytest
from tests.support.cluster import Cluster
from tests.support.processes import MockProcess
from tests.support.times import NOW

FROZEN: Final = ("--clock", f"{NOW},frozen")
#: The engines that several processes can share; a test with `state` runs on each.
SHARED: Final = ("sqlite", pytest.param("postgresql", marks=pytest.mark.engines))


@contextmanager
def engine_state(engine: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """`--state` of an engine that has nothing yet; what it has then goes to `folder`."""
    if engine == "sqlite":
        yield f"sqlite:///{folder}/worlds.db"
        return
    from tests.support.postgres import database  # imports psycopg, which few tests need

    with database(request.getfixturevalue("postgres")) as url:
        yield url


@pytest.fixture(params=SHARED)
def state(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """`--state` of an engine that has nothing yet."""
    with engine_state(request.param, request, tmp_path) as state:
        yield state


class Start(Protocol):
    """Starts a server with these flags; it is stopped after the test."""

    def __call__(self, *flags: str | Path) -> MockProcess: ...


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    servers: list[MockProcess] = []

    def starting(*flags: str | Path) -> MockProcess:
        folder = tmp_path / f"server-{len(servers)}"
        folder.mkdir()
        servers.append(MockProcess(*flags, folder=folder))
        return servers[-1]

    yield starting
    for server in servers:
        server.stop()


class Share(Protocol):
    """Starts `count` processes on the engine of the test; they are stopped after it."""

    def __call__(self, count: int, *flags: str | Path) -> Cluster: ...


@pytest.fixture
def share(state: str, tmp_path: Path) -> Iterator[Share]:
    clusters: list[Cluster] = []

    def starting(count: int, *flags: str | Path) -> Cluster:
        clusters.append(Cluster(state, count, *flags, folder=tmp_path / f"cluster-{len(clusters)}"))
        return clusters[-1]

    yield starting
    for cluster in clusters:
        cluster.stop()
