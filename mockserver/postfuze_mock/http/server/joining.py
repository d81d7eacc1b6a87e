"""A transport between uvicorn and the socket: fewer system calls."""

from __future__ import annotations

import asyncio
import re
from typing import Any

_HEAD = re.compile(rb"HTTP/1\.1 [2-5].*\r\n\r\n", re.DOTALL)


class Joining:
    """A transport that sends the head of an answer together with what follows it: uvicorn writes them one by one, and
    each write is a system call, the dearest thing in a short answer."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head = b""
        self.is_closing = transport.is_closing  # asked for each answer; all else goes the longer way

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send `data`, or keep it until the next write if it is a head; that of an interim answer goes at once."""
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
        """End the connection once all is sent."""
        self.flush()
        self._transport.close()
