"""Requests per second and server CPU time per request, of the mock, a bare Starlette and a bare ASGI function."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any, Final
from urllib.parse import quote

from benchmarks.load import drive, fetch
from benchmarks.report import Line, at_least
from benchmarks.servers import HELLO, MOCK, STARLETTE, Server, running

KEY: Final = "sk_live_bench"
HEADERS: Final = {"Authorization": f"Bearer {KEY}", "Accept": "application/json"}
LIST: Final = "/api/v1/social-accounts"
FLOOR: Final = 1.0  # of the speed of the bare Starlette application

Sample = tuple[float, float]  # requests per second, CPU µs per request


def throughput(rounds: int, seconds: float) -> Iterator[Line]:
    """Two lines for each of the two calls, from `rounds` interleaved rounds of `seconds` each."""
    with ExitStack() as stack:
        mock = stack.enter_context(running(MOCK))
        accounts = walk(mock)
        data = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "accounts.json"
        data.write_text(json.dumps({KEY: accounts}))
        servers = [mock, *(stack.enter_context(running(peer)) for peer in ([*STARLETTE, str(data)], HELLO))]
        for path in calls(accounts[0]["id"]):
            samples = samples_of(servers, path, rounds, seconds)
            yield from compare(path.replace(accounts[0]["id"], "{id}"), samples, FLOOR)


def calls(id: str) -> tuple[str, str]:
    """The paths of the two measured calls: an account by its id, and a filtered page of ten."""
    return f"{LIST}/{id}", f"{LIST}?platform=facebook&limit=10"


def walk(server: Server, pages: int | None = None, limit: int = 100) -> list[dict[str, Any]]:
    """The accounts of the first `pages` pages (None for all), newest first."""
    accounts: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None and pages != 0:
        path = f"{LIST}?limit={limit}" + (f"&cursor={quote(cursor)}" if cursor else "")
        page = json.loads(fetch(server.port, path, HEADERS))
        accounts += page["data"]
        cursor, pages = page["next_cursor"], pages and pages - 1
    return accounts


def sample(server: Server, path: str, seconds: float) -> Sample:
    """Request `path` under load for `seconds`."""
    before = server.cpu_seconds()
    load = drive(server.port, path, HEADERS, seconds)
    return load.rate, (server.cpu_seconds() - before) * 1e6 / load.requests


def samples_of(servers: list[Server], path: str, rounds: int, seconds: float) -> list[list[Sample]]:
    """The samples of each server. The servers take turns, so that a disturbance affects all of them."""
    for server in servers:
        sample(server, path, seconds)  # warm up
    samples = [[sample(server, path, seconds) for server in servers] for _ in range(rounds)]
    return [list(column) for column in zip(*samples, strict=True)]


def compare(call: str, samples: list[list[Sample]], floor: float) -> Iterator[Line]:
    """Two lines with the medians of all servers and the median ratio of the first two.

    Both ratios are the first server's speed relative to the second's (above 1 is faster); the target is `floor`.
    """
    name = f"GET {call.removeprefix('/api/v1')}"
    rates, costs = ([[each[measure] for each in column] for column in samples] for measure in (0, 1))
    rate, cost = _ratio(rates[0], rates[1]), _ratio(costs[1], costs[0])
    yield Line(f"{name}, requests/s", [median(column) for column in rates], ratio=rate, target=at_least(floor, rate))
    yield Line(
        f"{name}, CPU µs/request", [median(column) for column in costs], ratio=cost, target=at_least(floor, cost)
    )


def _ratio(dividends: list[float], divisors: list[float]) -> float:
    return median(dividend / divisor for dividend, divisor in zip(dividends, divisors, strict=True))
