"""The network below the HTTP client, where each request has an allowance of time and bytes.

A timeout of httpx is that of a single read, so a target that sends a byte now and then would never be timed out; and
it reads whatever comes. Here all reads and writes of a request share one deadline and one count.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import httpcore
import httpx

if TYPE_CHECKING:
    from collections.abc import Iterable

    from httpcore._backends.base import SOCKET_OPTION

_MAX_HEAD: Final = 256 * 1024  # bytes of the head, with interim answers; h11 refuses a single head of 100 KiB
_PIECE: Final = 64 * 1024  # bytes to write at once


class TooLarge(httpx.TransportError):
    """More bytes came than the request allows."""


class Late(httpx.TransportError):
    """The deadline of the request has passed."""


class Allowance:
    """What one request may take. `deadline` is by `time.monotonic`. `size` is how many bytes came."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        self._limit = _MAX_HEAD
        self.size = 0

    def allow_body(self, size: int) -> None:
        """Allow a body of so many bytes, now that the head is there."""
        self._limit = self.size + size

    def seconds(self, timeout: float | None) -> float:
        """How long the next step may take. Raises Late."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise Late("the deadline of the request has passed")
        return left if timeout is None else min(left, timeout)

    def count(self, size: int) -> None:
        """Count bytes that came. Raises TooLarge."""
        self.size += size
        if self.size > self._limit:
            raise TooLarge(f"more than {self._limit} bytes came")


class _Current(threading.local):
    allowance: Allowance | None = None


class _Stream(httpcore.NetworkStream):
    """A connection whose reads and writes are those of the thread's request."""

    def __init__(self, stream: httpcore.NetworkStream, current: _Current) -> None:
        self._stream, self._current = stream, current

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        allowance = self._current.allowance
        if allowance is None:
            return self._stream.read(max_bytes, timeout)
        seconds = allowance.seconds(timeout)
        try:
            data = self._stream.read(max_bytes, seconds)
        except httpcore.ReadTimeout:
            allowance.seconds(timeout)
            raise
        allowance.count(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _PIECE):
            self._stream.write(buffer[start : start + _PIECE], _seconds(self._current, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, _seconds(self._current, timeout))
        if self._current.allowance is not None:
            self._current.allowance.size = 0  # what a proxy said does not belong to the response
        return _Stream(stream, self._current)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.SyncBackend):
    """Opens connections."""

    def __init__(self, current: _Current) -> None:
        self._current = current

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        seconds = _seconds(self._current, timeout)
        return _Stream(super().connect_tcp(host, port, seconds, local_address, socket_options), self._current)


def _seconds(current: _Current, timeout: float | None) -> float | None:
    return timeout if current.allowance is None else current.allowance.seconds(timeout)


class Transport(httpx.HTTPTransport):
    """httpx's transport, whose requests have the allowance of their thread."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._current = _Current()
        # httpx has no way to pass a backend on to the pool of httpcore, which has a parameter for it.
        self._pool._network_backend = _Backend(self._current)

    @contextmanager
    def allowance(self, deadline: float) -> Iterator[Allowance]:
        """The allowance of the requests that this thread sends in the block."""
        self._current.allowance = Allowance(deadline)
        try:
            yield self._current.allowance
        finally:
            self._current.allowance = None
