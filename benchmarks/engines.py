"""The mock on each engine: memory, SQLite in a file, and PostgreSQL on this machine, where it can be had.

CPU times are those of the mock, without those of PostgreSQL's own processes.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

import pytest
from tests.support import postgres

from benchmarks.latency import Times, cold_starts, half, times_of
from benchmarks.load import drive_workers
from benchmarks.report import Line, at_least, at_most
from benchmarks.servers import MOCK, Server, running
from benchmarks.throughput import HEADERS, Sample, calls, samples_of, walk
from benchmarks.world_sizes import SPREAD, pages, serving

FLOOR: Final = 0.5  # of the speed of memory, on SQLite
SCALING: Final = 1.6  # of the speed of one worker, with two
MILLISECONDS: Final = 2  # half of all calls, on the slowest engine
COLD_MILLISECONDS: Final = 20  # the first page of half of all worlds, on the slowest engine
COLD_WORLDS: Final = 100


class State(NamedTuple):
    """An empty state: the flags that name it, and how many bytes it takes."""

    flags: list[str]
    size: Callable[[], int]


class Engine(NamedTuple):
    """An engine, and what makes a new state of it."""

    name: str
    state: Callable[[], AbstractContextManager[State]]


@contextmanager
def engines() -> Iterator[list[Engine]]:
    """Those that this machine has; PostgreSQL runs meanwhile."""
    found = [Engine("memory", _memory), Engine("SQLite", _sqlite)]
    with ExitStack() as stack:
        try:
            dsn = stack.enter_context(postgres.server())
        except (pytest.skip.Exception, pytest.fail.Exception) as reason:
            print(f"without PostgreSQL: {reason}", file=sys.stderr)
        else:
            found.append(Engine("PostgreSQL", partial(_postgresql, dsn)))
        yield found


def speed(found: Sequence[Engine], rounds: int, seconds: float) -> Iterator[Line]:
    """What the same calls cost on each engine; the ratios are those of SQLite to memory."""
    with ExitStack() as stack:
        states = [stack.enter_context(engine.state()) for engine in found]
        servers = [stack.enter_context(running([*MOCK, *state.flags])) for state in states]
        id = walk(servers[0], pages=1)[0]["id"]
        for path in calls(id):
            yield from _rates(path.replace(id, "{id}"), samples_of(servers, path, rounds, seconds))
        yield from _latencies([times_of(server.port, HEADERS, id) for server in servers])
        yield from _cold(servers, states)


def workers(engine: Engine, rounds: int, seconds: float) -> Iterator[Line]:
    """Two workers beside one. The load takes a part of the same cores."""
    with ExitStack() as stack:
        servers = []
        for count in ("1", "2"):
            command = [*MOCK, *stack.enter_context(engine.state()).flags, "--workers", count]
            servers.append(stack.enter_context(running(command, pinned=False)))
        id = walk(servers[0], pages=1)[0]["id"]
        for path in calls(id):
            turns = [
                [drive_workers(server.port, path, HEADERS, seconds).rate for server in servers] for _ in range(rounds)
            ]
            ratio = median(two / one for one, two in turns)
            name = f"{engine.name}, GET {path.removeprefix('/api/v1').replace(id, '{id}')}, requests/s"
            yield Line(
                name,
                [median(column) for column in zip(*turns, strict=True)],
                ratio=ratio,
                target=at_least(SCALING, ratio),
            )


def page_times(engine: Engine, sizes: Sequence[int], rounds: int) -> Iterator[Line]:
    """A line for each kind of page, with the time of one client in worlds of different sizes."""
    with ExitStack() as stack:
        states = [stack.enter_context(engine.state()) for _ in sizes]
        servers = [stack.enter_context(serving(size, state.flags)) for size, state in zip(sizes, states, strict=True)]
        paths = [pages(server) for server in servers]
        for kind in paths[0]:
            turns = [
                [half(server.port, HEADERS, each[kind]) for server, each in zip(servers, paths, strict=True)]
                for _ in range(rounds)
            ]
            times = [median(column) for column in zip(*turns, strict=True)]
            spread = max(times) / min(times)
            yield Line(f"{engine.name}, a page, {kind}, p50 ms", times, 2, spread, at_most(SPREAD, spread))


def _rates(call: str, samples: list[list[Sample]]) -> Iterator[Line]:
    name = f"GET {call.removeprefix('/api/v1')}"
    rates, costs = ([[each[measure] for each in column] for column in samples] for measure in (0, 1))
    rate = median(sqlite / memory for memory, sqlite in zip(*rates[:2], strict=True))
    cost = median(memory / sqlite for memory, sqlite in zip(*costs[:2], strict=True))
    yield Line(f"{name}, requests/s", [median(column) for column in rates], ratio=rate, target=at_least(FLOOR, rate))
    yield Line(
        f"{name}, CPU µs/request", [median(column) for column in costs], ratio=cost, target=at_least(FLOOR, cost)
    )


def _latencies(times: Sequence[Times]) -> Iterator[Line]:
    for call in Times._fields:
        columns = [sorted(getattr(each, call)) for each in times]
        halves = [column[len(column) // 2] * 1000 for column in columns]
        yield Line(f"{call}, p50 ms", halves, 2, target=at_most(MILLISECONDS, max(halves), "ms"))
        yield Line(f"{call}, p99 ms", [column[len(column) * 99 // 100] * 1000 for column in columns], 2)


def _cold(servers: Sequence[Server], states: Sequence[State]) -> Iterator[Line]:
    before = [state.size() for state in states]
    starts = [1000 * median(cold_starts(server.port, HEADERS, COLD_WORLDS)) for server in servers]
    yield Line("first page of a new world, p50 ms", starts, 2, target=at_most(COLD_MILLISECONDS, max(starts), "ms"))
    sizes = [(state.size() - size) / COLD_WORLDS / 1024 for state, size in zip(states, before, strict=True)]
    yield Line("a world of 120 accounts in the database, KiB", sizes)


@contextmanager
def _memory() -> Iterator[State]:
    yield State([], lambda: 0)


@contextmanager
def _sqlite() -> Iterator[State]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "state.db"
        yield State(["--state", f"sqlite:///{file}"], partial(_file_size, file))


@contextmanager
def _postgresql(dsn: str) -> Iterator[State]:
    with postgres.database(dsn) as url:
        size = "SELECT pg_database_size(current_database())"
        yield State(["--state", url], lambda: int(str(postgres.query(url, size)[0][0])))


def _file_size(file: Path) -> int:
    """With what is only in its log until now."""
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return file.stat().st_size
