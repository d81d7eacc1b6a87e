"""The cost of a page in worlds of different sizes, and of creating the largest one."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Final
from urllib.parse import urlencode

from benchmarks.load import Client, fetch
from benchmarks.report import Line, at_most
from benchmarks.servers import MOCK, Server, running
from benchmarks.throughput import HEADERS, LIST, sample, walk

SIZES: Final = (100, 10_000, 1_000_000)
SPREAD: Final = 1.5  # the most expensive size divided by the cheapest
SECONDS: Final = 60
MEGABYTES: Final = 2048
CHANGED_MEGABYTES: Final = 1000  # for 10,000 worlds
AGAIN: Final = 50  # worlds that are read again
AGAIN_MILLISECONDS: Final = 20


def page_costs(sizes: Sequence[int], rounds: int, seconds: float) -> Iterator[Line]:
    """A line for each kind of page, with a value for each of `sizes`."""
    with ExitStack() as stack:
        servers = [stack.enter_context(serving(size)) for size in sizes]
        queries = [pages(server) for server in servers]
        for kind in queries[0]:
            yield _page_cost(kind, servers, [paths[kind] for paths in queries], rounds, seconds)


def creation(size: int) -> Iterator[Line]:
    """The time and memory to create a large world, measured at the first request to it."""
    with serving(size) as server:
        start = time.perf_counter()
        fetch(server.port, LIST, HEADERS)
        duration = time.perf_counter() - start
    yield Line(f"creating {size:,} accounts, s", [duration], 1, target=at_most(SECONDS, duration, "s"))
    peak = server.peak_megabytes
    yield Line("  peak memory, MB", [peak], target=at_most(MEGABYTES, peak, "MB"))


def changed(count: int) -> Iterator[Line]:
    """The memory of `count` worlds that were changed a little, and the time to read an old one again."""
    with running(MOCK) as server, Client(server.port) as client:
        for number in range(count):
            key = {**HEADERS, "Authorization": f"{HEADERS['Authorization']}_{number}"}
            _, page = client.call("GET", f"{LIST}?limit=1", key)
            client.call("DELETE", f"{LIST}/{page['data'][0]['id']}", key)
            client.call("POST", "/_mock/accounts", key, {})
        size = server.megabytes()
        keys = [{**HEADERS, "Authorization": f"{HEADERS['Authorization']}_{number}"} for number in range(AGAIN)]
        again = 1000 * median(client.call("GET", f"{LIST}?limit=10", key)[0] for key in keys)
    worlds = f"{count:,} worlds of 120 accounts, each changed"
    yield Line(f"{worlds}, MB", [size], target=at_most(CHANGED_MEGABYTES, size, "MB"))
    yield Line("  first page of one after long, p50 ms", [again], 2, target=at_most(AGAIN_MILLISECONDS, again, "ms"))


@contextmanager
def serving(size: int, flags: Sequence[str] = ()) -> Iterator[Server]:
    """The mock with `flags`, whose worlds have `size` accounts."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "world.yaml"
        file.write_text(f"generate: {size}\n")
        with running([*MOCK, "--world", str(file), *flags]) as server:
            yield server


def pages(server: Server) -> Mapping[str, str]:
    """Kind of page → its path, with values of this world's accounts. The smallest world can fill each page."""
    account = next(account for account in walk(server, pages=1) if account["tenant_id"] and account["username"])
    filters = {
        "unfiltered": {"limit": 5},
        "platform": {"limit": 5, "platform": account["platform"]},
        "tenant_id, platform": {"limit": 1, "platform": account["platform"], "tenant_id": account["tenant_id"]},
        "username": {"limit": 1, "username": account["username"]},
        "network_unique_id": {"limit": 1, "network_unique_id": account["network_unique_id"]},
    }
    return {kind: f"{LIST}?{urlencode(query)}" for kind, query in filters.items()}


def _page_cost(kind: str, servers: list[Server], paths: list[str], rounds: int, seconds: float) -> Line:
    pairs = list(zip(servers, paths, strict=True))
    samples = [[sample(server, path, seconds)[1] for server, path in pairs] for _ in range(rounds + 1)]
    costs = [median(column) for column in zip(*samples[1:], strict=True)]  # the first round is for warming up
    spread = max(costs) / min(costs)
    return Line(f"a page, {kind}, CPU µs/request", costs, ratio=spread, target=at_most(SPREAD, spread))
