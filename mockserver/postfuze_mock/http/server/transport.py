"""The transport that responses go through: nothing follows the end."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from typing import Any

_NO_LINGER = struct.pack("ii", 1, 0)  # SO_LINGER on, for no time: closing sends RST instead of FIN


class ClosingTransport:
    """A transport whose first `close` calls `end`, which has to close `transport`."""

    def __init__(self, transport: asyncio.Transport, end: Callable[[], None]) -> None:
        self._transport = transport
        self._end = end
        # Called for each response; other attributes use `__getattr__`.
        self.write = transport.write
        self.is_closing = transport.is_closing

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def close(self) -> None:
        """Close the connection once everything is sent."""
        if not self.is_closing():
            self.is_closing = _true
            self._end()

    def half_close(self) -> None:
        """Send no more; the client may."""
        try:
            self._transport.write_eof()
        except OSError:  # asyncio's own loop: the client has reset the connection
            self._transport.close()

    def hang_up(self) -> None:
        """Close the connection, on which nothing is under way, so that its client knows before it gets any answer on
        another one."""
        number = self._transport.get_extra_info("socket").fileno()
        # A copy, because uvloop's sockets have no `shutdown`. That the client has closed it too is no matter.
        with suppress(OSError), socket.socket(fileno=os.dup(number)) as connection:
            connection.shutdown(socket.SHUT_WR)
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
        self.is_closing = _true


def _true() -> bool:
    return True
