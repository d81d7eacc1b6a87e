"""The transport that responses go through: fewer system calls, and nothing after the end."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

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

    def close_now(self) -> None:
        """Close the connection, whatever the client still sends."""
        self._transport.close()

    def abandon(self) -> None:
        """The connection is gone: send nothing any more."""
        self._head = b""
        self.is_closing = _true


def _true() -> bool:
    return True
