"""The cost per call of journal and faults: the mock, compared with itself without them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Final

from benchmarks.report import Line
from benchmarks.servers import MOCK, UNSTEERED, running
from benchmarks.throughput import calls, compare, samples_of, walk

FLOOR: Final = 0.85  # of the speed without them


def steering(rounds: int, seconds: float) -> Iterator[Line]:
    """Two lines for each of the two calls, from interleaved rounds."""
    with ExitStack() as stack:
        servers = [stack.enter_context(running(command)) for command in (MOCK, UNSTEERED)]
        ids = [walk(server, pages=1)[0]["id"] for server in servers]
        assert ids[0] == ids[1], "equal seeds and keys give equal worlds"
        for path in calls(ids[0]):
            yield from compare(path.replace(ids[0], "{id}"), samples_of(servers, path, rounds, seconds), FLOOR)
