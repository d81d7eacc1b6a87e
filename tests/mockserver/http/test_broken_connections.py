"""Connections that break off, or carry what is no HTTP/1.1: each request that came before is answered in full, what
follows is refused once, and the log stays empty."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from tests.support import wire
from tests.support.servers import RunningMock
from tests.support.times import PATIENCE, until
from tests.support.world import World

HEALTH = wire.request("GET", "/api/v1/health")
LIST = wire.request("GET", "/api/v1/social-accounts?limit=100", [("Authorization", "Bearer sk_test_broken")])
POST = wire.request("POST", "/api/v1/social-networks/x/auth-url", [("Authorization", "Bearer sk_test_broken")])[:-2]
POST += b"Content-Type: application/json\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"

#: Bytes that are no request.
NO_REQUEST = {
    "garbage": b"garbage\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)),
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00",
    "HTTP/0.9": b"GET /api/v1/health\r\n\r\n",
    "version 2.0": HEALTH.replace(b"/1.1", b"/2.0"),
    "version 9": HEALTH.replace(b"/1.1", b"/9"),
    "CONNECT": b"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "CONNECT to a path": b"CONNECT / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "no target": b"GET HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "bad target": b"GET localhost HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "no Host": b"GET /api/v1/health HTTP/1.1\r\n\r\n",
    "two Hosts": HEALTH[:-2] + b"Host: localhost\r\n\r\n",
    "NUL": HEALTH[:-2] + b"X: a\0b\r\n\r\n",
    "folded": HEALTH[:-2] + b"X: a\r\n b\r\n\r\n",
    "space before the colon": HEALTH[:-2] + b"X : a\r\n\r\n",
    "no name": HEALTH[:-2] + b": a\r\n\r\n",
    "line feeds": HEALTH.replace(b"\r\n", b"\n"),
    "both framings": POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "framings the other way": POST + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "two lengths": POST + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
    "negative length": POST + b"Content-Length: -2\r\n\r\n{}",
    "length beyond 64 bits": POST + b"Content-Length: 18446744073709551616\r\n\r\n{}",
    "other coding": POST + b"Transfer-Encoding: gzip\r\n\r\n{}",
    "coding after chunked": POST + b"Transfer-Encoding: chunked, identity\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "chunk beyond 64 bits": CHUNKED + b"10000000000000000\r\n{}\r\n0\r\n\r\n",
    "negative chunk": CHUNKED + b"-2\r\n{}\r\n0\r\n\r\n",
    "garbage for a chunk": CHUNKED + b"2\r\n{}\r\nzz\r\n",
}


@pytest.fixture
def mock(server: RunningMock) -> Iterator[RunningMock]:
    """The server; whatever the test sends must leave no trace in its log."""
    before = len(server.log)
    yield server
    for word in ("Traceback", "ERROR", "WARNING", "ASGI", "exception"):
        assert word not in server.log[before:]


def connect(mock: RunningMock) -> socket.socket:
    address = urlsplit(mock.url)
    return socket.create_connection((address.hostname, address.port), timeout=PATIENCE)


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def statuses(mock: RunningMock, *parts: bytes, close: bool = False) -> list[int]:
    """The statuses of all responses to the requests `parts`; each is sent after a response to the one before."""
    with connect(mock) as connection:
        received = b""
        for part in parts[:-1]:
            connection.sendall(part)
            received += connection.recv(65536)
        connection.sendall(parts[-1])
        if close:
            connection.shutdown(socket.SHUT_WR)
        received += b"".join(iter(lambda: connection.recv(65536), b""))
    return [response.status for response in wire.responses(received)]


@pytest.mark.statement("errors.problem-document")
@pytest.mark.parametrize("data", NO_REQUEST.values(), ids=NO_REQUEST)
def test_what_is_no_request_is_refused_once(mock: RunningMock, data: bytes) -> None:
    assert statuses(mock, data) == [400]
    assert statuses(mock, LIST * 3 + data + HEALTH) == [200, 200, 200, 400]
    assert statuses(mock, HEALTH, data) == [200, 400]


def test_refused_body_has_changed_nothing(server: RunningMock, world: World) -> None:
    """It would be valid if it ended where the connection does."""
    token = world.session()["session_token"]
    head = POST.replace(b"social-networks/x/auth-url", b"social-accounts/pending/%b/finalize" % token.encode())
    page = world.control("GET", "/sessions")["data"][0]["pages"][0]["id"].encode()
    body = b'{"selectedPageIds": ["%b"]}' % page
    for cut in (
        b"Content-Length: %d\r\n\r\n%b" % (len(body) + 1, body),
        b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n" % (len(body), body),
        b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\nx" % (len(body), body),
    ):
        (response,) = wire.responses(wire.stream(server.url, head + cut, close=True))
        assert response.status == 400
        assert len(world.control("GET", "/sessions")["data"]) == 1

    (entry,) = {(each["status"], each["reason"]["rule"]) for each in world.control("GET", "/requests")["data"]}
    assert entry == (400, "bodies.incomplete")


@pytest.mark.parametrize("requests", [1, 500])
def test_half_closed_connection_gets_its_responses(mock: RunningMock, requests: int) -> None:
    before, answers = HEALTH * requests, [200] * requests

    assert statuses(mock, before, close=True) == answers
    assert statuses(mock, before + HEALTH[:-2], close=True) == [*answers, 400]
    assert statuses(mock, before + POST + b"Content-Length: 3\r\n\r\n{}", close=True) == [*answers, 400]


def test_late_response_on_a_half_closed_connection_comes_at_once(mock: RunningMock) -> None:
    """Nobody knows whether the client still waits: it may have left."""
    assert statuses(mock, LIST[:-2] + b"Prefer: delay=600000\r\n\r\n", close=True) == [200]


def test_other_forms_of_a_request_are_answered(mock: RunningMock) -> None:
    close = b"Host: localhost\r\nConnection: close\r\n\r\n"

    assert statuses(mock, b"GET /api/v1/health HTTP/1.0\r\n\r\n") == [200]
    assert statuses(mock, b"GET http://localhost/api/v1/health HTTP/1.1\r\n" + close) == [200]
    assert statuses(mock, b"GET http://localhost HTTP/1.1\r\n" + close) == [307]
    assert statuses(mock, b"OPTIONS * HTTP/1.1\r\n" + close) == [404]
    assert statuses(mock, b"\r\n\r\nGET /api/v1/health HTTP/1.1\r\n" + close) == [200]


def test_expectation_is_met_or_the_connection_closes(mock: RunningMock) -> None:
    """A client that got its response without the 100 may send the body or not: nobody knows where the next request
    begins."""
    expecting = POST + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"

    assert statuses(mock, expecting, b"{}" + HEALTH + b"x") == [200, 200, 400]
    assert statuses(mock, expecting.replace(b"Bearer", b"Basic")) == [401]
    assert statuses(mock, HEALTH[:-2] + b"Expect: 100-continue\r\n\r\n" + HEALTH + b"x") == [200, 200, 400]


@pytest.mark.parametrize("end", [socket.socket.close, reset])
@pytest.mark.parametrize("more", [b"", b"garbage\r\n\r\n", HEALTH[:-2], CHUNKED + b"2\r\n{"])
def test_client_that_leaves_without_reading_leaves_no_trace(mock: RunningMock, end: object, more: bytes) -> None:
    for requests in (LIST, LIST * 5, LIST * 200):
        for _ in range(5):
            connection = connect(mock)
            with suppress(ConnectionError):
                connection.sendall(requests + more)
            assert callable(end)
            end(connection)

    assert statuses(mock, LIST, close=True) == [200]


@pytest.mark.parametrize("effect", [{"drop": "reset"}, {"drop": "empty"}, {"delay_ms": 600_000}, {"delay_ms": 1}])
@pytest.mark.parametrize("more", [b"", LIST * 3, b"garbage\r\n\r\n", POST + b"Content-Length: 9\r\n\r\n{"])
def test_clients_leave_and_send_garbage_while_faults_are_under_way(
    mock: RunningMock, effect: dict[str, object], more: bytes
) -> None:
    client = mock.client("broken")
    client.create_fault(operation="*", effect=effect)  # type: ignore[arg-type]
    for end in (socket.socket.close, reset):
        connection = connect(mock)
        with suppress(ConnectionError):
            connection.sendall(LIST + more)
        until(lambda: client.list_faults()[0]["hits"] > 0, "the call")
        end(connection)
    client.delete_faults()

    assert statuses(mock, LIST, close=True) == [200]
