"""Calls of a server from a coroutine: with asyncio's streams, and under Trio with httpx, which speaks to both.

Each call has a connection of its own, so a client belongs to no event loop and leaves nothing open.
"""

from __future__ import annotations

import asyncio
import http.client
import io
from collections.abc import Mapping
from contextlib import suppress
from email.message import Message
from typing import Any

from postfuze_mock.client.connections import Endpoint, MockError, Response

__tracebackhide__ = True  # pytest shows the line of the test that called, not ours


class AsyncConnections(Endpoint):
    """As `Connections`; only the time that a call takes differs."""

    async def exchange(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> Response:
        """Send a request and return its response. Raises MockError, without a status, if no response comes."""
        call = f"{method} {target}"
        if not _runs_in_asyncio():
            return await self._exchange_by_httpx(method, target, headers, body)
        try:
            async with asyncio.timeout(self.patience(target)):
                return _parsed(method, await self._answer(_request(self._parts.netloc, method, target, headers, body)))
        except (OSError, http.client.HTTPException) as error:
            raise self.no_response(call, error) from error

    def close(self) -> None:
        """Nothing is open between two calls."""

    async def _answer(self, request: bytes) -> bytes:
        """All that the server sends until it closes the connection, as the request asks for."""
        secure = self._parts.scheme == "https"
        port = self._parts.port or (443 if secure else 80)
        reader, writer = await asyncio.open_connection(self._parts.hostname, port, ssl=secure or None)
        try:
            writer.write(request)
            return await reader.read()
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _exchange_by_httpx(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None
    ) -> Response:
        call = f"{method} {target}"
        try:
            import httpx
        except ImportError as error:
            raise MockError(call, None, "outside of asyncio, the client needs httpx: pip install httpx") from error
        try:
            async with httpx.AsyncClient(timeout=self.patience(target), trust_env=False) as client:
                reply = await client.request(method, f"{self.origin}{target}", headers=dict(headers), content=body)
        except httpx.TimeoutException as error:
            raise self.no_response(call, TimeoutError()) from error
        except httpx.ConnectError as error:
            raise self.no_response(call, ConnectionRefusedError()) from error
        except httpx.HTTPError as error:
            raise self.no_response(call, error) from error
        message = Message()
        for name, value in reply.headers.multi_items():
            message[name] = value
        return Response(reply.status_code, message, reply.content)


def _runs_in_asyncio() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _request(host: str, method: str, target: str, headers: Mapping[str, str], body: bytes | None) -> bytes:
    length = {} if body is None else {"Content-Length": str(len(body))}
    lines = {"Host": host, **headers, **length, "Connection": "close"}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + (body or b"")


def _parsed(method: str, answer: bytes) -> Response:
    """The response in `answer`. Raises http.client.HTTPException if there is none, or only a part of one."""
    reply = http.client.HTTPResponse(_Received(answer), method=method)  # type: ignore[arg-type]  # reads, no more
    reply.begin()
    return Response(reply.status, reply.headers, reply.read())


class _Received:
    """Bytes in place of a socket."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, *_arguments: Any) -> io.BytesIO:
        return io.BytesIO(self._data)
