"""The command as a child process. Its stdin, stdout and stderr, its process group and its other open files are those of
exec, so it uses the terminal as if exec was not there."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from postfuze_mock.cli.exec import signals
from postfuze_mock.cli.exec.signals import Signals

NOT_EXECUTABLE: Final = 126
NOT_FOUND: Final = 127
_PR_SET_PDEATHSIG: Final = 1  # prctl(2)


class CommandError(Exception):
    """The command did not start. The message is one sentence; `code` is the exit code, as of shells."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


def run(command: Sequence[str], environ: Mapping[str, str], handler: Signals) -> int:
    """Run the command to its end; returns its exit code, 128 + n if the signal n ended it. Raises CommandError."""
    try:
        child = handler.start(_resolved(command), env=environ, close_fds=False, preexec_fn=end_with_parent())
    except FileNotFoundError as error:
        raise CommandError(f"there is no command {command[0]}", NOT_FOUND) from error
    except OSError as error:
        raise CommandError(f"{command[0]} cannot be executed: {error.strerror}", NOT_EXECUTABLE) from error
    return exit_code(child.wait())


def exit_code(status: int) -> int:
    """The exit code, as of shells, for what Popen says."""
    return status if status >= 0 else signals.code(-status)


def end_with_parent() -> Callable[[], None] | None:
    """What lets a child end with SIGTERM when this process ends, even if it is killed; only Linux has that. For
    `preexec_fn`."""
    if sys.platform != "linux":
        return None
    libc, parent = ctypes.CDLL(None), os.getpid()

    def ask() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it has ended already
            os.kill(os.getpid(), signal.SIGTERM)

    return ask


def _resolved(command: Sequence[str]) -> list[str]:
    """The command as the system starts it: Windows itself does not find `npm`, which is npm.cmd."""
    if sys.platform != "win32":
        return list(command)
    return [shutil.which(command[0]) or command[0], *command[1:]]
