"""Webhook receivers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.mockserver.webhooks.receiver import Receiver, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def second() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver
