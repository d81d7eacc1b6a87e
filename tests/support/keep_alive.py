"""A keep-alive connection for very many calls: a call costs two system calls, and its answer is parsed by hand."""

from __future__ import annotations

import re
import socket
import struct
import time
from contextlib import suppress
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import orjson
from tests.support.times import PATIENCE

_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_TYPE: Final = re.compile(rb"\r\ncontent-type: *([^\r;]*)", re.IGNORECASE)
_CLOSES: Final = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
_FRESH: Final = 1.0  # seconds that a connection may be idle; servers close those that are idle for longer
_RESET: Final = struct.pack("ii", 1, 0)  # SO_LINGER: on, for no second


class Answer(NamedTuple):
    """A response. `status` is 0 if the server dropped the connection without a byte."""

    status: int
    head: bytes = b""
    body: bytes = b""

    @property
    def json(self) -> Any:
        """The value of the body, None without one; ValueError if it is no JSON."""
        return orjson.loads(self.body) if self.body else None

    @property
    def media_type(self) -> str:
        """The media type, without parameters; empty if there is none."""
        match = _TYPE.search(self.head)
        return match[1].decode("latin-1").strip() if match else ""


DROPPED: Final = Answer(0)


class Connection:
    """A connection to the server at `url`, opened when it is first used and again after either side closed it."""

    def __init__(self, url: str, patience: float = PATIENCE) -> None:
        address = urlsplit(url)
        self.address = (str(address.hostname), address.port or 80)
        self.patience = patience
        self._socket: socket.socket | None = None
        self._used = 0.0

    def call(self, data: bytes) -> Answer:
        """Send a request and read its answer. Raises TimeoutError."""
        self.send(data)
        return self.receive()

    def send(self, data: bytes) -> None:
        """Send a request. What goes wrong shows when its answer is read."""
        if time.monotonic() - self._used > _FRESH:
            self.close()
        if self._socket is None:
            self._socket = socket.create_connection(self.address, timeout=self.patience)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with suppress(ConnectionError):
            self._socket.sendall(data)

    def receive(self) -> Answer:
        """The answer to the request that was sent. Raises TimeoutError if it takes too long, and ValueError if it is
        no HTTP or is cut off."""
        data = b""
        while (size := _size(data)) is None or len(data) < size:
            part = self._read()
            if not part:
                self.close()
                if data:
                    raise ValueError(f"the answer is cut off: {data[:200]!r}")
                return DROPPED
            data += part
        head, _, body = data.partition(b"\r\n\r\n")
        if len(data) > size or not head.startswith(b"HTTP/1.1 "):
            raise ValueError(f"no HTTP: {data[:200]!r}")
        self._used = time.monotonic()
        if _CLOSES.search(head):
            self.close()
        return Answer(int(head[9:12]), head + b"\r\n", body)

    def reset(self) -> None:
        """Break the connection off with a TCP reset, whatever is under way."""
        if self._socket is not None:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self.close()

    def close(self) -> None:
        """Close the connection, if it is open."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _read(self) -> bytes:
        assert self._socket is not None
        try:
            return self._socket.recv(262_144)
        except ConnectionError:
            return b""


def _size(data: bytes) -> int | None:
    """Bytes of the whole response, or None while its head is incomplete."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    length = _LENGTH.search(data, 0, end + 2)
    return end + 4 + (int(length[1]) if length else 0)
