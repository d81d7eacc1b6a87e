"""Webhook receivers, and where outboxes and inboxes are stored."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.mockserver.webhooks.receiver import Receiver, receiving
from tests.mockserver.webhooks.stored import Place

from postfuze_mock.state.sqlite import SqliteDatabase


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def second() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture(params=["memory", "sqlite"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Each engine in turn."""
    if request.param == "memory":
        yield None
        return
    database = SqliteDatabase(tmp_path / "worlds.db")
    yield database
    database.close()
