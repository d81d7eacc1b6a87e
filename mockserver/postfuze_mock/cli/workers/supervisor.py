"""Starts the workers, replaces those that end, and ends them all.

uvicorn's own supervisor pickles the application, restarts at once what fails at once, exits with 0 whatever happened,
and its workers survive it if it is killed.
"""

from __future__ import annotations

import gc
import logging
import math
import signal
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from multiprocessing import Pipe
from multiprocessing.connection import wait
from typing import Any, Final

from postfuze_mock.cli import stdin_watch
from postfuze_mock.cli.listening import shared
from postfuze_mock.cli.workers import counts
from postfuze_mock.cli.workers.place import Place
from postfuze_mock.settings import Settings, SettingsError

#: How often in a row a worker may end without having been ready.
_MAX_FAILURES: Final = 8

logger = logging.getLogger(__name__)


def run(
    settings: Settings,
    sockets: Sequence[socket.socket],
    announce: Callable[[str | None], None],
    watches: Sequence[Callable[[Callable[[], None]], None]],
    flags: Mapping[str, Any],
) -> int:
    """Serve with `settings.workers` processes, as `serve.run` does with one; `flags` are those of the command line.
    Returns the exit code: that of a first worker that cannot start; else 1 if workers cannot be kept running, or one
    failed to end in good order; else 0. Raises SettingsError for a world file that each process would have to read from
    stdin."""
    if settings.world is not None and stdin_watch.is_stdin(settings.world):
        raise SettingsError(f"the world file cannot be stdin ({settings.world}) with --workers: each process reads it")
    with counts.together() if settings.metrics else nullcontext():
        supervisor = Supervisor(_places(settings, sockets, flags), announce)
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda _signal, _frame: supervisor.stop())
        for watch in watches:
            watch(supervisor.stop)
        gc.enable()
        return supervisor.run()


def _places(settings: Settings, sockets: Sequence[socket.socket], flags: Mapping[str, Any]) -> list[Place]:
    ports = [shared(each, settings.workers) for each in sockets]
    return [Place(settings, list(listeners), flags) for listeners in zip(*ports, strict=True)]


class Supervisor:
    """Keeps a process in each of `places`. The first one starts alone: what keeps it from starting is said once, and
    what is made at the first start is there for the others. `announce` is called once all are ready."""

    def __init__(self, places: Sequence[Place], announce: Callable[[str | None], None]) -> None:
        self.places = places
        self.announce = announce
        self._signal, self._wake = Pipe(duplex=False)
        self._is_stopping = False
        self._is_announced = False

    def stop(self) -> None:
        """End all workers, then `run`; from a signal handler or any thread."""
        self._is_stopping = True
        self._wake.send_bytes(b"stop")

    def run(self) -> int:
        """Keep the workers running until `stop`. Returns the exit code."""
        self.places[0].start_at = 0.0
        while not self._is_stopping:
            self._start_due()
            code = self._handle_next()
            if code is not None:
                self._end_all()
                return code
        return 1 if any(self._end_all()) else 0

    def _start_due(self) -> None:
        for place in self.places:
            if place.process is None and place.start_at <= time.monotonic():
                place.start()

    def _handle_next(self) -> int | None:
        """Wait for something to happen, and handle it. Returns the exit code, if that ends the server."""
        waiting: dict[Any, Place] = {}
        for place in self.places:
            if place.process is not None:
                waiting[place.process.sentinel if place.is_ready else place.connection] = place
        starts = [place.start_at for place in self.places if place.process is None]
        pause = min(starts, default=math.inf) - time.monotonic()
        for event in wait([self._signal, *waiting], None if pause == math.inf else max(pause, 0)):
            if event is self._signal or self._is_stopping:
                return None
            place = waiting[event]
            code = self._on_end(place) if place.is_ready else self._on_first_words(place)
            if code is not None:
                return code
        return None

    def _on_first_words(self, place: Place) -> int | None:
        try:
            key = place.hear()
        except EOFError:
            return self._on_end(place)
        for each in self.places:
            if each.start_at == math.inf:
                each.start_at = time.monotonic()
        if not self._is_announced and all(each.is_ready for each in self.places):
            self._is_announced = True
            self.announce(key)
        return None

    def _on_end(self, place: Place) -> int | None:
        """A worker has ended. Returns the exit code, if that ends the server."""
        code = place.end()
        ending = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
        if all(each.start_at == math.inf for each in self.places if each is not place):  # it was the first one
            if code <= 0:
                logger.error("A worker %s before it was ready.", ending)
            return max(code, 1)
        if place.failures > _MAX_FAILURES:
            logger.error("A worker ended %d times in a row before it was ready: the server ends.", place.failures)
            return 1
        logger.warning("A worker %s; another takes its place.", ending)
        return None

    def _end_all(self) -> list[int]:
        """End all workers, at the same time, and return their exit codes."""
        for place in self.places:
            for listener in place.sockets:
                listener.close()
            if place.process is not None:
                place.connection.close()
        return [place.end() for place in self.places]
