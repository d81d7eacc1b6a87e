"""Calls whose response is late or never comes, and faults over a restart."""

from __future__ import annotations

import socket
from contextlib import suppress
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import httpx
import pytest
from tests.mockserver.conftest import Start
from tests.support.servers import RunningMock
from tests.support.times import PATIENCE, until

from postfuze_mock.client.fields import Effect

LATE: Effect = {"delay_ms": 600_000}
REQUEST = b"GET /api/v1/social-accounts HTTP/1.1\r\nHost: mock\r\nAuthorization: Bearer sk_test_acme\r\n%b\r\n"


def ask(mock: RunningMock, more: bytes = b"") -> socket.socket:
    """A call that waits for its response."""
    address = urlsplit(mock.url)
    connection = socket.create_connection((address.hostname, address.port), timeout=PATIENCE)
    connection.sendall(REQUEST % more)
    return connection


def hits(mock: RunningMock) -> int:
    count: int = mock.client("acme").list_faults()[0]["hits"]
    return count


def test_late_response_is_abandoned_when_the_client_leaves(start: Start) -> None:
    """Otherwise thousands of them would stay for minutes."""
    mock = start()
    control = mock.client("acme")
    control.create_fault(operation="*", effect=LATE)
    with ask(mock):
        until(lambda: hits(mock) == 1, "the call")

    until(lambda: len(control.list_requests()) == 1, "the end of the call")


@pytest.mark.parametrize("drop", ["reset", "empty"])
def test_journal_shows_the_fault_and_no_status(start: Start, drop: Literal["reset", "empty"]) -> None:
    mock = start()
    control = mock.client("acme")
    fault = control.create_fault(operation="*", effect={"drop": drop})
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{mock.url}/api/v1/social-accounts", headers={"Authorization": "Bearer sk_test_acme"})
    (entry,) = control.list_requests()

    assert (entry["fault"], entry["status"]) == (fault["id"], None)
    assert "Traceback" not in mock.log
    assert "ASGI" not in mock.log


def test_many_late_responses_do_not_block_other_calls(start: Start) -> None:
    mock = start()
    mock.client("acme").create_fault(operation="*", effect=LATE, times=200)
    waiting = [ask(mock) for _ in range(200)]
    until(lambda: hits(mock) == 200, "the calls")

    assert mock.caller("sk_test_acme").get("/social-accounts").status == 200
    for connection in waiting:
        connection.close()


def test_faults_survive_a_restart(start: Start, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    first = start("--state-file", state)
    fault = first.client("acme").create_fault(preset="service_down", times=3)
    assert first.caller("sk_test_acme").get("/social-accounts").status == 503
    first.stop()
    second = start("--state-file", state)

    assert second.caller("sk_test_acme").get("/social-accounts").status == 503
    (fault_after,) = second.client("acme").list_faults()
    assert (fault_after["id"], fault_after["hits"], fault_after["left"]) == (fault["id"], 2, 1)


@pytest.mark.parametrize("drop", ["reset", "empty"])
def test_pipelined_calls_on_a_dropped_connection_block_nothing(start: Start, drop: Literal["reset", "empty"]) -> None:
    mock = start()
    mock.client("acme").create_fault(operation="*", effect={"drop": drop})
    # The first answer may reset the connection while the client still sends.
    with ask(mock) as connection, suppress(ConnectionResetError):
        connection.sendall(REQUEST % b"" * 3)
        assert connection.recv(1) == b""

    mock.stop()
    assert "ASGI" not in mock.log
