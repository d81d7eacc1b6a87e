"""Reads a file, and replaces it as a whole, without following a link or waiting for a pipe that somebody put there.

New content goes to a fresh file in the same folder, which takes the place of the old one once it is on the disk. So
whoever reads sees the old content or the new one, also after a crash.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

#: What only its owner may do with a file.
PRIVATE: Final = stat.S_IRUSR | stat.S_IWUSR
# Windows has neither of the first two, but makes a difference between text and binary files.
_NO_FOLLOW: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_KINDS: Final = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFLNK: "a link"}


class UnusualFileError(OSError):
    """Something else than a regular file is there; `strerror` says what and where."""


def resolved(path: Path) -> Path:
    """`path` as it is after all links, so that a link stays and its target is replaced. Raises OSError."""
    try:
        return path.resolve()
    except RuntimeError as error:  # before Python 3.13
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP)) from error


def open_regular(path: Path, flags: int = os.O_RDONLY) -> IO[bytes]:
    """Open the file at `path`; one that `flags` creates is private. Raises OSError, UnusualFileError for what is no
    regular file."""
    refuse_unusual(path)
    descriptor = os.open(path, flags | _NO_FOLLOW, PRIVATE)
    file = os.fdopen(descriptor, "r+b" if flags & os.O_RDWR else "rb")
    try:
        _refuse(path, os.fstat(descriptor).st_mode)
    except OSError:
        file.close()
        raise
    return file


def refuse_unusual(path: Path) -> None:
    """Raises UnusualFileError if there is something else than a regular file at `path`, OSError if that is unknown."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    _refuse(path, mode)


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A new file that takes the place of the one at `path` at the end of the block, as private as that one or more. If
    the block fails, the old file stays. Raises OSError."""
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}.new")
    descriptor = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY | _NO_FOLLOW, PRIVATE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            _restrict(descriptor, path)
            os.fsync(descriptor)
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def check_folder(path: Path) -> None:
    """Raises OSError if no file can be made beside `path`."""
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}.new")
    os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY | _NO_FOLLOW, PRIVATE))
    fresh.unlink()


def remove_leftovers(path: Path) -> None:
    """Remove the fresh files of a process that was killed while it replaced `path`. Call it only while no other process
    can replace `path`. Raises OSError."""
    ours = re.compile(re.escape(path.name) + r"\.[0-9a-f]{16}\.new")
    for each in list(path.parent.iterdir()):
        if ours.fullmatch(each.name) and stat.S_ISREG(each.lstat().st_mode):
            each.unlink(missing_ok=True)


def _refuse(path: Path, mode: int) -> None:
    if not stat.S_ISREG(mode):
        kind = _KINDS.get(stat.S_IFMT(mode), "a device")
        raise UnusualFileError(errno.EINVAL, f"{path} is {kind}, not a regular file")


def _restrict(descriptor: int, path: Path) -> None:
    """Take from the fresh file what `path` forbids its owner, whatever the umask is."""
    try:
        mode = path.lstat().st_mode & PRIVATE
    except FileNotFoundError:
        mode = PRIVATE
    if hasattr(os, "fchmod"):
        os.fchmod(descriptor, mode)


def _sync_folder(folder: Path) -> None:
    """Without this a new name may be lost if the machine fails. Some file systems cannot do it."""
    if not hasattr(os, "O_DIRECTORY"):  # on Windows
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)
