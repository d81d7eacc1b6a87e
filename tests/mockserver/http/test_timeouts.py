"""A client that keeps the server waiting loses its connection; one that waits for the server does not."""

from __future__ import annotations

import select
import socket
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from tests.mockserver.conftest import Start
from tests.support import wire
from tests.support.servers import LocalMock, RunningMock
from tests.support.times import PATIENCE, until

KEY = ("Authorization", "Bearer sk_test_acme")
HEALTH = wire.request("GET", "/api/v1/health")
LIST = wire.request("GET", "/api/v1/social-accounts?limit=100", [KEY])
POST = wire.request("POST", "/api/v1/social-networks/x/auth-url", [KEY, ("Content-Type", "application/json")])[:-2]


@pytest.fixture
def mock(start: Start) -> Iterator[LocalMock]:
    mock = start("--request-timeout", "0.4", "--idle-timeout", "0.2")
    yield mock
    mock.stop()
    assert "Traceback" not in mock.log


def connect(mock: RunningMock, data: bytes = b"", *, buffer: int | None = None) -> socket.socket:
    """A new connection on which `data` was sent, as far as the server reads it; `buffer` is the size of the client's
    receive buffer."""
    address = urlsplit(mock.url)
    connection = socket.socket()
    if buffer is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    connection.connect((address.hostname, address.port))
    connection.settimeout(0.5)
    with suppress(TimeoutError, ConnectionError):
        connection.sendall(data)
    connection.settimeout(PATIENCE)
    return connection


def dripped(connection: socket.socket, drop: bytes) -> bytes:
    """Send `drop` again and again until the server closes the connection; returns what it sent."""
    received = b""
    connection.settimeout(0.02)
    while True:
        try:
            data = connection.recv(65536)
        except TimeoutError:
            with suppress(ConnectionError):
                connection.sendall(drop)
            continue
        if not data:
            return received
        received += data


@pytest.mark.parametrize(
    ("begun", "drop"),
    [
        (HEALTH[:-2], b"a: b\r\n"),
        (HEALTH[:5], b"a"),
        (POST + b"Content-Length: 100000\r\n\r\n", b" "),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n", b"a: b\r\n"),
    ],
    ids=["fields", "target", "body", "chunks", "trailers"],
)
def test_request_that_comes_too_slowly_is_refused(mock: LocalMock, begun: bytes, drop: bytes) -> None:
    with connect(mock, HEALTH + begun) as connection:
        responses = wire.responses(dripped(connection, drop))

    assert [each.status for each in responses] == [200, 408]
    assert "0.4 seconds" in responses[1].json["detail"]


@pytest.mark.parametrize("drop", [b"", b"\r\n"])
def test_connection_without_a_request_closes(mock: LocalMock, drop: bytes) -> None:
    with connect(mock) as silent, connect(mock, HEALTH) as answered:
        assert dripped(silent, drop) == b""
        assert len(wire.responses(dripped(answered, drop))) == 1


def test_answered_request_whose_body_never_ends_gets_no_second_response(mock: LocalMock) -> None:
    with connect(mock, HEALTH[:-2] + b"Content-Length: 100000\r\n\r\n") as connection:
        assert [each.status for each in wire.responses(dripped(connection, b" "))] == [200]


def test_client_that_waits_for_a_late_response_keeps_its_connection(mock: LocalMock) -> None:
    """The response takes longer than both timeouts, for the second request too, and its client may send early."""
    late = LIST[:-2] + b"Prefer: delay=700\r\n\r\n"
    with connect(mock, late * 2 + HEALTH[:-2] + b"Connection: close\r\n\r\n") as connection:
        received = b"".join(iter(lambda: connection.recv(65536), b""))

    assert [each.status for each in wire.responses(received)] == [200, 200, 200]


def test_client_that_does_not_read_loses_its_connection(mock: LocalMock) -> None:
    with connect(mock, LIST * 3000, buffer=4096) as connection:
        poll = select.poll()
        poll.register(connection, 0)  # the end of the connection alone
        until(lambda: bool(poll.poll(0)), "the end of the connection")


def test_timeout_of_zero_is_none(start: Start) -> None:
    mock = start("--request-timeout", "0", "--idle-timeout", "0.2")
    with connect(mock, HEALTH[:-2]) as slow, connect(mock) as idle:
        dripped(idle, b"")  # long enough for the other timeout
        slow.sendall(b"Connection: close\r\n\r\n")
        assert [each.status for each in wire.responses(b"".join(iter(lambda: slow.recv(65536), b"")))] == [200]
