"""Where each microsecond of a call goes: every stage of the stack, in this process, without a socket.

A stage is measured with all that it wraps, so what it costs itself is the difference to the next one. What is left of a
call on a real connection is the kernel's and the event loop's.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final, NamedTuple

import uvicorn
from uvicorn.server import ServerState

from benchmarks.report import Line
from benchmarks.throughput import HEADERS, LIST, calls
from postfuze_mock.app import make_worlds, serve
from postfuze_mock.http.call import SCOPE_KEY
from postfuze_mock.http.server.connections import Connections
from postfuze_mock.http.server.lifespan import Lifespan
from postfuze_mock.http.server.uvicorn_protocol import UvicornProtocol
from postfuze_mock.settings import Settings
from postfuze_mock.worlds.coverage import FREQUENT

CALLS: Final = 50
BEHIND_ROUTING: Final = {"SecurityStage", "FaultStage", "AssumedProblems", "ValidationStage", "Dispatch"}
_FIELDS: Final = [(b"host", b"127.0.0.1"), *((n.lower().encode(), v.encode()) for n, v in HEADERS.items())]


class Transport(asyncio.Transport):
    """Takes what a protocol writes."""

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return {"sockname": ("127.0.0.1", 8080), "peername": ("127.0.0.1", 50000)}.get(name, default)

    def write(self, data: Any) -> None:
        pass

    def is_closing(self) -> bool:
        return False

    def resume_reading(self) -> None:
        pass

    def get_write_buffer_size(self) -> int:
        return 0


class Stage(NamedTuple):
    """A stage: a call in it and in all that it wraps, for each of the targets."""

    name: str
    works: list[Callable[[], object]]


def stages(rounds: int) -> Iterator[Line]:
    """As `_stages`, in an event loop, which the protocol needs."""

    async def measured() -> list[Line]:
        return list(_stages(rounds))

    yield from asyncio.run(measured())


def _stages(rounds: int) -> Iterator[Line]:
    """A line for each stage with its own microseconds of a get and of a page of ten, from the outside inwards. They
    take turns, a few calls each, so that a disturbance affects all of them, and the fastest turn counts."""
    app = serve(Settings(), make_worlds(Settings()))
    targets = [target.encode() for target in calls(_first_id(app))]
    for _ in range(FREQUENT + 1):  # from here on, the coverage looks at a sample only
        for target in targets:
            _run(app, _scope(target))
    scopes = Stage("", [partial(_scope, target) for target in targets])
    measured = [Stage("protocol", [_protocol(Lifespan(app), target) for target in targets]), *_inner(app, targets)]
    *times, empty = _times([*measured, scopes], rounds)
    inner = [[most - scope for most, scope in zip(each, empty, strict=True)] for each in times[1:]]
    for stage, outer, rest in zip(measured, [times[0], *inner], [*inner, [0.0, 0.0]], strict=True):
        yield Line(stage.name, [own - wrapped for own, wrapped in zip(outer, rest, strict=True)], 2)
    yield Line("all of it", times[0], 2)


def _times(measured: list[Stage], rounds: int) -> list[list[float]]:
    """Microseconds of one call for each stage and target."""
    turns = [[[_microseconds(work) for work in stage.works] for stage in measured] for _ in range(rounds)]
    return [[min(turn[at][target] for turn in turns) for target in (0, 1)] for at in range(len(measured))]


def _microseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    for _ in range(CALLS):
        work()
    return (time.perf_counter() - start) / CALLS * 1e6


def _inner(app: Any, targets: list[bytes]) -> Iterator[Stage]:
    routed = []
    for target in targets:
        scope = _scope(target)
        _run(app, scope)
        routed.append(scope[SCOPE_KEY])
    while app is not None:
        stage = getattr(app, "__self__", app)
        name = type(stage).__name__
        known = routed if name in BEHIND_ROUTING else [None, None]
        yield Stage(name, [partial(_call, app, target, call) for target, call in zip(targets, known, strict=True)])
        app = getattr(stage, "app", None)


def _protocol(app: Any, target: bytes) -> Callable[[], object]:
    """What a connection does with a request for `target`."""
    config = uvicorn.Config(app, access_log=False, log_config=None, lifespan="off", proxy_headers=False)
    config.load()
    connections = Connections(maximum=1, request_timeout=30, idle_timeout=5)
    protocol = UvicornProtocol(config, ServerState(), {}, connections=connections)
    protocol.connection_made(Transport())
    head = b"".join(b"%b: %b\r\n" % field for field in _FIELDS)
    return partial(protocol.data_received, b"GET %b HTTP/1.1\r\n%b\r\n" % (target, head))


def _call(app: Any, target: bytes, call: Any) -> None:
    scope = _scope(target)
    if call is not None:
        scope[SCOPE_KEY] = call
    _run(app, scope)


def _scope(target: bytes) -> dict[str, Any]:
    path, _, query = target.partition(b"?")
    return {
        "type": "http",
        "method": "GET",
        "path": path.decode(),
        "raw_path": path,
        "query_string": query,
        "headers": _FIELDS,
        "state": {},
    }


def _run(app: Any, scope: dict[str, Any], send: Any = None) -> None:
    """Call `app`, which waits for nothing."""
    try:
        app(scope, None, send or _ignore).__await__().send(None)
    except StopIteration:
        return
    raise AssertionError("The call waits for something.")


async def _ignore(_message: Any) -> None:
    pass


def _first_id(app: Any) -> str:
    bodies: list[bytes] = []

    async def send(message: Any) -> None:
        bodies.append(message.get("body", b""))

    _run(app, _scope(f"{LIST}?limit=1".encode()), send)
    id: str = json.loads(bodies[-1])["data"][0]["id"]
    return id
