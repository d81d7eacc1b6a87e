"""The connection of a request, for stages that wait for its client or drop it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final, Literal, Protocol

from starlette.types import Message, Receive, Scope, Send

from postfuze_mock.problems import Problem

#: Sent within the application only: the call gets no response.
NO_RESPONSE: Final[Message] = {"type": "postfuze.no-response"}
#: Where a request's `scope["state"]` has its connection.
KEY: Final = "postfuze.connection"


class Connection(Protocol):
    """The connection that a request came on. `ending` is set when the client is gone or the server shuts down."""

    ending: asyncio.Event

    def drop(self, how: Literal["reset", "empty"]) -> None:
        """End the connection without a response: with a TCP reset, or in good order."""


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


async def ended(scope: Scope, receive: Receive) -> None:
    """Wait until the client hangs up or the server shuts down. The request's body must have been read."""
    connection = _connection(scope)
    if connection is not None:
        await connection.ending.wait()
    else:  # not our server: it tells of clients that are gone, and cancels requests when it shuts down
        while (await receive())["type"] != "http.disconnect":
            pass


async def drop(scope: Scope, send: Send, how: Literal["reset", "empty"]) -> None:
    """End the connection without a response. Raises a 501 problem on another server, which keeps it open."""
    connection = _connection(scope)
    if connection is None:
        detail = "Only postfuze-mock's own server can drop a connection."
        raise Problem(501, detail, rule="faults.no-drop", code="not_implemented")
    connection.drop(how)
    await send(NO_RESPONSE)


def _connection(scope: Scope) -> Connection | None:
    connection: Connection | None = scope.get("state", {}).get(KEY)
    return connection
