"""Requests per second, and the server's CPU time per request: the mock, a bare Starlette, a bare ASGI function."""

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
FLOOR: Final = 0.8  # of what the bare Starlette application reaches

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
            samples = taken(servers, path, rounds, seconds)
            yield from compare(path.replace(accounts[0]["id"], "{id}"), samples, FLOOR)


def calls(id: str) -> tuple[str, str]:
    """The two calls that are measured: an account by its id, and a filtered page of ten."""
    return f"{LIST}/{id}", f"{LIST}?platform=facebook&limit=10"


def walk(server: Server, pages: int | None = None, limit: int = 100) -> list[dict[str, Any]]:
    """The accounts of the first `pages` pages, newest first (None: of all)."""
    accounts: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None and pages != 0:
        page = json.loads(
            fetch(server.port, f"{LIST}?limit={limit}" + (f"&cursor={quote(cursor)}" if cursor else ""), HEADERS)
        )
        accounts += page["data"]
        cursor, pages = page["next_cursor"], pages and pages - 1
    return accounts


def sample(server: Server, path: str, seconds: float) -> Sample:
    """Drive `path` for `seconds`."""
    before = server.cpu_seconds()
    load = drive(server.port, path, HEADERS, seconds)
    return load.rate, (server.cpu_seconds() - before) * 1e6 / load.requests


def taken(servers: list[Server], path: str, rounds: int, seconds: float) -> list[list[Sample]]:
    """A list of each server's samples; the servers take turns, so that a disturbance meets them alike."""
    for server in servers:
        sample(server, path, seconds)  # warm
    samples = [[sample(server, path, seconds) for server in servers] for _ in range(rounds)]
    return [list(own) for own in zip(*samples, strict=True)]


def compare(call: str, samples: list[list[Sample]], floor: float) -> Iterator[Line]:
    """Medians, and the medians of the rounds' ratios. Both ratios say how much of the second server's speed the first
    has: above 1 is faster than it. It should have `floor` of it."""
    name = f"GET {call.removeprefix('/api/v1')}"
    rates, costs = ([[each[measure] for each in own] for own in samples] for measure in (0, 1))
    rate, cost = _ratio(rates[0], rates[1]), _ratio(costs[1], costs[0])
    yield Line(f"{name}, requests/s", map(median, rates), ratio=rate, target=at_least(floor, rate))
    yield Line(f"{name}, CPU µs/request", map(median, costs), ratio=cost, target=at_least(floor, cost))


def _ratio(one: list[float], other: list[float]) -> float:
    return median(mine / theirs for mine, theirs in zip(one, other, strict=True))
