"""What it costs each call that the mock can be steered: itself, beside itself without its journal and its faults."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Final

from benchmarks.report import Line
from benchmarks.servers import MOCK, UNSTEERED, running
from benchmarks.throughput import calls, compare, taken, walk

FLOOR: Final = 0.85  # of its speed without them


def steering(rounds: int, seconds: float) -> Iterator[Line]:
    """Two lines for each of the two calls, in interleaved rounds."""
    with ExitStack() as stack:
        servers = [stack.enter_context(running(command)) for command in (MOCK, UNSTEERED)]
        ids = [walk(server, pages=1)[0]["id"] for server in servers]
        assert ids[0] == ids[1], "one seed and one key make one world"
        for path in calls(ids[0]):
            yield from compare(path.replace(ids[0], "{id}"), taken(servers, path, rounds, seconds), FLOOR)
