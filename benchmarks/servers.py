"""Runs the servers under measurement as processes, on a separate core where the system allows it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

import psutil

MOCK: Final = [sys.executable, "-m", "postfuze_mock", "serve", "--port", "0"]
UNSTEERED: Final = [sys.executable, "-m", "benchmarks.bare.unsteered", "serve", "--port", "0"]
STARLETTE: Final = [sys.executable, "-m", "benchmarks.bare", "starlette"]
HELLO: Final = [sys.executable, "-m", "benchmarks.bare", "hello"]
#: Those that `make dist` built, if any.
EXECUTABLES: Final = [[str(file.resolve()), "serve", "--port", "0"] for file in Path("dist").glob("*/postfuze-mock")]
MEGABYTE: Final = 1 << 20
_CORES: Final = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
_READY: Final = re.compile(r" ready at http://[^:]+:(\d+)$")


class ServerError(Exception):
    """The server did not start, or ended too soon."""


class Server:
    """A process that reported ready, and the resources that it has used."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.port = port
        self.peak_megabytes = 0.0  # set by `end`
        self._process = process
        self._usage = psutil.Process(process.pid)

    def cpu_seconds(self) -> float:
        """User and system time so far, including worker processes."""
        return sum(times.user + times.system for times in (process.cpu_times() for process in self._processes()))

    def megabytes(self) -> float:
        """Current resident memory."""
        return sum(process.memory_info().rss for process in self._processes()) / MEGABYTE

    def end(self) -> None:
        """Stop the process and record its peak memory."""
        self._process.terminate()
        _, status, usage = os.wait4(self._process.pid, 0)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        self.peak_megabytes = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / MEGABYTE

    def _processes(self) -> list[psutil.Process]:
        return [self._usage, *self._usage.children(recursive=True)]


@contextmanager
def running(command: Sequence[str], *, pinned: bool = True) -> Iterator[Server]:
    """Run a server during a `with` block. Raises ServerError, with its log, if it does not become ready."""
    with tempfile.TemporaryFile("w+") as log, spawn(command, log, pinned=pinned) as process:
        server = Server(process, _port(process, log, " ".join(command)))
        try:
            yield server
        finally:
            server.end()


def cores() -> str:
    """How servers and load generator share the cores, for the head of the report."""
    if len(_CORES) < 2:
        return "not pinned, so timings are rough"
    return f"servers on core {_CORES[0]}, load from core {_CORES[-1]}"


def spawn(
    command: Sequence[str], log: IO[str], stdout: IO[str] | int = subprocess.PIPE, *, pinned: bool = True
) -> subprocess.Popen[str]:
    """Start a process on the first core: this process moves there meanwhile, and the new one inherits the core. Unless
    it is `pinned`, both may use all cores."""
    _move_to(_CORES[:1] if pinned else _CORES)
    # Without compiled modules, as no installation is, a start takes 0.1 s longer.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    try:
        return subprocess.Popen(command, stdout=stdout, stderr=log, stdin=subprocess.DEVNULL, text=True, env=env)
    finally:
        _move_to(_CORES[-1:] if pinned else _CORES)  # this process generates the load, so it leaves the servers' core


def _move_to(numbers: list[int]) -> None:
    if numbers and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, numbers)


def _port(process: subprocess.Popen[str], log: IO[str], command: str) -> int:
    assert process.stdout
    line = process.stdout.readline().rstrip()
    if ready := _READY.search(line):
        return int(ready[1])
    process.terminate()
    process.wait()
    log.seek(0)
    raise ServerError(f"{command}: {line or 'no ready line'}\n{log.read()[-2000:]}")
