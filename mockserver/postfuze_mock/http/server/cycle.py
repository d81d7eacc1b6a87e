"""A request and its response: a short response goes to the socket in one system call."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from functools import lru_cache
from typing import Any, Final
from urllib.parse import unquote

from httptools import parse_url
from uvicorn.protocols.http.httptools_impl import (
    HEADER_RE,
    HEADER_VALUE_RE,
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from postfuze_mock.http.server import connection

#: How many heads are remembered: most are equal to one of those before.
MAX_HEADS: Final = 1024
#: The statuses of responses without a body.
_BODILESS: Final = frozenset({204, 304})
#: The header fields that change how a response ends; uvicorn reads them.
_FRAMING: Final = (b"connection", b"transfer-encoding")

#: Pairs of name and value.
Fields = tuple[tuple[bytes, bytes], ...]


class Cycle(RequestResponseCycle):
    """uvicorn's cycle. It holds the head of a response until the next message: if that is the whole body, both are sent
    together, because each write is a system call, the most expensive part of a short response."""

    head: Any = None

    async def send(self, message: Any) -> None:
        """Send a message of the response; nothing once the client is gone."""
        if not self.response_started and message["type"] == "http.response.start":
            self.head = message  # uvicorn's 500 replaces the head of a call that fails behind it
            return
        if self.head is not None:
            head, self.head = self.head, None
            if self._sent_whole(head, message):
                return
            await super().send(head)
        await super().send(message)

    def _sent_whole(self, head: Any, message: Any) -> bool:
        """Send the response, if `message` is all that follows `head`, on a connection that stays open."""
        body = message.get("body", b"")
        length, lines = _encoded(head["status"], tuple(head["headers"]))
        if (
            length != len(body)
            or message.get("more_body")
            or self.scope["method"] == "HEAD"
            or not self.keep_alive
            or self.flow.write_paused
            or self.disconnected
        ):
            return False
        self.response_started = self.response_complete = True
        default = _encoded(head["status"], tuple(self.default_headers))[1]
        self.transport.write(b"".join((STATUS_LINE[head["status"]], default, lines, b"\r\n", body)))
        self.message_event.set()
        self.on_response()
        return True


@lru_cache(MAX_HEADS)
def _encoded(status: int, fields: Fields) -> tuple[int | None, bytes]:
    """The length of the body that `fields` announce (None if they do not, or say more about the end of the response),
    and their lines. Raises RuntimeError for a field that would break the response apart."""
    for name, value in fields:
        if HEADER_RE.search(name) or HEADER_VALUE_RE.search(value):
            raise RuntimeError(f"Invalid HTTP header field {name!r}.")
    names = {name.lower(): value for name, value in fields}
    is_plain = b"content-length" in names and names.keys().isdisjoint(_FRAMING) and status not in _BODILESS
    length = int(names[b"content-length"]) if is_plain else None
    return length, b"".join(b"%b: %b\r\n" % (name.lower(), value) for name, value in fields)


def new_cycle(protocol: HttpToolsProtocol, version: str, *, keep_alive: bool) -> Cycle:
    """The cycle of the request whose head `protocol` has just read; completes its scope. uvicorn's own way to it looks
    at more settings than the mock has."""
    scope, url = protocol.scope, parse_url(protocol.url)
    path = url.path.decode("ascii")
    scope["method"] = protocol.parser.get_method().decode("ascii")
    scope["http_version"] = version
    scope["path"] = unquote(path) if "%" in path else path
    scope["raw_path"] = url.path
    scope["query_string"] = url.query or b""
    scope["state"][connection.KEY] = protocol
    return Cycle(
        scope=scope,
        transport=protocol.transport,
        flow=protocol.flow,
        logger=protocol.logger,
        access_logger=protocol.access_logger,
        access_log=protocol.access_log,
        default_headers=protocol.server_state.default_headers,
        message_event=asyncio.Event(),
        expect_100_continue=protocol.expect_100_continue,
        keep_alive=keep_alive,
        on_response=protocol.on_response_complete,
    )


def eager_task(coroutine: Coroutine[Any, Any, None], loop: asyncio.AbstractEventLoop) -> asyncio.Task[None]:
    """A task of `coroutine`, which is run at once until it waits for something (Python 3.11: soon)."""
    if sys.version_info >= (3, 12):
        return asyncio.Task(coroutine, loop=loop, eager_start=True)
    return loop.create_task(coroutine)
