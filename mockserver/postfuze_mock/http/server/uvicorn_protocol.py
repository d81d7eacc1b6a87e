"""uvicorn's protocol, and what a stage may do to a connection: wait until it is of no more use, or cut it."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from typing import Final, Literal, NamedTuple
from weakref import ReferenceType, ref

import orjson
from starlette.types import Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from postfuze_mock.http.server.joining import Joining
from postfuze_mock.problems import CONTENT_TYPE, Problem

#: Sent within the application alone: the call will get no answer.
NO_ANSWER: Final[Message] = {"type": "postfuze.no-answer"}
_KEY = "postfuze.exchange"
_AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER, on, for no time: closing sends RST instead of FIN


class Exchange(NamedTuple):
    """A request and the connection that it came on. `over` is set when the client is gone or the server is to end.

    The cycle has the scope, which has this: were it not held weakly, each request would wait for the garbage collector.
    """

    transport: asyncio.Transport
    over: asyncio.Event
    weak_cycle: ReferenceType[RequestResponseCycle]

    @property
    def cycle(self) -> RequestResponseCycle:
        """What uvicorn knows of the request; it stands as long as the request is answered."""
        cycle = self.weak_cycle()
        assert cycle is not None
        return cycle

    def reset(self) -> None:
        """End the connection with a TCP reset."""
        self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self.transport.abort()

    async def close(self, receive: Receive) -> None:
        """End the connection as if all had been said. The request's body is read first, for to close with unread bytes
        is to reset; `receive` never comes back once there is no more."""
        while self.cycle.more_body and not self.cycle.disconnected:
            await receive()
        self.transport.close()


class Protocol(HttpToolsProtocol):
    """uvicorn's own, except that stages find the `Exchange` in the scope, and that what is no HTTP at all, which never
    reaches the application, is refused with a problem and not in plain text (RFC 9112, section 2.2: 400, and the
    connection is closed)."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.transport = self.joining = Joining(transport)  # type: ignore[assignment]
        self.over = asyncio.Event()

    def on_response_complete(self) -> None:
        self.joining.flush()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self.over.set()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        self.over.set()
        super().shutdown()

    def on_headers_complete(self) -> None:
        super().on_headers_complete()  # its task begins later
        self.scope["state"][_KEY] = Exchange(self.transport, self.over, ref(self.cycle))

    def send_400_response(self, msg: str) -> None:
        body = orjson.dumps(Problem(400, msg, code="no_http").document())
        head = (
            "HTTP/1.1 400 Bad Request\r\n"
            f"content-type: {CONTENT_TYPE}\r\n"
            f"content-length: {len(body)}\r\n"
            "connection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()


async def pause(scope: Scope, seconds: float) -> None:
    """Wait, for less than `seconds` where the client hangs up or the server is to end."""
    if not seconds:
        return
    exchange = _exchange(scope)
    if exchange is None:  # another server than ours, which cancels what it does not wait for
        await asyncio.sleep(seconds)
    else:
        with suppress(TimeoutError):
            await asyncio.wait_for(exchange.over.wait(), seconds)


async def drop(scope: Scope, receive: Receive, send: Send, how: Literal["reset", "empty"]) -> None:
    """End the connection without an answer. Raises a 501 problem where another server than ours keeps it."""
    exchange = _exchange(scope)
    if exchange is None:
        detail = "Only postfuze-mock's own server can drop a connection."
        raise Problem(501, detail, rule="faults.no-drop", code="not_implemented")
    if how == "reset":
        exchange.reset()
    else:
        await exchange.close(receive)
    exchange.cycle.disconnected = True  # or uvicorn would answer in our place; it takes no message from here on
    await send(NO_ANSWER)


def _exchange(scope: Scope) -> Exchange | None:
    exchange: Exchange | None = scope.get("state", {}).get(_KEY)
    return exchange
