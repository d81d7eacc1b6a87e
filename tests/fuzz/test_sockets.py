"""The mock under raw connections that send anything."""

from __future__ import annotations

import pytest
from tests.fuzz import sockets


def ignore(_text: str) -> None:
    """The test says nothing of its progress."""


def test_mock_answers_in_form_whatever_a_connection_sends() -> None:
    assert sockets.fuzz(300, 1, 0, ignore).findings == []


@pytest.mark.slow
def test_mock_answers_in_form_whatever_many_connections_send() -> None:
    assert sockets.fuzz(20_000, 2, 0, ignore).findings == []
