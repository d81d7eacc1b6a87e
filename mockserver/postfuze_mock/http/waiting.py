"""Holds the response of a call that waits, without a thread."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, Final, Protocol

from starlette.types import Receive, Scope

from postfuze_mock.control.waiting import Waiting
from postfuze_mock.http.server import connection
from postfuze_mock.problems import Problem

#: How many calls may wait at the same time. Each has a connection, and is looked at with each arrival.
MAX_WAITING: Final = 200


class Again(Protocol):
    """Calls the handler of a call once more, with some parameters changed, and returns what that returns."""

    async def __call__(self, **changes: Any) -> Any: ...


async def answer(waiting: Waiting, again: Again, scope: Scope, receive: Receive) -> Any:
    """What the handler returns once it is ready, after its seconds, or when the client hangs up or the server shuts
    down. Raises a 429 problem if too many calls wait."""
    if len(waiting.arrivals) >= MAX_WAITING:
        detail = f"{MAX_WAITING} calls wait already; leave out wait, or let fewer calls wait."
        raise Problem(429, detail, rule="waits.most", code="too_many_waits", headers={"Retry-After": "1"})
    wake = asyncio.Event()
    end = asyncio.ensure_future(connection.ended(scope, receive))
    end.add_done_callback(lambda _: wake.set())
    try:
        with suppress(TimeoutError), waiting.arrivals.calling(waiting.topic, wake.set):
            async with asyncio.timeout(waiting.seconds):
                while not end.done():
                    await wake.wait()
                    wake.clear()
                    result = await again()
                    if type(result) is not Waiting:
                        return result
    finally:
        end.cancel()
    return await again(wait=0)
