"""A server with late responses ends promptly."""

from __future__ import annotations

import signal
import time

import pytest
from tests.e2e.conftest import Start
from tests.mockserver.control.test_faults_waiting import LATE, ask, hits
from tests.support.times import seconds, until


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_ends_a_server_with_late_responses(start: Start, number: signal.Signals) -> None:
    mock = start()
    mock.client("acme").create_fault(operation="*", effect=LATE)
    waiting = [ask(mock) for _ in range(3)]
    until(lambda: hits(mock) == 3, "the calls")
    begun = time.monotonic()

    assert mock.send(number) == 0
    assert time.monotonic() - begun < seconds(10)
    assert "Error" not in mock.stderr
    assert "Traceback" not in mock.stderr
    for connection in waiting:
        connection.close()


def test_signal_ends_a_server_with_a_preferred_late_response(start: Start) -> None:
    mock = start()
    with ask(mock, b"Prefer: delay=600000\r\n"):
        until(lambda: "New world acme" in mock.stderr, "the call")

        assert mock.send(signal.SIGTERM) == 0
