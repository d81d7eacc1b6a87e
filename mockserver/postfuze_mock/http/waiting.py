"""Holds the response of a call that waits, without a thread."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

from starlette.types import Receive, Scope

from postfuze_mock.control.waiting import Waiting
from postfuze_mock.http.server import connection
from postfuze_mock.problems import Problem

#: How many calls may wait at the same time. Each has a connection, and is looked at with each arrival.
MAX_WAITING: Final = 200


async def answer(waiting: Waiting, scope: Scope, receive: Receive) -> bytes:
    """The response's body, once it is ready, after its seconds, or when the client hangs up or the server shuts down.
    Raises a 429 problem if too many calls wait."""
    if len(waiting.arrivals) >= MAX_WAITING:
        detail = f"{MAX_WAITING} calls wait already; leave out wait, or let fewer calls wait."
        raise Problem(429, detail, rule="waits.most", code="too_many_waits", headers={"Retry-After": "1"})
    wake = asyncio.Event()
    end = asyncio.ensure_future(connection.ended(scope, receive))
    end.add_done_callback(lambda _: wake.set())
    try:
        with suppress(TimeoutError), waiting.arrivals.calling(waiting.topic, wake.set):
            async with asyncio.timeout(waiting.seconds):
                while not (end.done() or waiting.is_ready()):
                    await wake.wait()
                    wake.clear()
    finally:
        end.cancel()
    return waiting.answer()
