"""The time from process start to the first successful response, and the memory of an idle server."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Final

from benchmarks.load import fetch
from benchmarks.report import Line, at_most
from benchmarks.servers import EXECUTABLES, HELLO, MOCK, STARLETTE, running
from benchmarks.throughput import HEADERS, LIST

HEALTH: Final = "/api/v1/health"
PEERS: Final = (MOCK, STARLETTE, HELLO)
SLOWDOWN: Final = 2  # compared with the bare Starlette application
SECONDS: Final = 0.3
EXECUTABLE_SECONDS: Final = 0.45
MEGABYTES: Final = 55  # after the first page


def startup(starts: int) -> Iterator[Line]:
    """Start-up to the first response, without a world and with one."""
    times = _start_times(PEERS, HEALTH, starts)
    ratio = times[0] / times[1]
    yield Line("spawn to first good answer, s", times, 2, target=at_most(SECONDS, times[0], "s"))
    yield Line("  compared with bare Starlette", [], ratio=ratio, target=at_most(SLOWDOWN, ratio))
    for executable in _start_times(EXECUTABLES, HEALTH, starts):
        target = at_most(EXECUTABLE_SECONDS, executable, "s")
        yield Line("spawn of the executable to first good answer, s", [executable], 2, target=target)
    yield Line("start to first page, including its world, s", _start_times([MOCK], LIST, starts), 2)


def memory() -> Iterator[Line]:
    """Resident memory of an idle server, before and after it creates its first world."""
    idle = [_resident(command, HEALTH) for command in PEERS]
    yield Line("idle memory, MB", idle, ratio=idle[0] / idle[1])
    page = _resident(MOCK, LIST)
    yield Line("idle memory after the first page, MB", [page], target=at_most(MEGABYTES, page, "MB"))


def _start_times(commands: Sequence[Sequence[str]], path: str, starts: int) -> list[float]:
    """The median seconds of each command, without its first start, which may compile modules."""
    times = [[_start_time(command, path) for command in commands] for _ in range(starts + 1)]
    return [median(column) for column in zip(*times[1:], strict=True)]


def _start_time(command: Sequence[str], path: str) -> float:
    start = time.perf_counter()
    with running(command) as server:
        fetch(server.port, path, HEADERS)
        return time.perf_counter() - start


def _resident(command: Sequence[str], path: str) -> float:
    with running(command) as server:
        fetch(server.port, path, HEADERS)
        return server.megabytes()
