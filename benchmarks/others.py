"""Compares our mock with others that serve openapi.yaml: `make bench-others` prints a Markdown table.

Each serves the same two calls, on one core, under the same load. The others always return the same example; ours looks
up one of 120 accounts.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

from benchmarks.load import LoadError, fetch
from benchmarks.servers import MOCK, Server, ServerError, cores, running, spawn
from benchmarks.throughput import HEADERS, calls, sample, walk

BIN: Final = Path(".cache/other-mocks/node_modules/.bin")
SPEC: Final = "openapi.yaml"
TIMEOUT: Final = 30.0  # seconds until the first response
NAMES: Final = ("postfuze-mock", "Prism 5.16 (silent)", "Steady 0.22 (quiet)", "Mockoon CLI 9.9")


class Peer(NamedTuple):
    """A running server whose paths begin with `prefix`; its first response took `start` seconds."""

    server: Server
    prefix: str
    start: float


def main() -> int:
    """Measure all mocks in interleaved rounds."""
    rounds, seconds = _options()
    print(f"{cores()}; load average before: {os.getloadavg()[0]:.1f}", file=sys.stderr)
    try:
        with ExitStack() as stack:
            ours = stack.enter_context(_ours())
            id = walk(ours.server, pages=1)[0]["id"]
            peers = [ours, *(stack.enter_context(_other(command, id)) for command in _commands())]
            _print_table(peers, id, rounds, seconds)
    except (ServerError, LoadError, OSError) as error:
        print(f"could not run: {error}", file=sys.stderr)
        return 1
    return 0


def _commands() -> Iterator[tuple[list[str], str]]:
    """The command of each mock, with PORT where its port belongs, and the prefix of its paths."""
    yield [str(BIN / "prism"), "mock", SPEC, "-p", "PORT", "-v", "silent"], ""
    yield [str(BIN / "steady"), "--quiet", "-p", "PORT", SPEC], ""
    yield [str(BIN / "mockoon-cli"), "start", "-d", SPEC, "-p", "PORT", "-X", "--disable-admin-api"], "/api/v1"


@contextmanager
def _ours() -> Iterator[Peer]:
    start = time.perf_counter()
    with running(MOCK) as server:
        yield Peer(server, "/api/v1", time.perf_counter() - start)


@contextmanager
def _other(command: tuple[list[str], str], id: str) -> Iterator[Peer]:
    """Run another mock during a `with` block. Raises ServerError if it does not respond in time."""
    words, prefix = command
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    start = time.perf_counter()
    words = [word.replace("PORT", str(port)) for word in words]
    with tempfile.TemporaryFile("w+") as log, spawn(words, log) as process:
        server = Server(process, port)
        try:
            _wait(server, f"{prefix}/social-accounts/{id}", process)
            yield Peer(server, prefix, time.perf_counter() - start)
        finally:
            server.end()


def _wait(server: Server, path: str, process: subprocess.Popen[str]) -> None:
    deadline = time.perf_counter() + TIMEOUT
    while True:
        try:
            fetch(server.port, path, HEADERS)
        except (OSError, LoadError) as error:
            if process.poll() is not None or time.perf_counter() > deadline:
                raise ServerError(f"{process.args!r} does not respond: {error}") from error
            time.sleep(0.01)
        else:
            return


def _print_table(peers: list[Peer], id: str, rounds: int, seconds: float) -> None:
    memory = [peer.server.megabytes() for peer in peers]
    get, page = (path.removeprefix("/api/v1") for path in calls(id))
    pages, gets = (_rates(peers, path, rounds, seconds) for path in (page, get))
    print("| mock | start | page of ten, requests/s | one account, requests/s | idle memory |")
    print("| --- | --- | --- | --- | --- |")
    for row in zip(NAMES, peers, pages, gets, memory, strict=True):
        print("| {} | {.start:.2f} s | {:,.0f} | {:,.0f} | {:.0f} MB |".format(*row))


def _rates(peers: list[Peer], path: str, rounds: int, seconds: float) -> list[float]:
    """The median requests per second of each peer."""
    samples = [[sample(peer.server, peer.prefix + path, seconds)[0] for peer in peers] for _ in range(rounds)]
    return [median(column) for column in zip(*samples, strict=True)]


def _options() -> tuple[int, float]:
    parser = argparse.ArgumentParser(prog="benchmarks.others", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short, rough round, in under a minute")
    return (1, 0.5) if parser.parse_args().quick else (7, 1.0)


if __name__ == "__main__":
    sys.exit(main())
