"""Locks a file, so that only one server uses it."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO

from postfuze_mock.worlds.persistence.atomic_file import PRIVATE, open_regular

if sys.platform == "win32":
    import msvcrt

    def _acquire(file: IO[bytes]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _acquire(file: IO[bytes]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


class StateFileError(ValueError):
    """A state file cannot be used; the message is one sentence."""


def lock(path: Path) -> IO[bytes]:
    """Lock `path` against other servers until the result is closed or this process ends. The lock is on a file beside
    it, because each write replaces `path`. Raises StateFileError if another server has the lock, OSError if there can
    be no lock."""
    file = open_regular(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT)
    try:
        _acquire(file)
    except OSError as error:
        file.close()
        raise StateFileError(f"{path} is in use by another postfuze-mock; name another with --state-file") from error
    if hasattr(os, "fchmod") and os.fstat(file.fileno()).st_nlink == 1:  # or it is another file of this name, too
        with suppress(PermissionError):  # another user's file can be locked as well
            os.fchmod(file.fileno(), PRIVATE)
    return file
