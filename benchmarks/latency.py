"""What calls cost one client, which waits for each answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import islice
from statistics import median
from typing import Final, NamedTuple

from benchmarks.load import Client
from benchmarks.servers import Server
from benchmarks.states import State
from benchmarks.throughput import LIST, calls

READS: Final = 1000
WRITES: Final = 300
COLD_WORLDS: Final = 150
TURN: Final = 100  # calls
NEW_WORLD: Final = "first page of a new world"
_WARM: Final = 20  # calls that come first and do not count


class Cost(NamedTuple):
    """Of calls of a kind: the seconds of each, and for one the µs of the processor's time, those of the database's own
    processes, and the bytes that the database logged, and by which it grew."""

    seconds: list[float]
    cpu: float
    database_cpu: float
    logged: float
    grown: float


def costs_of(server: Server, state: State, headers: Mapping[str, str], id: str) -> Iterator[tuple[str, Cost]]:
    """Each kind of call, and what it costs: `id` is an account."""
    paths: list[tuple[str, str]] = []
    get, page = calls(id)
    kinds: dict[str, Callable[[Client], Iterator[float]]] = {
        "get": partial(_repeated, headers=headers, path=get, times=READS),
        "page": partial(_repeated, headers=headers, path=page, times=READS),
        "session": partial(_sessions, headers=headers, paths=paths),
        "finalize": partial(_finalized, headers=headers, paths=paths),
        NEW_WORLD: partial(_cold, headers=headers),
    }
    for name, kind in kinds.items():
        with Client(server.port) as client:  # one that waits for the other engines would be closed
            yield name, _cost(server, state, kind(client))


def half(port: int, headers: Mapping[str, str], path: str) -> float:
    """Milliseconds that half of the calls of a path take at most."""
    with Client(port) as client:
        return 1000 * median(_repeated(client, headers, path, TURN))


def _cost(server: Server, state: State, calls: Iterable[float]) -> Cost:
    remaining = iter(calls)
    list(islice(remaining, _WARM))
    before = _used(server, state)
    seconds = list(remaining)
    used = [(after - start) / len(seconds) for start, after in zip(before, _used(server, state), strict=True)]
    return Cost(seconds, used[0] * 1e6, used[1] * 1e6, used[2], used[3])


def _used(server: Server, state: State) -> tuple[float, float, float, float]:
    return server.cpu_seconds(), state.cpu_seconds(), state.logged(), state.size()


def _repeated(client: Client, headers: Mapping[str, str], path: str, times: int) -> Iterator[float]:
    return (client.call("GET", path, headers)[0] for _ in range(_WARM + times))


def _sessions(client: Client, headers: Mapping[str, str], paths: list[tuple[str, str]]) -> Iterator[float]:
    """Make sessions; to `paths` goes how each is finalized, and a page of it."""
    for _ in range(_WARM + WRITES):
        seconds, session = client.call("POST", "/_mock/sessions", headers, {"network": "facebook", "pages": 2})
        paths.append((f"{LIST}/pending/{session['session_token']}/finalize", session["pages"][0]["id"]))
        yield seconds


def _finalized(client: Client, headers: Mapping[str, str], paths: list[tuple[str, str]]) -> Iterator[float]:
    return (client.call("POST", path, headers, {"selectedPageIds": [page]})[0] for path, page in paths)


def _cold(client: Client, headers: Mapping[str, str]) -> Iterator[float]:
    keys = (f"{headers['Authorization']}_cold_{number}" for number in range(_WARM + COLD_WORLDS))
    return (client.call("GET", f"{LIST}?limit=10", {**headers, "Authorization": key})[0] for key in keys)
