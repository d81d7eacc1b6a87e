"""An HTTP/1.1 client that posts to checked addresses, and reads a response of limited size.

Libraries look addresses up themselves, follow proxies from the environment, or are slow to import.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TypeAlias

import httptools

from postfuze_mock.domain.destinations import Destination

MAX_RESPONSE = 1 << 20  # bytes; the rest is ignored, because only the status counts
MAX_STORED = 8192  # bytes of the headers, and of the body
_CHUNK = 1 << 16
_Streams: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class NoResponse(Exception):
    """No response came, or it is not HTTP."""


class Response:
    """A response, filled in by the parser; `status` is 0 until the head of a final one is complete."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.complete = False
        self._stored_headers = 0
        self._body = b""
        self._parser = httptools.HttpResponseParser(self)

    def feed(self, data: bytes) -> None:
        """Parse more data. Raises NoResponse."""
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            raise NoResponse(f"the response is not HTTP: {error}") from error

    @property
    def body(self) -> str:
        """The beginning of the body, with an ellipsis where it was cut."""
        text = self._body[:MAX_STORED].decode("utf-8", "replace")
        return f"{text}…" if len(self._body) > MAX_STORED else text

    # Callbacks of httptools:

    def on_header(self, name: bytes, value: bytes) -> None:
        self._stored_headers += len(name) + len(value)
        if self._stored_headers <= MAX_STORED:
            key, text = name.decode("latin-1").lower(), value.decode("latin-1")
            self.headers[key] = f"{self.headers[key]}, {text}" if key in self.headers else text

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        self.status = status if status >= 200 else 0  # RFC 9110, section 15.2: a final one follows
        if not self.status:
            self.headers.clear()

    def on_body(self, body: bytes) -> None:
        self._body = (self._body + body)[: MAX_STORED + 1]  # one more byte shows that it was cut

    def on_message_complete(self) -> None:
        self.complete = self.status > 0


def complete(destination: Destination, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
    """`headers` and those that every request needs."""
    return {
        "Host": destination.authority,
        **headers,
        "Accept": "*/*",
        "Content-Length": str(len(body)),
        "Connection": "close",
    }


async def post(destination: Destination, addresses: Sequence[str], headers: Mapping[str, str], body: bytes) -> Response:
    """POST `body` with `headers`, which are complete, to `destination`, at the first of `addresses` that accepts a
    connection. Raises OSError or NoResponse. There is no timeout: callers cancel it."""
    reader, writer = await _connect_to_any(destination, addresses)
    response = Response()
    try:
        writer.write(_head(destination, headers) + body)
        await writer.drain()
        await _read(reader, response)
    finally:
        if response.complete:
            writer.close()
        else:
            writer.transport.abort()
    return response


async def _connect_to_any(destination: Destination, addresses: Sequence[str]) -> _Streams:
    first: OSError | None = None
    for address in addresses:
        try:
            return await _connect(destination, address)
        except OSError as error:
            first = first or error
    raise first or OSError("it has no address")


async def _connect(destination: Destination, address: str) -> _Streams:
    secure = destination.scheme == "https"
    return await asyncio.open_connection(
        address,
        destination.port,
        ssl=_tls_context() if secure else None,
        server_hostname=destination.host if secure else None,
    )


async def _read(reader: asyncio.StreamReader, response: Response) -> None:
    size = 0
    while not response.complete and size < MAX_RESPONSE:
        data = await reader.read(_CHUNK)
        if not data:
            break
        size += len(data)
        response.feed(data)
    if not response.status:
        raise NoResponse(
            "the connection was closed without a response" if size < MAX_RESPONSE else "the response's head has no end"
        )


def _head(destination: Destination, headers: Mapping[str, str]) -> bytes:
    fields = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST {destination.target} HTTP/1.1\r\n{fields}\r\n".encode("ascii")


@cache
def _tls_context() -> ssl.SSLContext:
    """TLS with the certificates that this machine trusts, or those of `SSL_CERT_FILE`."""
    return ssl.create_default_context()
