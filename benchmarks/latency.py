"""How long one client waits for an answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from statistics import median
from typing import Final, NamedTuple

from benchmarks.load import Client
from benchmarks.throughput import LIST, calls

CALLS: Final = 500


class Times(NamedTuple):
    """Seconds of each call: an account, a filtered page of ten, and a session that becomes accounts."""

    get: list[float]
    page: list[float]
    finalize: list[float]


def times_of(port: int, headers: Mapping[str, str], id: str) -> Times:
    """Calls, one after the other; those of each kind together, after some that warm up."""
    with Client(port) as client:
        get, page = ([client.call("GET", path, headers)[0] for _ in range(CALLS)] for path in calls(id))
        return Times(get, page, list(_finalized(client, headers)))


def half(port: int, headers: Mapping[str, str], path: str) -> float:
    """Milliseconds that half of the calls of a path take at most."""
    with Client(port) as client:
        return 1000 * median([client.call("GET", path, headers)[0] for _ in range(CALLS // 5)])


def cold_starts(port: int, headers: Mapping[str, str], worlds: int) -> list[float]:
    """Seconds of the first page of each of so many new worlds of 120 accounts."""
    with Client(port) as client:
        keys = (f"{headers['Authorization']}_cold_{number}" for number in range(worlds))
        return [client.call("GET", f"{LIST}?limit=10", {**headers, "Authorization": key})[0] for key in keys]


def _finalized(client: Client, headers: Mapping[str, str]) -> Iterator[float]:
    for _ in range(CALLS):
        _, session = client.call("POST", "/_mock/sessions", headers, {"network": "facebook", "pages": 2})
        path = f"{LIST}/pending/{session['session_token']}/finalize"
        yield client.call("POST", path, headers, {"selectedPageIds": [session["pages"][0]["id"]]})[0]
