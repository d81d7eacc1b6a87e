"""`postfuze-mock exec` as a process, in the folder of the test."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

import psutil
import pytest
from tests.support import children
from tests.support.processes import environment, program
from tests.support.times import until

PROGRAM: Final = (*program(), "exec")
#: A command that calls the API with the variables that it got; `call(path)` returns the status.
CALL: Final = """
import json, os, signal, sys, time
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

opener = build_opener(ProxyHandler({}))

def call(path, key=os.environ["POSTFUZE_KEY"]):
    request = Request(os.environ["POSTFUZE_URL"] + path, headers={"Authorization": "Bearer " + key})
    try:
        return opener.open(request).status
    except HTTPError as error:
        return error.code
"""


def python(script: str) -> list[str]:
    """The command line of a Python script, which can `call` the mock."""
    return [sys.executable, "-c", CALL + script]


class Exec(Protocol):
    """Runs `postfuze-mock exec FLAGS -- COMMAND` to its end."""

    def __call__(
        self, *flags: str | Path, command: Sequence[str], env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]: ...


@pytest.fixture
def execute(tmp_path: Path) -> Exec:
    def run(
        *flags: str | Path, command: Sequence[str], env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        words = [*PROGRAM, *flags, "--", *command]
        done = children.run(words, cwd=tmp_path, env=environment(extra=env))
        return subprocess.CompletedProcess(words, done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


class Running:
    """An exec in the background, after the line `before` of a shell; `processes` are those that it started."""

    def __init__(self, folder: Path, command: Sequence[str], *flags: str, before: str = ":") -> None:
        self.out, self.err = folder / "stdout.txt", folder / "stderr.txt"
        with self.out.open("wb") as out, self.err.open("wb") as err:
            words = ["sh", "-c", f'{before}; exec "$@"', "sh", *PROGRAM, *flags, "--", *command]
            self.process = children.start(words, cwd=folder, env=environment(), stdout=out, stderr=err)

    def wait_for(self, text: str) -> None:
        """Wait until the command has written `text` to stdout."""
        until(lambda: text in self.stdout or self.process.poll() is not None, f"{text!r} on stdout")
        assert text in self.stdout, self.stderr

    @property
    def processes(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    @property
    def stdout(self) -> str:
        return self.out.read_text(encoding="utf-8")

    @property
    def stderr(self) -> str:
        return self.err.read_text(encoding="utf-8")


def are_gone(processes: Sequence[psutil.Process]) -> bool:
    """Whether all processes have ended; one that nobody waited for has ended too."""
    return not any(_runs(each) for each in processes)


def _runs(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


@pytest.fixture
def background(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Starts an exec in the background; it is ended after the test."""
    started: list[Running] = []

    def start(command: Sequence[str], *flags: str, before: str = ":") -> Running:
        started.append(Running(tmp_path, command, *flags, before=before))
        return started[-1]

    yield start
    for each in started:
        children.end(each.process)
