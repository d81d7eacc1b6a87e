"""Raw HTTP, for requests that no client would send."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable
from http.client import HTTPResponse
from typing import Final
from urllib.parse import urlsplit

from tests.support import schemas
from tests.support.calls import Response
from tests.support.times import PATIENCE

_FIELD: Final = re.compile(rb"\r\n([a-z0-9-]+): ([^\r\n\0]*)", re.IGNORECASE)
_HEAD: Final = re.compile(rb"HTTP/1\.1 ([1-5][0-9]{2}) [^\r\n]*((?:%b)*)" % _FIELD.pattern, re.IGNORECASE)


def exchange(url: str, *parts: bytes, method: str = "GET") -> Response:
    """Send `parts` to the server at `url` on a new connection, and read one response. A refusal must be a problem
    document."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=PATIENCE) as connection:
        for part in parts:
            connection.sendall(part)
        response = HTTPResponse(connection, method=method)
        try:
            response.begin()
            content = Response(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            response.close()
    if content.status >= 400 and method != "HEAD":
        schemas.check_problem(content.status, content.headers, content.json)
    return content


def stream(url: str, data: bytes, *, close: bool = False) -> bytes:
    """Send `data` on a new connection, and read until the server closes it; `close` says that nothing follows."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=PATIENCE) as connection:
        connection.sendall(data)
        if close:
            connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def responses(output: bytes, *, bodiless: bool = False) -> list[Response]:
    """All responses in what a connection received until it ended; AssertionError if one is malformed or cut short, or
    if a refusal is no problem document. Interim responses are left out. With `bodiless`, a response may lack its body,
    as one to HEAD does."""
    final = []
    while output:
        head, end, rest = output.partition(b"\r\n\r\n")
        match = _HEAD.fullmatch(head)
        assert match is not None, output[:300]
        assert end, output[:300]
        if match[1] == b"100":
            output = rest
            continue
        headers = {name.lower().decode(): value.decode() for name, value in _FIELD.findall(match[2])}
        status, length = int(match[1]), int(headers.get("content-length", 0))
        assert status in (204, 304) or "content-length" in headers, head
        if bodiless and (not rest or rest.startswith(b"HTTP/1.1 ")):
            length = 0
        assert len(rest) >= length, (head, len(rest))
        response = Response(status, headers, rest[:length])
        if status >= 400 and length:
            schemas.check_problem(status, headers, response.json)
        final.append(response)
        output = rest[length:]
    return final


def request(
    method: str, target: str | bytes, headers: Iterable[tuple[str, str | bytes]] = (), body: bytes = b""
) -> bytes:
    """The bytes of a request. `target` and `headers` are sent as they are; only Host is added."""
    lines = [b" ".join([method.encode(), _raw(target), b"HTTP/1.1"]), b"Host: localhost"]
    lines += [name.encode() + b": " + _raw(value) for name, value in headers]
    return b"\r\n".join([*lines, b"", body])


def chunked(body: bytes, size: int = 65536) -> bytes:
    """Encode `body` in chunks (RFC 9112, section 7.1)."""
    chunks = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in [*chunks, b""])


def _raw(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode()
