"""Runs the command in this process; `tests/e2e/test_commands.py` runs it as a process."""

from __future__ import annotations

import gc
import logging
import signal
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, NoReturn, Protocol

import pytest
import uvicorn

from postfuze_mock.cli import main


class Done(NamedTuple):
    """The result of a command."""

    code: int | str | None
    stdout: bytes
    stderr: str


class Command(Protocol):
    """Runs `postfuze-mock ARGUMENTS` in the test's folder with the environment `env`."""

    def __call__(self, *arguments: str | Path, env: Mapping[str, str] | None = None) -> Done: ...


@contextmanager
def undone() -> Iterator[None]:
    """Restore what the command changes in the process: logging, signal handlers, garbage collection."""
    root, mock = logging.getLogger(), logging.getLogger("postfuze_mock")
    handlers, levels = root.handlers[:], (root.level, mock.level)
    actions = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with warnings.catch_warnings():
            # A refused start leaves its socket open until the process ends.
            warnings.simplefilter("ignore", ResourceWarning)
            yield
    finally:
        gc.enable()
        root.handlers[:] = handlers
        root.setLevel(levels[0])
        mock.setLevel(levels[1])
        for number, action in actions.items():
            signal.signal(number, action)


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Command:
    def run(*arguments: str | Path, env: Mapping[str, str] | None = None) -> Done:
        for name, value in (env or {}).items():
            monkeypatch.setenv(name, value)
        capsysbinary.readouterr()
        with undone():
            try:
                code: int | str | None = main([str(each) for each in arguments])
            except SystemExit as end:
                code = end.code
        stdout, stderr = capsysbinary.readouterr()
        return Done(code, stdout, stderr.decode())

    def unexpected(*_: object, **__: object) -> NoReturn:
        raise AssertionError("the server starts")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(uvicorn.Server, "run", unexpected)
    return run
