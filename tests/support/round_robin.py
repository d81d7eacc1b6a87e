"""A plain round-robin proxy: each request goes to the next backend, whatever connection it came on.

It knows no sessions and changes no byte. Answers are passed on as they come, also those that are cut off: where a
backend breaks a connection off, the proxy breaks the client's off in the same way, and never sends a request twice.
"""

from __future__ import annotations

import asyncio
import re
import socket
import struct
import threading
from collections import Counter
from contextlib import suppress
from typing import Final, Self
from urllib.parse import urlsplit

_LENGTH: Final = re.compile(rb"\r\ncontent-length: *([0-9]+) *\r\n", re.IGNORECASE)
_CHUNKED: Final = re.compile(rb"\r\ntransfer-encoding: *chunked *\r\n", re.IGNORECASE)
_CLOSES: Final = re.compile(rb"\r\nconnection: *close *\r\n", re.IGNORECASE)
_HEAD_LIMIT: Final = 1_048_576
_RESET: Final = struct.pack("ii", 1, 0)  # SO_LINGER: on, for no second
_NO_BACKEND: Final = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
#: Where a stream is read until it ends: a body without a length.
_TO_THE_END: Final = 1 << 62


class _Broken(Exception):
    """The backend broke the answer off."""

    def __init__(self, *, reset: bool) -> None:
        super().__init__()
        self.reset = reset


class _Reader(asyncio.StreamReader):
    """A reader that tells when the other side is gone."""

    def __init__(self) -> None:
        super().__init__(_HEAD_LIMIT)
        self.gone = asyncio.Event()

    def feed_eof(self) -> None:
        super().feed_eof()
        self.gone.set()

    def set_exception(self, exc: Exception) -> None:
        super().set_exception(exc)
        self.gone.set()


class RoundRobin:
    """The proxy, at `url` until it is closed. `backends` are URLs and may be replaced at any time; one that refuses
    connections is passed over. `forwarded` counts the requests of each."""

    def __init__(self, *backends: str) -> None:
        self.backends = list(backends)
        self.forwarded: Counter[str] = Counter()
        self._turn = 0
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self._listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # connections inherit it
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._loop = asyncio.new_event_loop()
        self._closed = asyncio.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop; what is under way is broken off."""
        self._loop.call_soon_threadsafe(self._closed.set)
        self._thread.join()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        clients: set[asyncio.Task[None]] = set()

        def protocol() -> asyncio.StreamReaderProtocol:
            reader = _Reader()

            def connected(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                task = self._loop.create_task(self._client(reader, writer))
                clients.add(task)
                task.add_done_callback(clients.discard)

            return asyncio.StreamReaderProtocol(reader, connected)

        server = await self._loop.create_server(protocol, sock=self._listener)
        await self._closed.wait()
        server.close()
        for client in list(clients):
            client.cancel()
        await asyncio.gather(*clients, return_exceptions=True)

    async def _client(self, reader: _Reader, writer: asyncio.StreamWriter) -> None:
        """Forward the requests of one connection, one after the other."""
        try:
            while await self._request(reader, writer):
                pass
        except _Broken as broken:
            if broken.reset:
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                writer.transport.abort()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # the client broke off
        finally:
            writer.close()

    async def _request(self, reader: _Reader, writer: asyncio.StreamWriter) -> bool:
        """Forward the next request, and its answer; False if the connection ends with it."""
        head = await reader.readuntil(b"\r\n\r\n")
        try:
            backend, to_backend = await self._connected()
        except ConnectionError:
            writer.write(_NO_BACKEND)
            return False
        upload = self._loop.create_task(_sent(head, reader, to_backend))
        download = self._loop.create_task(_answered(head.startswith(b"HEAD "), backend, writer))
        gone = self._loop.create_task(reader.gone.wait())
        try:
            await asyncio.wait((download, gone), return_when=asyncio.FIRST_COMPLETED)
            return download.done() and download.result() and upload.done()
        finally:
            to_backend.close()
            for task in (upload, download, gone):
                task.cancel()
            await asyncio.gather(upload, download, gone, return_exceptions=True)

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to the next backend that accepts one. Raises ConnectionError if none does."""
        first, self._turn = self._turn, self._turn + 1  # other requests take their turns meanwhile
        for turn in range(first, first + len(self.backends)):
            backend = self.backends[turn % len(self.backends)]
            address = urlsplit(backend)
            with suppress(ConnectionError):
                connection = await asyncio.open_connection(address.hostname, address.port, limit=_HEAD_LIMIT)
                self.forwarded[backend] += 1
                return connection
        raise ConnectionRefusedError("no backend accepts connections")


async def _sent(head: bytes, reader: asyncio.StreamReader, backend: asyncio.StreamWriter) -> None:
    """Send a request to its backend. Nothing is lost if the backend does not read it: its answer tells."""
    with suppress(ConnectionError):
        backend.write(head)
        await _copy_body(head, reader, backend, unless_told=0)


async def _answered(bodiless: bool, backend: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """Pass an answer on; with `bodiless`, the head is all. False if the connection ends with it. Raises `_Broken`."""
    head = b""
    try:
        while True:
            head = await backend.readuntil(b"\r\n\r\n")
            writer.write(head)
            if not head.startswith(b"HTTP/1.1 1"):
                break
        if not bodiless and head[9:12] not in (b"204", b"304"):
            await _copy_body(head, backend, writer, unless_told=_TO_THE_END)
        await writer.drain()
    except asyncio.IncompleteReadError as error:
        writer.write(error.partial)
        raise _Broken(reset=False) from error
    except ConnectionError as error:
        raise _Broken(reset=True) from error
    return not _CLOSES.search(head) and bool(bodiless or _framed(head))


def _framed(head: bytes) -> bool:
    return head[9:12] in (b"204", b"304") or bool(_LENGTH.search(head) or _CHUNKED.search(head))


async def _copy_body(
    head: bytes, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, unless_told: int
) -> None:
    """Copy the body that follows `head`; without a length it has `unless_told` bytes, or ends with the stream."""
    if _CHUNKED.search(head):
        await _copy_chunks(source, target)
        return
    length = _LENGTH.search(head)
    await _copy(source, target, int(length[1]) if length else unless_told)


async def _copy_chunks(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while True:
        line = await source.readuntil(b"\r\n")
        target.write(line)
        size = int(line.split(b";")[0], 16)
        if size == 0:
            break
        await _copy(source, target, size + 2)
    while True:  # the trailer
        line = await source.readuntil(b"\r\n")
        target.write(line)
        if line == b"\r\n":
            return


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter, size: int) -> None:
    left = size
    while left:
        data = await source.read(min(left, 65536))
        if not data:
            if size == _TO_THE_END:
                return
            raise asyncio.IncompleteReadError(b"", left)
        target.write(data)
        await target.drain()
        left -= len(data)
