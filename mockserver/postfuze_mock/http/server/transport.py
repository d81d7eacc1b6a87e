"""The transport that responses go through: fewer system calls, and nothing after the end."""

from __future__ import annotations

import asyncio
import re
import socket
import struct
from collections.abc import Callable
from typing import Any

_NO_LINGER = struct.pack("ii", 1, 0)  # SO_LINGER on, for no time: closing sends RST instead of FIN
_HEAD = re.compile(rb"HTTP/1\.1 [2-5].*\r\n\r\n", re.DOTALL)


class JoiningTransport:
    """A transport that sends the head of a response together with what follows it. uvicorn writes them one by one, and
    each write is a system call, the most expensive part of a short response. The first `close` calls `end`, which has
    to close `transport`."""

    def __init__(self, transport: asyncio.Transport, end: Callable[[], None]) -> None:
        self._transport = transport
        self._end = end
        self._head = b""
        self.is_closing = transport.is_closing  # called for each response; other attributes use `__getattr__`

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send `data`, or hold it until the next write if it is a head. Interim responses (1xx) are sent at once."""
        if self._head:
            head, self._head = self._head, b""
            self._transport.write(head + data)
        elif _HEAD.fullmatch(data):
            self._head = data
        else:
            self._transport.write(data)

    def flush(self) -> None:
        """Send a head that nothing follows."""
        if self._head:
            self.write(b"")

    def close(self) -> None:
        """Close the connection once everything is sent."""
        if not self.is_closing():
            self.flush()
            self.is_closing = _true
            self._end()

    def half_close(self) -> None:
        """Send no more; the client may."""
        try:
            self._transport.write_eof()
        except OSError:  # asyncio's own loop: the client has reset the connection
            self._transport.close()

    def close_now(self) -> None:
        """Close the connection, whatever the client still sends."""
        self._transport.close()

    def reset(self) -> None:
        """End the connection with a TCP reset."""
        if not self.is_closing():
            self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
            self._transport.abort()

    def abandon(self) -> None:
        """The connection is gone: send nothing any more."""
        self._head = b""
        self.is_closing = _true


def _true() -> bool:
    return True
