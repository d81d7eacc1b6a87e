"""Webhook receivers, and where outboxes and inboxes are stored."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.mockserver.webhooks.receiver import Receiver, receiving
from tests.mockserver.webhooks.stored import Place, opened


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def second() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


_SHARED = ("sqlite", pytest.param("postgresql", marks=pytest.mark.engines))


def _url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'worlds.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(params=_SHARED)
def state_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each engine that processes share."""
    return _url(request, tmp_path)


@pytest.fixture(params=["memory", *_SHARED])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Each engine in turn."""
    if request.param == "memory":
        yield None
    else:
        with opened(_url(request, tmp_path)) as database:
            yield database
