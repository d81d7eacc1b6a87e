"""Processes of tests. Each is killed with its group at the end of its test, of the test session, or of this process,
however that ends."""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO, Final

from tests.support.times import seconds

#: Reads `+PGID` and `-PGID` lines. Once its stdin is closed, even because this process was killed, it kills the groups
#: that remain.
_GUARDIAN: Final = """
import os, signal, sys
groups = set()
for line in sys.stdin:
    (groups.add if line[0] == "+" else groups.discard)(int(line[1:]))
for group in groups:
    try:
        os.killpg(group, signal.SIGKILL)
    except OSError:
        pass
"""
_running: Final[dict[int, subprocess.Popen[bytes]]] = {}


def start(
    arguments: Sequence[str | Path],
    *,
    cwd: Path,
    env: Mapping[str, str],
    stdout: int | IO[bytes],
    stderr: int | IO[bytes],
    stdin: int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """Start a process in a new group; the caller must call `end`."""
    guardian = _guardian()
    child = subprocess.Popen(
        arguments,
        cwd=cwd,
        env=env,
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        start_new_session=True,
    )
    _running[child.pid] = child
    _tell(guardian, f"+{child.pid}\n")
    return child


def end(child: subprocess.Popen[bytes]) -> None:
    """Kill the process and its group, and close its pipes."""
    if _running.pop(child.pid, None) is None:
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    for pipe in (child.stdin, child.stdout, child.stderr):
        if pipe is not None:
            pipe.close()
    _tell(_guardian(), f"-{child.pid}\n")


def running() -> list[subprocess.Popen[bytes]]:
    """The processes that have not been ended."""
    return list(_running.values())


def end_all() -> list[str]:
    """End all running processes; returns their command lines."""
    children = running()
    for child in children:
        end(child)
    return [" ".join(map(str, child.args)) if isinstance(child.args, list) else str(child.args) for child in children]


def run(
    arguments: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str], limit: float = 60.0
) -> subprocess.CompletedProcess[bytes]:
    """Run a process to completion; subprocess.TimeoutExpired after `limit` seconds of an idle machine."""
    child = start(arguments, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        stdout, stderr = child.communicate(timeout=seconds(limit))
        return subprocess.CompletedProcess(child.args, child.returncode, stdout, stderr)
    finally:
        end(child)


@cache
def _guardian() -> subprocess.Popen[bytes]:
    guardian = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _GUARDIAN],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
        env={name: value for name, value in os.environ.items() if not name.startswith("COV")},
    )
    atexit.register(_dismiss, guardian)
    return guardian


def _dismiss(guardian: subprocess.Popen[bytes]) -> None:
    end_all()
    assert guardian.stdin is not None
    guardian.stdin.close()
    guardian.wait()


def _tell(guardian: subprocess.Popen[bytes], line: str) -> None:
    assert guardian.stdin is not None
    guardian.stdin.write(line.encode())
    guardian.stdin.flush()
