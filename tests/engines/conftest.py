"""Servers on each engine, as processes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from tests.support.processes import MockProcess
from tests.support.times import NOW

FROZEN = ("--clock", f"{NOW},frozen")


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
