"""Measures mocks in turn: starts first, then calls, with all of them running.

A mock that does not start, or breaks off, has a `failure` instead of figures; the others go on.
"""

from __future__ import annotations

import http.client
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from subprocess import Popen
from typing import IO, Any, Final

from benchmarks.load import LoadError, fetch
from benchmarks.peers.programs import OURS, Given, Paths, Program, free_port
from benchmarks.servers import Server, ServerError, spawn
from benchmarks.throughput import HEADERS, Sample, sample, walk

START_TIMEOUT: Final = 30.0  # seconds until the first good answer
TIMEOUT: Final = 10.0  # seconds for one answer of the last look
EXAMPLE: Final = "one example"
FIXED: Final = "the accounts, which never change"
KEPT: Final = "the accounts; keeps changes"
Failures = (ServerError, LoadError, OSError, http.client.HTTPException, ValueError)


@dataclass
class Peer:
    """A mock and what was measured of it: seconds, MB, and samples of the calls in the order of `Paths`."""

    program: Program
    starts: list[float] = field(default_factory=list)
    idle: float = 0
    loaded: float = 0
    samples: list[list[Sample]] = field(default_factory=lambda: [[] for _ in Paths._fields])
    answers: str = ""
    failure: str = ""

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """What fails in this block ends the measuring of this mock."""
        try:
            yield
        except Failures as error:
            self.failure = " ".join(str(error).split())[:200] or type(error).__name__

    def medians(self) -> list[Sample]:
        """Of each call: requests per second, and µs of CPU time for one."""
        return [
            (median(rates), median(costs)) for rates, costs in (zip(*column, strict=True) for column in self.samples)
        ]


def measure(programs: Sequence[Program], folder: Path, rounds: int, seconds: float) -> list[Peer]:
    """Each program, in `rounds` of `seconds` for each call; their files go to a folder of their own in `folder`.

    Raises ServerError or LoadError if ours, which makes up the accounts, does not start.
    """
    with ExitStack() as stack:
        peers = [Peer(program) for program in programs]
        folders = [Path(stack.enter_context(tempfile.TemporaryDirectory(dir=folder))) for _ in peers]
        accounts = _accounts(folders[0])
        given = {peer.program: Given(accounts, own) for peer, own in zip(peers, folders, strict=True)}
        _start(peers, given, rounds)
        running = _run(peers, given, stack)
        _load(running, accounts[0]["id"], rounds, seconds)
        _look(running, accounts)
    return peers


def _accounts(folder: Path) -> list[dict[str, Any]]:
    with _running(OURS, Given([], folder), "/api/v1/health") as (server, _):
        return walk(server)


def _start(peers: Sequence[Peer], given: dict[Program, Given], rounds: int) -> None:
    """Start each `rounds` times, one at a time, and once before, when it may compile modules."""
    for turn in range(rounds + 1):
        for peer in _well(peers):
            with peer.guarded(), _first_answer(peer.program, given) as (_, start):
                if turn:
                    peer.starts.append(start)


def _run(peers: Sequence[Peer], given: dict[Program, Given], stack: ExitStack) -> list[tuple[Peer, Server]]:
    running = []
    for peer in _well(peers):
        with peer.guarded():
            server, _ = stack.enter_context(_first_answer(peer.program, given))
            peer.idle = server.megabytes()
            running.append((peer, server))
    return running


def _load(running: Sequence[tuple[Peer, Server]], id: str, rounds: int, seconds: float) -> None:
    """The servers take turns, so that a disturbance affects all of them. The first round warms up."""
    for call in range(len(Paths._fields)):
        for turn in range(rounds + 1):
            for peer, server in running:
                if not peer.failure:
                    with peer.guarded():
                        taken = sample(server, peer.program.paths(id)[call], seconds)
                        peer.samples[call] += [taken] if turn else []
    for peer, server in running:
        with peer.guarded():
            peer.loaded = server.megabytes()


def _look(running: Sequence[tuple[Peer, Server]], accounts: list[dict[str, Any]]) -> None:
    for peer, server in running:
        if not peer.failure:
            with peer.guarded():
                peer.answers = _answers(server.port, peer.program.paths(accounts[0]["id"]), accounts)


def _answers(port: int, paths: Paths, accounts: list[dict[str, Any]]) -> str:
    """Whether it answers with the accounts, and whether a deleted one is gone."""
    page = json.loads(fetch(port, paths.page, HEADERS))
    rows = page["data"] if isinstance(page, dict) else page
    expected = [account["id"] for account in accounts if account["platform"] == "facebook"][:10]
    if [row["id"] for row in rows] != expected:
        return EXAMPLE
    _status(port, "DELETE", paths.get)
    return KEPT if _status(port, "GET", paths.get) == 404 else FIXED


def _status(port: int, method: str, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    try:
        connection.request(method, path, headers=HEADERS)
        return connection.getresponse().status
    finally:
        connection.close()


def _well(peers: Sequence[Peer]) -> Iterator[Peer]:
    return (peer for peer in peers if not peer.failure)


def _first_answer(program: Program, given: dict[Program, Given]) -> AbstractContextManager[tuple[Server, float]]:
    """Until it has answered with an account."""
    own = given[program]
    return _running(program, own, program.paths(own.accounts[0]["id"]).get)


@contextmanager
def _running(program: Program, given: Given, path: str) -> Iterator[tuple[Server, float]]:
    """A started server, and the seconds from its start until `path` was answered. Raises ServerError, with its log."""
    port = free_port()
    command = program.command(given, port)
    with tempfile.TemporaryFile("w+") as log:
        start = time.perf_counter()
        with spawn(command, log, log) as process:
            try:
                _wait(port, path, process, log)
                yield Server(process, port), time.perf_counter() - start
            finally:
                process.terminate()


def _wait(port: int, path: str, process: Popen[str], log: IO[str]) -> None:
    deadline = time.perf_counter() + START_TIMEOUT
    while True:
        try:
            fetch(port, path, HEADERS)
        except (OSError, LoadError) as error:
            if process.poll() is not None or time.perf_counter() > deadline:
                log.seek(0)
                raise ServerError(f"did not start: {log.read()[-500:].strip() or error}") from error
            time.sleep(0.005)
        else:
            return
