"""`--exit-on-stdin-close`: the server ends with whoever started it, even if that was killed.

The other end of the pipe is closed by the system itself, on every system, and there is nothing to clean up.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from threading import Thread
from typing import Final

from postfuze_mock.settings import SettingsError

_STDIN: Final = 0
_CHUNK: Final = 4096  # bytes


def check(world: str | None = None) -> None:
    """Raises SettingsError if stdin cannot tell that whoever started the mock has ended: a terminal has another use,
    /dev/null and a file are at their end already, and a `world` that is read from it would never be complete."""
    kind = _kind()
    if kind is not None:
        raise SettingsError(
            f"--exit-on-stdin-close needs a pipe as stdin, held open by the program that starts the mock; it is {kind}"
        )
    if world is not None and is_stdin(world):
        raise SettingsError(
            f"the world file cannot be stdin ({world}) here, because the program that starts the mock holds it open: "
            "name a file"
        )


def watch(on_close: Callable[[], None]) -> None:
    """Call `on_close` from another thread as soon as stdin is closed; what is written to it is dropped."""
    Thread(target=_read_until_closed, args=(on_close,), name="stdin", daemon=True).start()


def _read_until_closed(on_close: Callable[[], None]) -> None:
    try:
        while os.read(_STDIN, _CHUNK):
            pass
    except OSError:  # a socket whose other end was killed
        pass
    on_close()


def is_stdin(file: str) -> bool:
    """Whether `file` is another name of stdin."""
    try:
        return os.path.samestat(os.stat(file), os.fstat(_STDIN))  # noqa: PTH116 - `Path` cannot compare with a descriptor
    except (OSError, ValueError):  # there is no such file: it is the name of a shipped world, or refused later
        return False


def _kind() -> str | None:
    """What stdin is, if neither a pipe nor a socket, which Node.js takes for pipes."""
    if sys.stdin is None:
        return "closed"
    mode = os.fstat(_STDIN).st_mode
    if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
        return None
    return "a terminal" if os.isatty(_STDIN) else "a file" if stat.S_ISREG(mode) else "/dev/null or another device"
