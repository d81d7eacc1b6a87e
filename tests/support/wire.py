"""HTTP by the byte, for requests that no client would send."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http.client import HTTPResponse
from typing import Any
from urllib.parse import urlsplit

from tests.support import problem

PATIENCE = 20.0  # seconds


@dataclass(frozen=True)
class Answer:
    """An answer; `headers` have lower-case names."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)


def exchange(url: str, *parts: bytes, method: str = "GET") -> Answer:
    """Send `parts` to the server at `url` on a connection of their own, and read one answer. A refusal is checked to
    be a problem document."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=PATIENCE) as connection:
        for part in parts:
            connection.sendall(part)
        response = HTTPResponse(connection, method=method)
        try:
            response.begin()
            answer = Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            response.close()
    if answer.status >= 400 and method != "HEAD":
        problem.check(answer.status, answer.headers, answer.json)
    return answer


def request(
    method: str, target: str | bytes, headers: Iterable[tuple[str, str | bytes]] = (), body: bytes = b""
) -> bytes:
    """A request as it goes over the wire. Neither `target` nor `headers` are mended; only Host is added."""
    lines = [b" ".join([method.encode(), _raw(target), b"HTTP/1.1"]), b"Host: localhost"]
    lines += [name.encode() + b": " + _raw(value) for name, value in headers]
    return b"\r\n".join([*lines, b"", body])


def chunked(body: bytes, size: int = 65536) -> bytes:
    """`body` in the chunked transfer coding (RFC 9112, section 7.1)."""
    chunks = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in [*chunks, b""])


def _raw(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode()
