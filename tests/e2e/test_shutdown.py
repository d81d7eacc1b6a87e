"""A signal ends a server in time, whatever its clients are doing."""

from __future__ import annotations

import signal
import time
from contextlib import ExitStack

import pytest
from tests.e2e.conftest import Start
from tests.mockserver.control.test_faults_waiting import LATE, ask
from tests.mockserver.http.test_timeouts import HEALTH, LIST, POST, connect
from tests.support.times import seconds, until


@pytest.mark.process(quick=True)
def test_signal_ends_a_server_whose_clients_are_in_the_middle_of_something(start: Start) -> None:
    mock = start("--request-timeout", "0", "--idle-timeout", "0")
    mock.client("late").create_fault(operation="*", effect=LATE)
    with ExitStack() as stack:
        for data in (
            b"",
            HEALTH[:9],
            HEALTH * 3 + HEALTH[:-2],
            POST + b"Content-Length: 100\r\n\r\n{",
            HEALTH + POST + b"Content-Length: 100\r\n\r\n{",
            HEALTH[:-2] + b"Content-Length: 100\r\n\r\n",
            HEALTH + b"garbage\r\n\r\n",
            POST + b"Content-Length: 9999999\r\n\r\n",
            POST + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n",
        ):
            stack.enter_context(connect(mock, data))
        stack.enter_context(connect(mock, LIST * 3000, buffer=4096))  # reads nothing
        stack.enter_context(ask(mock, b"Prefer: delay=600000\r\n"))
        stack.enter_context(connect(mock, b"GET /_mock/events?wait=60 HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        until(lambda: mock.client("acme").list_requests() != [], "the calls")
        start_time = time.monotonic()

        assert mock.send(signal.SIGTERM) == 0
        assert time.monotonic() - start_time < seconds(8)
    for word in ("Traceback", "ERROR", "Error", "Cancel"):
        assert word not in mock.stderr
