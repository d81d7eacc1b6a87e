"""uvicorn's HTTP protocol: responses in fewer system calls, and stages that may wait for a client or drop it."""

from __future__ import annotations

import asyncio
import re
import socket
import struct
from contextlib import suppress
from typing import Any, Final, Literal, NamedTuple
from weakref import ReferenceType, ref

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from starlette.types import Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from postfuze_mock.http import errors
from postfuze_mock.problems import CONTENT_TYPE, Problem

#: Sent within the application only: the call gets no response.
NO_RESPONSE: Final[Message] = {"type": "postfuze.no-response"}
_KEY = "postfuze.connection"
_open: Final[set[UvicornProtocol]] = set()
_NO_LINGER = struct.pack("ii", 1, 0)  # SO_LINGER on, for no time: closing sends RST instead of FIN
#: Header fields that belong to an offer to upgrade.
_UPGRADE = frozenset({b"connection", b"upgrade", b"http2-settings"})
_HEAD = re.compile(rb"HTTP/1\.1 [2-5].*\r\n\r\n", re.DOTALL)


class ClientConnection(NamedTuple):
    """The connection that a request came on. `ending` is set when the client is gone or the server shuts down.

    The cycle holds the scope, which holds this. The reference is weak, or every request would wait for the garbage
    collector.
    """

    transport: asyncio.Transport
    ending: asyncio.Event
    weak_cycle: ReferenceType[RequestResponseCycle]

    @property
    def cycle(self) -> RequestResponseCycle:
        """The state of the request in uvicorn; it exists until the response is complete."""
        cycle = self.weak_cycle()
        assert cycle is not None
        return cycle

    def reset(self) -> None:
        """End the connection with a TCP reset."""
        self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self.transport.abort()

    async def close(self, receive: Receive) -> None:
        """End the connection in good order, without a response. The request body is read first: closing with unread
        bytes would reset the connection. Once the body has ended, `receive` would not return, so it is not called."""
        while self.cycle.more_body and not self.cycle.disconnected:
            await receive()
        self.transport.close()


class JoiningTransport:
    """A transport that sends the head of a response together with what follows it. uvicorn writes them one by one, and
    each write is a system call, the most expensive part of a short response."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
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
        self.flush()
        self._transport.close()


class UvicornProtocol(HttpToolsProtocol):
    """uvicorn's protocol with four differences: responses go through a `JoiningTransport`; stages find the
    `ClientConnection` in the scope; bytes that are not HTTP, which never reach the application, are refused with a
    problem document instead of plain text (RFC 9112, section 2.2: 400, and the connection is closed); and an offer to
    upgrade is ignored (RFC 9110, section 7.8), where uvicorn would lose the request's body."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        _open.add(self)
        self.transport = self.joining = JoiningTransport(transport)  # type: ignore[assignment]
        self.ending = asyncio.Event()

    def on_response_complete(self) -> None:
        self.joining.flush()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        _open.discard(self)
        self.ending.set()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        self.ending.set()
        super().shutdown()

    def data_received(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(data)
        except HttpParserUpgrade as upgrade:
            if self._offers_upgrade():
                self._ignore_upgrade(data[upgrade.args[0] :])
        except HttpParserError:
            self.send_400_response("Invalid HTTP request received.")

    def on_headers_complete(self) -> None:
        if self._offers_upgrade():
            return
        super().on_headers_complete()  # only creates the task, which starts later
        self.scope["state"][_KEY] = ClientConnection(self.transport, self.ending, ref(self.cycle))

    def on_message_complete(self) -> None:
        if not self._offers_upgrade():
            super().on_message_complete()

    def _offers_upgrade(self) -> bool:
        """Whether the client offers another protocol. The parser then takes the body for bytes of that protocol."""
        return self.parser.should_upgrade() and self.parser.get_method() != b"CONNECT"

    def _ignore_upgrade(self, rest: bytes) -> None:
        """Parse the request again, without the offer; `rest` are the bytes behind its head."""
        version = self.parser.get_http_version().encode()
        headers = [(name, value) for name, value in self.headers if name not in _UPGRADE]
        if not self.parser.should_keep_alive():
            headers.append((b"connection", b"close"))
        lines = [b"%b %b HTTP/%b" % (self.parser.get_method(), self.url, version), *map(b"%b: %b".__mod__, headers)]
        self.parser = HttpRequestParser(self)
        self.data_received(b"\r\n".join([*lines, b"", rest]))

    def send_400_response(self, msg: str) -> None:
        body = errors.render(Problem(400, msg, code="no_http"))
        head = (
            "HTTP/1.1 400 Bad Request\r\n"
            f"content-type: {CONTENT_TYPE}\r\n"
            f"content-length: {len(body)}\r\n"
            "connection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()


def open_connections() -> int | None:
    """How many connections this process has; None on another server."""
    return len(_open) or None  # on ours, the call that asks has one


async def pause(scope: Scope, seconds: float) -> None:
    """Wait for `seconds`, or until the client hangs up or the server shuts down."""
    if not seconds:
        return
    connection = _connection(scope)
    if connection is None:  # not our server: it cancels the requests that it does not wait for
        await asyncio.sleep(seconds)
    else:
        with suppress(TimeoutError):
            await asyncio.wait_for(connection.ending.wait(), seconds)


async def drop(scope: Scope, receive: Receive, send: Send, how: Literal["reset", "empty"]) -> None:
    """End the connection without a response. Raises a 501 problem on another server, which keeps it open."""
    connection = _connection(scope)
    if connection is None:
        detail = "Only postfuze-mock's own server can drop a connection."
        raise Problem(501, detail, rule="faults.no-drop", code="not_implemented")
    if how == "reset":
        connection.reset()
    else:
        await connection.close(receive)
    connection.cycle.disconnected = True  # stops uvicorn from sending a 500
    await send(NO_RESPONSE)


def _connection(scope: Scope) -> ClientConnection | None:
    connection: ClientConnection | None = scope.get("state", {}).get(_KEY)
    return connection
