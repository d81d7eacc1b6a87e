"""One HTTP/1.1 exchange with an address that was chosen before, bounded in size: a request out, a status back.

No library: those that there are find addresses themselves, follow proxies from the environment, or take long to import.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TypeAlias

import httptools

from postfuze_mock.domain.destinations import Destination

MOST = 1 << 20  # bytes of an answer that are read; what comes behind them is cut off, for only the status counts
_AT_ONCE = 1 << 16
_Streams: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class NoAnswer(Exception):
    """What came was no HTTP answer, or nothing came."""


class Answer:
    """An answer as the parser reads it; `status` is 0 until the head of a final one is there."""

    def __init__(self) -> None:
        self.status = 0
        self.location = ""
        self.complete = False
        self._parser = httptools.HttpResponseParser(self)

    def feed(self, data: bytes) -> None:
        """Read on. Raises NoAnswer."""
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            raise NoAnswer(f"the answer is no HTTP: {error}") from error

    # What httptools calls:

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"location":
            self.location = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        self.status = status if status >= 200 else 0  # RFC 9110, section 15.2: a final one follows

    def on_message_complete(self) -> None:
        self.complete = self.status > 0


async def post(destination: Destination, addresses: Sequence[str], headers: Mapping[str, str], body: bytes) -> Answer:
    """POST `body` to `destination`, at the first of `addresses` that takes a connection. Raises OSError or NoAnswer. It
    takes as long as the receiver does: a caller that has no such patience cancels it."""
    reader, writer = await _connected(destination, addresses)
    answer = Answer()
    try:
        writer.write(_head(destination, headers, body) + body)
        await writer.drain()
        await _read(reader, answer)
    finally:
        if answer.complete:
            writer.close()
        else:
            writer.transport.abort()
    return answer


async def _connected(destination: Destination, addresses: Sequence[str]) -> _Streams:
    first: OSError | None = None
    for address in addresses:
        try:
            return await _connection(destination, address)
        except OSError as error:
            first = first or error
    raise first or OSError("it has no address")


async def _connection(destination: Destination, address: str) -> _Streams:
    secure = destination.scheme == "https"
    return await asyncio.open_connection(
        address,
        destination.port,
        ssl=_trust() if secure else None,
        server_hostname=destination.host if secure else None,
    )


async def _read(reader: asyncio.StreamReader, answer: Answer) -> None:
    size = 0
    while not answer.complete and size < MOST:
        data = await reader.read(_AT_ONCE)
        if not data:
            break
        size += len(data)
        answer.feed(data)
    if not answer.status:
        raise NoAnswer("the connection was closed without an answer" if size < MOST else "the answer's head has no end")


def _head(destination: Destination, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = {
        "Host": destination.authority,
        **headers,
        "Accept": "*/*",
        "Content-Length": str(len(body)),
        "Connection": "close",
    }
    fields = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"POST {destination.target} HTTP/1.1\r\n{fields}\r\n".encode("ascii")


@cache
def _trust() -> ssl.SSLContext:
    """The certificates that this machine trusts; `SSL_CERT_FILE` names others."""
    return ssl.create_default_context()
