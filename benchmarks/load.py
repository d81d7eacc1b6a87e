"""A load generator over keep-alive connections: two system calls a request, so that it outruns any server here.

All connections are kept busy and served in turn: as a server on one core answers in about the order in which it was
asked, the answer that is waited for is the next to come, and no selector is needed. It waits awake: to wake who sleeps
is the sender's work, and on a virtual machine as much as a third of a request's, so that it would be put down to a
server in steps, once it is just slow enough to let the load doze off.
"""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

CONNECTIONS: Final = 16
PATIENCE: Final = 120.0  # seconds for one answer: the first of a large world waits until it is made
_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)


class LoadError(Exception):
    """The server closed a connection, or answered with another status than 200."""


@dataclass(frozen=True, slots=True)
class Load:
    """What was asked and answered: `requests` in `seconds`."""

    requests: int
    seconds: float

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds


def fetch(port: int, path: str, headers: Mapping[str, str]) -> bytes:
    """The body of one answer. Raises LoadError for any status but 200."""
    with _connect(port) as connection:
        connection.sendall(_request(path, headers))
        return _answer(connection).partition(b"\r\n\r\n")[2]


def drive(port: int, path: str, headers: Mapping[str, str], seconds: float) -> Load:
    """Ask for `path` over all connections for `seconds`; every answer must be a 200."""
    request = _request(path, headers)
    with ExitStack() as stack:
        connections = [stack.enter_context(_connect(port)) for _ in range(CONNECTIONS)]
        for connection in connections:
            connection.sendall(request)
        requests, start = 0, time.perf_counter()
        while (elapsed := time.perf_counter() - start) < seconds:
            for connection in connections:
                _answer(connection)
                connection.sendall(request)
            requests += CONNECTIONS
    return Load(requests, elapsed)


def _connect(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.setblocking(False)
    return connection


def _request(path: str, headers: Mapping[str, str]) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def _received(connection: socket.socket) -> bytes:
    """What comes next."""
    patience = time.monotonic() + PATIENCE
    while True:
        try:
            return connection.recv(65536)
        except BlockingIOError:
            if time.monotonic() > patience:
                raise LoadError(f"no answer within {PATIENCE:.0f} s") from None


def _answer(connection: socket.socket) -> bytes:
    answer = _received(connection)
    while (size := _size(answer)) is None or len(answer) < size:
        more = _received(connection)
        if not more:
            raise LoadError(f"connection closed after {answer[:200]!r}")
        answer += more
    if not answer.startswith(b"HTTP/1.1 200 "):
        raise LoadError(answer[:500].decode(errors="replace"))
    return answer


def _size(answer: bytes) -> int | None:
    """Bytes of the whole answer, or None while its head is not all there."""
    end = answer.find(b"\r\n\r\n")
    if end < 0:
        return None
    length = _LENGTH.search(answer, 0, end + 2)
    return end + 4 + (int(length[1]) if length else 0)
