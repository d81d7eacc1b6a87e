"""`postfuze-mock exec` in a terminal: its keys and its job control work as without exec."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import psutil
import pytest
from tests.e2e.exec.conftest import PROGRAM, python
from tests.e2e.exec.test_exec_signals import TELL
from tests.support import children
from tests.support.processes import environment
from tests.support.times import seconds, until

pytestmark = pytest.mark.skipif(not hasattr(os, "openpty"), reason="this system has no pseudo-terminals")

#: Makes the terminal that is its stdin the controlling one, and becomes the command.
IN_TERMINAL: Final = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""
CONTROL_C: Final = "\x03"
CONTROL_Z: Final = "\x1a"


class Terminal:
    """`postfuze-mock exec -- COMMAND` in a terminal of its own."""

    def __init__(self, folder: Path, command: Sequence[str]) -> None:
        self.ours, theirs = os.openpty()
        os.set_blocking(self.ours, False)
        self.text = ""
        self.process = children.start(
            [sys.executable, "-c", IN_TERMINAL, *PROGRAM, "--", *command],
            cwd=folder,
            env=environment(extra={"PS1": "$ ", "TERM": "dumb", "HOME": str(folder)}),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)

    def type(self, text: str) -> None:
        """Send the text as keys."""
        os.write(self.ours, text.encode())

    def wait_for(self, text: str) -> None:
        """Wait until the terminal shows `text`."""
        until(lambda: text in self._read(), f"{text!r} in the terminal")

    def _read(self) -> str:
        with suppress(BlockingIOError, OSError):
            self.text += os.read(self.ours, 65536).decode("utf-8", "replace")
        return self.text


Start = Callable[[Sequence[str]], Terminal]


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Start]:
    """Opens a terminal in which exec runs a command."""
    started: list[Terminal] = []

    def start(command: Sequence[str]) -> Terminal:
        started.append(Terminal(tmp_path, command))
        return started[-1]

    yield start
    for each in started:
        children.end(each.process)
        os.close(each.ours)


def test_control_c_reaches_the_command_once(terminal: Start) -> None:
    running = terminal(python(TELL))
    running.wait_for("ready")
    running.process.send_signal(signal.SIGSTOP)  # exec sees Ctrl-C only after the command has dealt with it
    until(lambda: psutil.Process(running.process.pid).status() == psutil.STATUS_STOPPED, "the stop of exec")
    running.type(CONTROL_C)
    running.wait_for("SIGINT")
    running.process.send_signal(signal.SIGCONT)
    for name in ("SIGUSR2", "SIGHUP"):  # once they are there, exec has dealt with it, too
        running.process.send_signal(getattr(signal, name))
        running.wait_for(name)
    running.process.send_signal(signal.SIGUSR1)

    assert running.process.wait(seconds(20.0)) == 7
    running.wait_for("SIGUSR1")
    assert running.text.count("SIGINT") == 1


def test_interactive_shell_has_job_control(terminal: Start) -> None:
    running = terminal(["bash", "--norc", "-i"])
    running.wait_for("$ ")
    running.type("echo key: $POSTFUZE_KEY\n")
    running.wait_for("key: sk_live_demo")
    running.type("sleep 600\n")
    until(lambda: _sleeps(running.process), "the job")
    running.type(CONTROL_Z)
    running.wait_for("Stopped")
    running.type("kill %1; fg; exit 9\n")

    assert running.process.wait(seconds(20.0)) == 9
    assert "no job control" not in running.text


def _sleeps(process: subprocess.Popen[bytes]) -> bool:
    return any(each.name() == "sleep" for each in psutil.Process(process.pid).children(recursive=True))
