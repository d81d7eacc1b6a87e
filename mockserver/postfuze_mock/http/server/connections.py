"""The open connections of a server: how many there may be, and how long each may wait for its client."""

from __future__ import annotations

import asyncio
import logging
from typing import Final, Protocol
from weakref import WeakSet

PERIOD: Final = 1.0  # seconds between two looks at the connections; a shorter timeout shortens it

logger = logging.getLogger(__name__)
_servers: Final[WeakSet[Connections]] = WeakSet()


class Bounded(Protocol):
    """A connection. It is `idle` while it has no request to answer, and all its responses are sent."""

    @property
    def idle(self) -> bool:
        """Whether nobody misses the connection, except perhaps its client."""

    def end(self) -> None:
        """Close it; it is idle."""

    def refuse_connection(self) -> None:
        """Answer that there are too many, and close it."""

    def check(self, now: float) -> None:
        """End it if it has waited too long for its client; `now` is the time of the event loop."""


class Connections:
    """A service that checks all connections once a second, because a timer for each request would cost more.

    Above `maximum` connections, the oldest idle one makes room for a new one; if all are busy, the new one is refused.
    `request_timeout` is how long (seconds, 0: for ever) a client may take for the head of a request, for its body, and
    to read on in a response; `idle_timeout` is how long a connection may stay open without a request.
    """

    def __init__(self, *, maximum: int, request_timeout: float, idle_timeout: float) -> None:
        self.maximum = maximum
        self.request_timeout = request_timeout
        self.idle_timeout = idle_timeout
        self._all: dict[Bounded, None] = {}  # the oldest first
        self._warned = False
        _servers.add(self)

    def __len__(self) -> int:
        return len(self._all)

    def add(self, connection: Bounded) -> None:
        """A connection was opened."""
        self._all[connection] = None
        if len(self._all) > self.maximum:
            self._make_room(connection)

    def discard(self, connection: Bounded) -> None:
        """A connection is closed."""
        self._all.pop(connection, None)

    def _make_room(self, connection: Bounded) -> None:
        if not self._warned:
            self._warned = True
            logger.warning("More than %d connections at once (--max-connections): idle ones are closed.", self.maximum)
        oldest = next(each for each in self._all if each.idle)
        if oldest is connection:  # a new connection is idle
            connection.refuse_connection()
        else:
            self.discard(oldest)
            oldest.end()

    async def start(self) -> None:
        """Start checking the connections."""
        self._task = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Stop checking them."""
        self._task.cancel()

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        period = min([PERIOD, *(each / 2 for each in (self.request_timeout, self.idle_timeout) if each)])
        while True:
            await asyncio.sleep(period)
            for connection in list(self._all):
                connection.check(loop.time())


def open_connections() -> int | None:
    """How many connections the servers of this process have; None if another server serves the application."""
    return sum(map(len, _servers)) or None  # on ours, the call that asks has one
