"""From spawn to the first good answer, and the memory of a server that has nothing to do."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Final

from benchmarks.load import fetch
from benchmarks.report import Line, at_most
from benchmarks.servers import HELLO, MOCK, STARLETTE, running
from benchmarks.throughput import HEADERS, LIST

HEALTH: Final = "/api/v1/health"
PEERS: Final = (MOCK, STARLETTE, HELLO)
SLOWER: Final = 3  # times, than the bare Starlette application
SECONDS: Final = 0.5
MEGABYTES: Final = 70


def startup(starts: int) -> Iterator[Line]:
    """Start-up to the first answer without a world and to the first page of one."""
    times = _to_answer(PEERS, HEALTH, starts)
    ratio = times[0] / times[1]
    yield Line("start to first answer, s", times, 2, target=at_most(SECONDS, times[0], "s"))
    yield Line("  beside bare Starlette", [], ratio=ratio, target=at_most(SLOWER, ratio))
    yield Line("start to first page, its world made on the way, s", _to_answer([MOCK], LIST, starts), 2)


def memory() -> Iterator[Line]:
    """Resident memory of a server that has nothing to do, before and after its first world is made."""
    idle = [_resident(command, HEALTH) for command in PEERS]
    yield Line("idle memory, MB", idle, ratio=idle[0] / idle[1], target=at_most(MEGABYTES, idle[0], "MB"))
    yield Line("memory with a first world of 120 accounts, MB", [_resident(MOCK, LIST)])


def _to_answer(commands: Sequence[Sequence[str]], path: str, starts: int) -> list[float]:
    """The median seconds of each command; a first start, which may compile modules, is not counted."""
    times = [[_start(command, path) for command in commands] for _ in range(starts + 1)]
    return [median(own) for own in zip(*times[1:], strict=True)]


def _start(command: Sequence[str], path: str) -> float:
    start = time.perf_counter()
    with running(command) as server:
        fetch(server.port, path, HEADERS)
        return time.perf_counter() - start


def _resident(command: Sequence[str], path: str) -> float:
    with running(command) as server:
        fetch(server.port, path, HEADERS)
        return server.megabytes()
