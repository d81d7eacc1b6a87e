"""A server whose answers are late ends at once all the same; faults in its journal and its state file."""

from __future__ import annotations

import signal
import socket
import time
from contextlib import suppress
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import httpx
import pytest
from tests.e2e.conftest import Start
from tests.support.processes import MockProcess, until

from postfuze_mock.client.fields import Effect

LATE: Effect = {"delay_ms": 600_000}
REQUEST = b"GET /api/v1/social-accounts HTTP/1.1\r\nHost: mock\r\nAuthorization: Bearer sk_test_acme\r\n%b\r\n"


def ask(mock: MockProcess, more: bytes = b"") -> socket.socket:
    """A call that waits for its answer."""
    address = urlsplit(mock.url)
    connection = socket.create_connection((address.hostname, address.port), timeout=20)
    connection.sendall(REQUEST % more)
    return connection


def hits(mock: MockProcess) -> int:
    found: int = mock.mock("acme").list_faults()[0]["hits"]
    return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_ends_a_server_whose_answers_are_late(start: Start, number: signal.Signals) -> None:
    mock = start()
    mock.mock("acme").create_fault(operation="*", effect=LATE)
    waiting = [ask(mock) for _ in range(3)]
    until(lambda: hits(mock) == 3, "the calls")
    begun = time.monotonic()

    assert mock.send(number) == 0
    assert time.monotonic() - begun < 10
    assert "Error" not in mock.stderr
    assert "Traceback" not in mock.stderr
    for connection in waiting:
        connection.close()


def test_signal_ends_a_server_that_was_asked_for_a_late_answer(start: Start) -> None:
    mock = start()
    with ask(mock, b"Prefer: delay=600000\r\n"):
        until(lambda: "New world acme" in mock.stderr, "the call")

        assert mock.send(signal.SIGTERM) == 0


def test_answer_that_nobody_waits_for_any_more_is_not_waited_for(start: Start) -> None:
    """Thousands of them would otherwise stay for minutes."""
    mock = start()
    levers = mock.mock("acme")
    levers.create_fault(operation="*", effect=LATE)
    with ask(mock):
        until(lambda: hits(mock) == 1, "the call")

    until(lambda: len(levers.list_requests()) == 1, "the end of the call")


@pytest.mark.parametrize("drop", ["reset", "empty"])
def test_journal_tells_the_fault_and_that_nothing_was_answered(start: Start, drop: Literal["reset", "empty"]) -> None:
    mock = start()
    levers = mock.mock("acme")
    fault = levers.create_fault(operation="*", effect={"drop": drop})
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{mock.url}/api/v1/social-accounts", headers={"Authorization": "Bearer sk_test_acme"})
    (entry,) = levers.list_requests()

    assert (entry["fault"], entry["status"]) == (fault["id"], None)
    assert "Traceback" not in mock.stderr
    assert "ASGI" not in mock.stderr


def test_many_late_answers_hold_up_nobody(start: Start) -> None:
    mock = start()
    mock.mock("acme").create_fault(operation="*", effect=LATE, times=200)
    waiting = [ask(mock) for _ in range(200)]
    until(lambda: hits(mock) == 200, "the calls")

    assert mock.caller("sk_test_acme").get("/social-accounts").status == 200
    for connection in waiting:
        connection.close()


def test_faults_are_kept_over_a_restart(start: Start, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    first = start("--state-file", state)
    fault = first.mock("acme").create_fault(preset="service_down", times=3)
    assert first.caller("sk_test_acme").get("/social-accounts").status == 503
    assert first.send(signal.SIGTERM) == 0
    second = start("--state-file", state)

    assert second.caller("sk_test_acme").get("/social-accounts").status == 503
    (kept,) = second.mock("acme").list_faults()
    assert (kept["id"], kept["hits"], kept["left"]) == (fault["id"], 2, 1)


@pytest.mark.parametrize("drop", ["reset", "empty"])
def test_calls_that_were_sent_ahead_on_a_dropped_connection_hold_up_nothing(
    start: Start, drop: Literal["reset", "empty"]
) -> None:
    mock = start()
    mock.mock("acme").create_fault(operation="*", effect={"drop": drop})
    with ask(mock) as connection:
        connection.sendall(REQUEST % b"" * 3)
        with suppress(ConnectionResetError):
            assert connection.recv(1) == b""

    assert mock.send(signal.SIGTERM) == 0
    assert "ASGI" not in mock.stderr
