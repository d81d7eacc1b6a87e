"""What a worker thread does for a call on the event loop."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final, Generic, TypeVar

from postfuze_mock.state.postgresql.connection import Connection
from postfuze_mock.state.sql.database import Outcome, away

T = TypeVar("T")

#: Seconds that a call waits for a connection, also for one in place of a lost one, and for the server's first answer;
#: that it waits for a thread; between two looks at one that takes longer.
_MAX_WAIT: Final = 0.8
_MAX_QUEUED: Final = 5.0
_WATCH_INTERVAL: Final = 0.1


class Task(Generic[T]):
    """Work for one transaction. `connection` is what it has at the moment."""

    def __init__(self, work: Callable[[], T], write: bool) -> None:
        self.work = work
        self.write = write
        self.connection: Connection | None = None
        self.outcome: Outcome[T] | None = None
        self.wait_again()

    def wait_again(self) -> None:
        """Start to wait: the server answered, so that it is not away, but the work must be done again."""
        self._deadline = time.monotonic() + _MAX_WAIT

    def remaining(self) -> float:
        """Seconds left to wait, 0.0 after the last one."""
        return max(self._deadline - time.monotonic(), 0.0)

    def settle(self, outcome: Outcome[T]) -> None:
        """Have the outcome, once it can be told."""
        self.outcome = outcome


class Call(Task[T]):
    """A task whose outcome is awaited on the event loop, where it is made. A thread calls `claim`, `settle`, `fail`."""

    def __init__(self, work: Callable[[], T], write: bool) -> None:
        super().__init__(work, write)
        self._loop = asyncio.get_running_loop()
        self._future: asyncio.Future[T] = self._loop.create_future()
        self._turn = threading.Lock()
        self._queued_until = time.monotonic() + _MAX_QUEUED

    def claim(self) -> bool:
        """Whether it is still to be done; True once."""
        return self._turn.acquire(blocking=False)

    def settle(self, outcome: Outcome[T]) -> None:
        self._tell(outcome.result)

    def fail(self, error: BaseException) -> None:
        """Let the call raise `error`."""

        def result() -> T:
            raise error

        self._tell(result)

    async def result(self) -> T:
        """What the work returned. Raises what it raised, and a 503 problem if no thread is free for too long."""
        watch = self._loop.call_later(_MAX_WAIT, self._watch)
        try:
            return await self._future
        finally:
            watch.cancel()

    def _tell(self, result: Callable[[], T]) -> None:
        with suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._finish, result)

    def _finish(self, result: Callable[[], T]) -> None:
        """Call what the commit allows, also if nobody waits for it any more."""
        try:
            value = result()
        except BaseException as error:  # noqa: BLE001 - it is what the call raises
            if not self._future.done():
                self._future.set_exception(error)
        else:
            if not self._future.done():
                self._future.set_result(value)

    def _watch(self) -> None:
        """Give up what waits too long: for a thread, or for an answer of the server."""
        if time.monotonic() > self._queued_until and self.claim():
            self.fail(away("All connections to the database are busy."))
            return
        if (connection := self.connection) is not None:
            connection.drop_if_late()
        if not self._future.done():
            self._loop.call_later(_WATCH_INTERVAL, self._watch)
