"""The mock on each engine. The processor's time is that of the mock, where nothing else is said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from statistics import median
from typing import Final

from benchmarks.latency import NEW_WORLD, Cost, costs_of, half
from benchmarks.load import drive_workers
from benchmarks.report import Line, Target, at_least, at_most
from benchmarks.servers import MOCK, running
from benchmarks.states import Engine
from benchmarks.throughput import HEADERS, Sample, calls, samples_of, walk
from benchmarks.world_sizes import SPREAD, pages, serving

FLOOR: Final = 0.5  # of the speed of memory, on SQLite
SCALING: Final = 1.6  # of the speed of one worker, with two
MILLISECONDS: Final = {"get": 2, "page": 2, "finalize": 2, NEW_WORLD: 20}  # half of all calls, on the slowest engine


def speed(engines: Sequence[Engine], rounds: int, seconds: float) -> Iterator[Line]:
    """What the same calls cost on each engine; the ratios are those of SQLite to memory."""
    with ExitStack() as stack:
        states = [stack.enter_context(engine.state()) for engine in engines]
        servers = [stack.enter_context(running([*MOCK, *state.flags])) for state in states]
        id = walk(servers[0], pages=1)[0]["id"]
        for path in calls(id):
            yield from _rates(path.replace(id, "{id}"), samples_of(servers, path, rounds, seconds))
        costs = [costs_of(server, state, HEADERS, id) for server, state in zip(servers, states, strict=True)]
        for kinds in zip(*costs, strict=True):
            yield from _costs(kinds[0][0], [cost for _, cost in kinds])


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
            rates = [median(column) for column in zip(*turns, strict=True)]
            ratio = median(two / one for one, two in turns)
            name = f"{engine.name}, GET {path.removeprefix('/api/v1').replace(id, '{id}')}, requests/s"
            yield Line(name, rates, ratio=ratio, target=at_least(SCALING, ratio))


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
    yield Line(f"{name}, requests/s", [median(column) for column in rates], 0, rate, at_least(FLOOR, rate))
    yield Line(f"{name}, CPU µs/request", [median(column) for column in costs], 0, cost, at_least(FLOOR, cost))


def _costs(call: str, costs: Sequence[Cost]) -> Iterator[Line]:
    times = [sorted(cost.seconds) for cost in costs]
    halves = [1000 * column[len(column) // 2] for column in times]
    target = at_most(MILLISECONDS[call], max(halves), "ms") if call in MILLISECONDS else Target()
    yield Line(f"{call}, p50 ms", halves, 2, target=target)
    yield Line(f"{call}, p99 ms", [1000 * column[len(column) * 99 // 100] for column in times], 2)
    yield Line(f"{call}, CPU µs", [cost.cpu for cost in costs])
    yield Line(f"{call}, CPU µs of the database's processes", [cost.database_cpu for cost in costs])
    yield Line(f"{call}, kB of the database's log", [cost.logged / 1000 for cost in costs], 1)
    yield Line(f"{call}, kB of the database", [cost.grown / 1000 for cost in costs], 1)
