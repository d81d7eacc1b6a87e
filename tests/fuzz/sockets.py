"""Raw connections that send broken, cut, pipelined and mutated requests, and end in every way a connection can."""

from __future__ import annotations

import random
import re
import socket
import struct
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import psutil
from tests.fuzz.outcome import Outcome, Say
from tests.support import wire
from tests.support.processes import MockProcess
from tests.support.times import seconds, until

#: Settings of the server: short times, so that connections that wait for nothing end soon.
SETTINGS: Final = ("--request-timeout", "1", "--idle-timeout", "0.5", "--max-connections", "200")
CLIENTS: Final = 24
TIMEOUT: Final = 20.0  # seconds of an idle machine for one connection
SAMPLE: Final = 500  # connections between two looks at the memory
MAX_GROWTH: Final = 100 << 20  # bytes that the server's memory may grow
NO_LINGER: Final = struct.pack("ii", 1, 0)
FAULTY: Final = "faulty"
#: What the log must not have.
FAILURE: Final = re.compile(r"Traceback|ERROR|CRITICAL|Exception|The mock failed")
NASTY: Final = (
    b"\0", b"\r", b"\n", b"\r\n", b"\r\n\r\n", b"\xff\xfe", b" ", b"\t", b":", b";", b"0\r\n\r\n", b"-1", b"%00",
    b"%2f", b"99999999999999999999", b"ffffffffffffffff\r\n", b"Content-Length: 5\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Host: a\r\n", b"Connection: close\r\n", b"Connection: upgrade\r\nUpgrade: h2c\r\n", b"Expect: 100-continue\r\n",
    b"Range: bytes=0-,0-\r\n", b"X: " + b"x" * 70_000 + b"\r\n", b"a:b\r\n" * 300, b"x" * 20_000, b"[" * 9000,
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n",
)  # fmt: skip


class Result(NamedTuple):
    """The statuses of the responses on one connection, and what was wrong, if anything was."""

    statuses: Sequence[int] = ()
    finding: str = ""


@dataclass(frozen=True)
class Script:
    """What one connection does: sends `parts`, reads in between if `reads`, and ends as `end` says. `answered` is how
    many responses with 200 come first, because the requests before the first broken one are valid."""

    parts: Sequence[bytes]
    reads: bool
    end: str
    answered: int
    has_head: bool
    is_faulty: bool


def fuzz(count: int, seed: int, skip: int, say: Say) -> Outcome:
    """Attack a new mock with `count` connections, whose number and `seed` say what they do. See `outcome.Part`."""
    with tempfile.TemporaryDirectory() as folder:
        mock = MockProcess(*SETTINGS, folder=Path(folder))
        try:
            return _attack(mock, range(skip, skip + count), seed, say)
        finally:
            mock.stop()


def _attack(mock: MockProcess, numbers: range, seed: int, say: Say) -> Outcome:
    process, start = psutil.Process(mock.process.pid), time.monotonic()
    _make_faults(mock)
    memory, files = process.memory_info().rss, process.num_fds()
    outcome, statuses = Outcome(memory=memory), Counter[int]()
    with ThreadPoolExecutor(CLIENTS) as pool:
        for number, result in zip(numbers, pool.map(partial(_connection, mock.url, seed), numbers), strict=True):
            outcome.cases += 1
            statuses.update(result.statuses)
            if result.finding:
                outcome.findings.append(f"{result.finding} (sockets --seed {seed} --skip {number} --count 1)")
            if outcome.cases % SAMPLE == 0:
                outcome.memory = max(outcome.memory, process.memory_info().rss)
                say(f"{outcome.cases:,} connections")
    outcome.findings += _aftermath(mock, process, files)
    if outcome.memory - memory > MAX_GROWTH:
        outcome.findings.append(f"the server's memory grew from {memory >> 20} to {outcome.memory >> 20} MB")
    say(", ".join(f"{times:,} responses with {status}" for status, times in sorted(statuses.items())))
    outcome.seconds = time.monotonic() - start
    return outcome


def _make_faults(mock: MockProcess) -> None:
    """Faults for some calls of one world."""
    client = mock.client(FAULTY)
    for effect in ({"drop": "reset"}, {"drop": "empty"}, {"delay_ms": [1, 50]}):
        client.create_fault(operation="*", effect=effect, probability=0.3)  # type: ignore[arg-type]


def _aftermath(mock: MockProcess, process: psutil.Process, files: int) -> Iterator[str]:
    """What is wrong with the server after all connections."""
    if mock.process.poll() is not None:
        yield f"the server ended with {mock.process.returncode}"
        return
    if wire.exchange(mock.url, wire.request("GET", "/api/v1/health")).status != 200:
        yield "the server is not healthy any more"
    try:
        until(lambda: process.num_fds() <= files, "the end of all connections")
    except AssertionError:
        yield f"{process.num_fds() - files} connections never ended"
    if failure := FAILURE.search(mock.log):
        yield f"the log has a failure: {mock.log[failure.start() :][:2000]}"


def _connection(url: str, seed: int, number: int) -> Result:
    script = _script(random.Random(f"{seed}/{number}"))
    address = urlsplit(url)
    try:
        with socket.create_connection((address.hostname, address.port), timeout=seconds(TIMEOUT)) as connection:
            return _judge(script, *_play(connection, script))
    except TimeoutError:
        return Result(finding="a connection never ended")
    except ConnectionError as error:
        return Result(finding=f"no connection: {error}")


def _play(connection: socket.socket, script: Script) -> tuple[bytes, bool]:
    """Do what the script says. Returns what the server sent, and whether it closed the connection in good order."""
    output = b""
    with suppress(ConnectionError):  # the server closed first; its response is still there
        for part in script.parts:
            connection.sendall(part)
            output += _waiting(connection) if script.reads else b""
        if script.end == "half-close":
            with suppress(OSError):  # there is no connection any more
                connection.shutdown(socket.SHUT_WR)
    if script.end == "reset":
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
    if script.end not in ("reset", "close"):
        with suppress(ConnectionError):
            while data := connection.recv(65536):
                output += data
            return output, True
    return output, False


def _waiting(connection: socket.socket) -> bytes:
    """What has arrived already."""
    connection.setblocking(False)
    try:
        return connection.recv(65536)
    except BlockingIOError:
        return b""
    finally:
        connection.settimeout(seconds(TIMEOUT))


def _judge(script: Script, output: bytes, is_closed: bool) -> Result:
    """Whether the responses are those that the script must get."""
    if script.end in ("reset", "close") or (script.is_faulty and not is_closed):
        return Result()
    if not is_closed:
        return Result(finding="the server reset the connection")
    try:
        statuses = [response.status for response in wire.responses(output, bodiless=script.has_head)]
    except (AssertionError, ValueError) as error:
        return Result(finding=f"a malformed response: {str(error)[:300]}")
    if any(status >= 500 for status in statuses):
        return Result(statuses, f"a server error: {statuses}")
    if not script.is_faulty and statuses[: script.answered] != [200] * script.answered:
        return Result(statuses, f"{script.answered} valid requests came first, and the responses are {statuses}")
    return Result(statuses)


def _script(rng: random.Random) -> Script:
    world = rng.choice(["acme", "other", FAULTY])
    valid = [rng.choice(VALID)(world) for _ in range(rng.choice([0, 0, 1, 1, 2, 5]))]
    broken = [_mutated(rng, rng.choice(ANY)(world)) for _ in range(rng.choice([0, 1, 1, 1, 3]))]
    data = b"".join([*valid, *broken])
    if rng.random() < 0.3:
        data = data[: rng.randint(0, len(data))]
        valid = []
    return Script(
        parts=_split(rng, data),
        reads=rng.random() < 0.5,
        end=rng.choice(["half-close", "half-close", "half-close", "idle", "close", "reset"]),
        answered=len(valid),
        has_head=b"HEAD" in data,
        is_faulty=world == FAULTY,
    )


def _split(rng: random.Random, data: bytes) -> list[bytes]:
    cuts = sorted(rng.randint(0, len(data)) for _ in range(rng.choice([0, 0, 1, 2, 5, 20])))
    return [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]


def _mutated(rng: random.Random, request: bytes) -> bytes:
    for _ in range(rng.choice([0, 1, 1, 1, 2, 4])):
        request = rng.choice(MUTATIONS)(rng, request)
    return request


def _insert(rng: random.Random, request: bytes) -> bytes:
    at = rng.randint(0, len(request))
    return request[:at] + rng.choice(NASTY) + request[at:]


def _insert_line(rng: random.Random, request: bytes) -> bytes:
    lines = request.split(b"\r\n")
    lines.insert(rng.randint(1, len(lines)), rng.choice(NASTY).removesuffix(b"\r\n"))
    return b"\r\n".join(lines)


def _flip(rng: random.Random, request: bytes) -> bytes:
    flipped = bytearray(request)
    for _ in range(rng.randint(1, 4)):
        flipped[rng.randrange(len(flipped))] ^= 1 << rng.randrange(8)
    return bytes(flipped)


def _delete(rng: random.Random, request: bytes) -> bytes:
    start = rng.randrange(len(request))
    return request[:start] + request[start + rng.randint(1, 30) :] or b"x"


def _repeat(rng: random.Random, request: bytes) -> bytes:
    start = rng.randrange(len(request))
    span = request[start : start + rng.randint(1, 60)]
    return request[:start] + span * rng.choice([2, 3, 100]) + request[start + len(span) :]


MUTATIONS: Final[Sequence[Callable[[random.Random, bytes], bytes]]] = (_insert, _insert_line, _flip, _delete, _repeat)


def _request(method: str, path: str, *headers: tuple[str, str], body: bytes = b"") -> Callable[[str], bytes]:
    def request(world: str) -> bytes:
        return wire.request(method, path, [("Authorization", f"Bearer sk_test_{world}"), *headers], body)

    return request


_JSON = ("Content-Type", "application/json")
_FINALIZE = "/api/v1/social-accounts/pending/unknown/finalize"
_BODY = b'{"selectedPageIds": ["1"]}'
VALID: Final = (
    _request("GET", "/api/v1/health"),
    _request("GET", "/api/v1/social-accounts?limit=3"),
    _request("GET", "/api/v1/social-accounts?limit=100"),
    _request("GET", "/docs", ("Range", "bytes=0-5")),
    _request("GET", "/openapi.json"),
    _request("GET", "/api/v1/social-accounts", ("Prefer", "delay=10")),
    _request("GET", "/api/v1/health", ("Content-Length", "3"), body=b"abc"),
    _request("GET", "/api/v1/health", ("Transfer-Encoding", "chunked"), body=wire.chunked(b"abc", 1)),
    _request("GET", "http://localhost/api/v1/health"),
    _request("GET", "/api/v1/health", ("Connection", "Upgrade, HTTP2-Settings"), ("Upgrade", "h2c")),
)
ANY: Final = (
    *VALID,
    _request("HEAD", "/docs"),
    _request("OPTIONS", "*"),
    _request("CONNECT", "localhost:80"),
    _request("DELETE", "/api/v1/social-accounts/00000000-0000-4000-8000-000000000000"),
    _request("POST", _FINALIZE, _JSON, ("Content-Length", str(len(_BODY))), body=_BODY),
    _request("POST", _FINALIZE, _JSON, ("Transfer-Encoding", "chunked"), body=wire.chunked(_BODY, 5)),
    _request("POST", _FINALIZE, _JSON, ("Content-Length", "26"), ("Expect", "100-continue"), body=_BODY),
    _request("POST", _FINALIZE, _JSON, ("Content-Length", "2000000"), body=b" " * 2_000_000),
    _request("GET", "/_mock/requests?limit=5"),
    _request("GET", "/docs/reference/main.js", ("Connection", "close")),
)
