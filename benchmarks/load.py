"""A load generator over keep-alive connections, faster than any server here: it makes two system calls per request.

It keeps all connections busy and reads them in turn. A server on one core responds in about the order of the requests,
so no selector is needed. It polls instead of sleeping, because the server would pay for waking it: up to a third of a
request's cost on a virtual machine, but only if the server is slow enough to let it sleep. That would distort ratios.
"""

from __future__ import annotations

import json
import re
import selectors
import socket
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Final

CONNECTIONS: Final = 16
TIMEOUT: Final = 120.0  # seconds for one response: the first one of a large world waits for its creation
_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)


class LoadError(Exception):
    """The server closed a connection, timed out, or responded with a status that is no success."""


@dataclass(frozen=True, slots=True)
class Load:
    """A number of completed `requests`, and the `seconds` that they took."""

    requests: int
    seconds: float

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds


def fetch(port: int, path: str, headers: Mapping[str, str]) -> bytes:
    """The body of one response. Raises LoadError for a refusal."""
    with _connect(port) as connection:
        connection.sendall(_request(path, headers))
        head, _, body = _response(connection).partition(b"\r\n\r\n")
        return body if _LENGTH.search(head + b"\r\n") else _joined(body)


def drive(port: int, path: str, headers: Mapping[str, str], seconds: float) -> Load:
    """Request `path` over all connections for `seconds`. Raises LoadError for a refusal."""
    request = _request(path, headers)
    with ExitStack() as stack:
        connections = [stack.enter_context(_connect(port)) for _ in range(CONNECTIONS)]
        for connection in connections:
            connection.sendall(request)
        requests, start = 0, time.perf_counter()
        while (elapsed := time.perf_counter() - start) < seconds:
            for connection in connections:
                _response(connection)
                connection.sendall(request)
            requests += CONNECTIONS
    return Load(requests, elapsed)


def drive_workers(port: int, path: str, headers: Mapping[str, str], seconds: float, connections: int = 32) -> Load:
    """As `drive`, for several processes, which answer in no common order: the next request of a connection does not
    wait for the answers on the others."""
    request = _request(path, headers)
    with ExitStack() as stack, selectors.DefaultSelector() as selector:
        for _ in range(connections):
            connection = stack.enter_context(_connect(port))
            selector.register(connection, selectors.EVENT_READ, connection)
            connection.sendall(request)
        requests, start = 0, time.perf_counter()
        while (elapsed := time.perf_counter() - start) < seconds:
            for key, _ in selector.select(TIMEOUT):
                _response(key.data)
                key.data.sendall(request)
                requests += 1
    return Load(requests, elapsed)


class Client:
    """One connection, which waits for each answer like any client."""

    def __init__(self, port: int) -> None:
        self._connection = _connect(port)
        self._connection.settimeout(TIMEOUT)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def call(self, method: str, path: str, headers: Mapping[str, str], document: Any = None) -> tuple[float, Any]:
        """The seconds that a call took, and the JSON of its answer. Raises LoadError for a refusal."""
        body = b"" if document is None else json.dumps(document).encode()
        kind = {"Content-Type": "application/json", "Content-Length": str(len(body))} if body else {}
        request = _request(path, {**headers, **kind}, method) + body
        start = time.perf_counter()
        self._connection.sendall(request)
        response = _response(self._connection)
        seconds = time.perf_counter() - start
        return seconds, json.loads(response.partition(b"\r\n\r\n")[2])


def _connect(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.setblocking(False)
    return connection


def _request(path: str, headers: Mapping[str, str], method: str = "GET") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def _receive(connection: socket.socket) -> bytes:
    deadline = time.monotonic() + TIMEOUT
    while True:
        try:
            return connection.recv(65536)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise LoadError(f"no response within {TIMEOUT:.0f} s") from None


def _response(connection: socket.socket) -> bytes:
    response = _receive(connection)
    while (size := _size(response)) is None or len(response) < size:
        data = _receive(connection)
        if not data:
            raise LoadError(f"connection closed after {response[:200]!r}")
        response += data
    if not response.startswith(b"HTTP/1.1 2"):
        raise LoadError(response[:500].decode(errors="replace"))
    return response


def _size(response: bytes) -> int | None:
    """Bytes of the whole response, or None while its head, or its last chunk, is missing."""
    end = response.find(b"\r\n\r\n")
    if end < 0:
        return None
    if length := _LENGTH.search(response, 0, end + 2):
        return end + 4 + int(length[1])
    return len(response) if response.endswith(b"\r\n0\r\n\r\n") else None


def _joined(chunks: bytes) -> bytes:
    body = b""
    while chunks:
        size, _, chunks = chunks.partition(b"\r\n")
        length = int(size, 16)
        body, chunks = body + chunks[:length], chunks[length + 2 :]
    return body
