"""Writes a folder completely or not at all, and never takes away what somebody else put there."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from postfuze_fixtures import user_files

#: Lists what was written, so that the next run can tell it from what was added or changed since.
MARKER: Final = ".postfuze-mock-site.json"
_MARKER_SIZE: Final = 1 << 20


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put `files`, by their path below it, into `folder`, in place of an earlier site. Raises OSError (one sentence)
    if the folder has anything else; then nothing has changed."""
    folder = folder.resolve()
    check(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    new = folder.with_name(f".{folder.name}.{os.getpid()}.new")
    try:
        _fill(new, {**files, MARKER: _marker(files)})
        _replace(folder, new)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def check(folder: Path) -> None:
    """Raises OSError (one sentence) unless a site can be written into `folder`."""
    if Path.cwd().is_relative_to(folder):
        raise OSError(f"{folder} is the current folder, or above it, and would be replaced: name another folder")
    if not folder.exists():
        return
    if not folder.is_dir():
        raise OSError(f"{folder} is a file: name a folder")
    own = _written(folder)
    for path in _paths(folder):
        _check_own(folder, path, own)


def _check_own(folder: Path, path: str, own: Mapping[str, str]) -> None:
    if path == MARKER:
        return
    if path not in own:
        raise OSError(f"{folder / path} was not written by this command: name a new or an empty folder")
    if _hash(folder / path) != own[path]:
        raise OSError(f"{folder / path} was changed after it was written: move it away, or name another folder")


def _hash(path: Path) -> str | None:
    """The hash of a file; None for what is no file, such as a pipe, whose reading may not end."""
    if not stat.S_ISREG(path.lstat().st_mode):
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _paths(folder: Path) -> Iterator[str]:
    """What is in the folder and its folders, except folders."""
    for parent, folders, files in os.walk(folder):
        links = [name for name in folders if Path(parent, name).is_symlink()]
        for name in (*links, *files):
            yield Path(parent, name).relative_to(folder).as_posix()


def _written(folder: Path) -> dict[str, Any]:
    """The files that an earlier run wrote into `folder`, with their hashes; none if there was no such run."""
    with suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
        return dict(json.loads(user_files.read(folder / MARKER, _MARKER_SIZE))["files"])
    return {}


def _marker(files: Mapping[str, bytes]) -> bytes:
    hashes = {path: hashlib.sha256(content).hexdigest() for path, content in sorted(files.items())}
    return json.dumps({"writer": "postfuze-mock site", "files": hashes}, indent=1).encode()


def _fill(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir()
    for path, content in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def _replace(folder: Path, new: Path) -> None:
    """Put `new` in the place of `folder`; if that fails, `folder` stays."""
    if not folder.exists():
        new.rename(folder)
        return
    old = new.with_suffix(".old")
    folder.rename(old)
    try:
        new.rename(folder)
    except BaseException:  # Ctrl-C, too
        old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)
