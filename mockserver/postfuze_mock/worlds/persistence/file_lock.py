"""Locks a file, so that only one server uses it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import IO

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
    it, because each write replaces `path`. Raises StateFileError if another server has the lock, or the folder
    cannot be written to."""
    if path.is_dir():
        raise StateFileError(f"the state file {path} is a folder; name a file in it")
    beside = path.with_name(f"{path.name}.lock")
    try:
        file = open(beside, "wb", opener=private)  # noqa: SIM115 - it stays open as long as the server runs
    except OSError as error:
        raise StateFileError(f"the state file {path} cannot be written there: {error.strerror}") from error
    try:
        _acquire(file)
    except OSError as error:
        file.close()
        raise StateFileError(f"{path} is in use by another postfuze-mock; name another with --state-file") from error
    return file


def private(path: str, flags: int) -> int:
    """Opens a file that only its owner may read."""
    return os.open(path, flags, 0o600)
