"""The place of a worker."""

from __future__ import annotations

import math
import multiprocessing
import signal
import socket
import time
from collections.abc import Mapping
from dataclasses import fields
from multiprocessing import Pipe
from multiprocessing.context import SpawnProcess
from typing import Any, Final

from postfuze_mock.cli.workers import counts, worker
from postfuze_mock.settings import Settings

#: Seconds before a worker that ended without having been ready is tried again; after the next such end twice as many,
#: up to the most, and so on.
_FIRST_PAUSE: Final = 0.1
_MAX_PAUSE: Final = 5.0
#: Seconds that a worker has to end in good order.
_STOP_TIMEOUT: Final = 30.0

# A forked process would share the event loops, locks and database connections of its parent.
_spawn: Final = multiprocessing.get_context("spawn")


class Place:
    """The place of a worker: its sockets, and the process that has them now. The sockets stay open between two
    processes, so that connections wait for the next one instead of being refused."""

    def __init__(self, settings: Settings, sockets: list[socket.socket], flags: Mapping[str, Any]) -> None:
        self.settings = settings
        self.sockets = sockets
        self.flags = {each.name: flags.get(each.name) for each in fields(Settings)}
        self.process: SpawnProcess | None = None
        self.is_ready = False
        self.failures = 0
        self.start_at = math.inf  # time.monotonic()

    def start(self) -> None:
        """Start a process."""
        self.is_ready = False
        self.connection, end = Pipe()
        arguments = (self.settings, self.sockets, end, self.flags)
        self.process = _spawn.Process(target=worker.run, args=arguments, daemon=True)
        # A terminal's Ctrl-C reaches all processes. Until a worker blocks it, it would end that with a traceback.
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        self.process.start()
        signal.signal(signal.SIGINT, before)
        end.close()

    def hear(self) -> str | None:
        """What the worker says, who is ready now: a key to begin with, if one may be shown. Raises EOFError if it has
        ended."""
        key: str | None = self.connection.recv()
        self.is_ready, self.failures = True, 0
        return key

    def end(self) -> int:
        """Tell the process to end, wait until it has, and plan the next one. Returns its exit code, negative for the
        signal that killed it."""
        if self.process is None:
            return 0
        self.connection.close()
        self.process.join(_STOP_TIMEOUT)
        if self.process.exitcode is None:
            self.process.kill()
            self.process.join()
        if self.settings.metrics:
            counts.forget(self.process.pid)
        code, self.process = self.process.exitcode or 0, None
        if not self.is_ready:
            self.failures += 1
        self.start_at = time.monotonic() + self._pause()
        return code

    def _pause(self) -> float:
        return min(_FIRST_PAUSE * 2.0 ** (self.failures - 1), _MAX_PAUSE) if self.failures else 0.0
