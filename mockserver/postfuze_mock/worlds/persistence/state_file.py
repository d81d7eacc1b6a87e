"""All worlds of a server in one file, which a restart restores.

`{"version": 1, "worlds": {NAME: {"origin": …, "ahead": …, "state": …}}}`: `state` is what `GET /_mock/state` returns,
`origin` is what the world was built from last, `ahead` how far a running clock is ahead of real time (ms; null for a
frozen one). If the server had started the world from something else, `first` has that. A world with `"unchanged": true`
has no accounts in its `state`; it is built from its origin.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final, NamedTuple

import orjson

from postfuze_fixtures import user_files, world_file
from postfuze_fixtures.timestamps import iso
from postfuze_mock import json_text
from postfuze_mock.domain.choices import Choices
from postfuze_mock.domain.clock import REAL_TIME, Setting
from postfuze_mock.problems import Problem
from postfuze_mock.records import Row
from postfuze_mock.worlds.memory_worlds import MemoryWorlds
from postfuze_mock.worlds.persistence import world_state
from postfuze_mock.worlds.persistence.atomic_file import open_regular, replacing
from postfuze_mock.worlds.persistence.file_lock import StateFileError
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.world import Origin, World

VERSION = 1
MAX_SIZE = 4 << 30  # bytes: several worlds of a million accounts fit
_UNTOUCHED = "; it is unchanged, name another with --state-file"
_BATCH = 500  # accounts that are encoded before other threads can run
_BLOCK: Final = 1 << 20  # bytes of an unchanged world that are read at once

#: Returns a file's document with its numbers cast; ValueError for the first error in it.
Check = Callable[[Any], Any]


class Copy(NamedTuple):
    """A world at one moment, ready for another thread to write."""

    name: str
    head: bytes
    rows: Iterator[Row]


class Written(NamedTuple):
    """A file as `write` left it: where in it each world is (offset and length), and by what it is recognized."""

    places: Mapping[str, tuple[int, int]]
    identity: tuple[int, ...]

    def is_at(self, path: Path) -> bool:
        """Whether the file at `path` is still this one."""
        try:
            return _identity(path.lstat()) == self.identity
        except OSError:
            return False

    def open(self, path: Path) -> IO[bytes]:
        """Open this file. Raises OSError, also if there is another one at `path`."""
        file = open_regular(path)
        if _identity(os.fstat(file.fileno())) != self.identity:
            file.close()
            raise OSError(errno.ESTALE, "another program has changed it")
        return file


def copy(world: World) -> Copy:
    """`world` at this moment."""
    return Copy(world.name, orjson.dumps(_head(world)), world.store.rows())


def outline(world: World) -> Copy:
    """An unchanged `world`, without its accounts: they are generated again when it is used."""
    return Copy(world.name, orjson.dumps({"unchanged": True, **_head(world)}), iter(()))


def write(path: Path, worlds: Iterable[Copy | str], before: Written | None = None) -> Written:
    """Replace the file at `path` by one with the worlds, atomically. A name stands for a world that is as it is in
    `before`, the file's last version. Raises OSError, with the file unchanged."""
    places = {}
    with replacing(path) as file, nullcontext() if before is None else before.open(path) as old:
        file.write(b'{"version":%d,"worlds":{' % VERSION)
        for index, world in enumerate(worlds):
            name = world if isinstance(world, str) else world.name
            file.write(b"%s\n%s:" % (b"," if index else b"", orjson.dumps(name)))
            start = file.tell()
            if isinstance(world, Copy):
                file.writelines(_encoded(world))
            elif old is not None and before is not None:
                file.writelines(_blocks(old, *before.places[name]))
            places[name] = (start, file.tell() - start)
        file.write(b"\n}}\n")
        file.flush()
        return Written(places, _identity(os.fstat(file.fileno())))


def read(path: Path, check: Check) -> dict[str, Any]:
    """The entries of the file at `path`, by world; empty if there is no file. Raises StateFileError."""
    try:
        document = json_text.parse(user_files.read(path, MAX_SIZE), json_text.MAX_FILE_DEPTH)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise StateFileError(f"the state file {path} cannot be read: {error.strerror}") from error
    except json_text.NotJSON as error:
        raise StateFileError(f"{path} is not a state file: it {error}{_UNTOUCHED}") from error
    version = document.get("version") if isinstance(document, dict) else None
    if version != VERSION:
        what = f"a state file of version {version}" if isinstance(version, int) else "not a state file"
        raise StateFileError(f"{path} is {what}; this postfuze-mock reads version {VERSION}{_UNTOUCHED}")
    try:
        worlds: dict[str, Any] = check(document)["worlds"]
    except ValueError as error:
        raise StateFileError(f"{path} is a broken state file: {error}{_UNTOUCHED}") from error
    return worlds


def restore(worlds: Worlds, name: str, entry: dict[str, Any]) -> None:
    """Restore the world that `entry` of a checked document describes. Raises ValueError if it contradicts itself."""
    assert isinstance(worlds, MemoryWorlds)  # the settings allow a state file for memory alone
    try:
        world = worlds.add(name, _read_origin(entry["origin"], "/origin"))
        if "first" in entry:
            world.first = _read_origin(entry["first"], "/first")
        if entry.get("unchanged", False):
            worlds.begin(world)
        else:
            world_state.restore(world, entry["state"])
    except Problem as problem:
        raise ValueError(problem.detail) from problem
    if entry["ahead"] is not None:
        world.clock.run(entry["ahead"])


def _head(world: World) -> dict[str, Any]:
    first = {} if world.first == world.origin else {"first": _origin(world.first)}
    state = world_state.without_accounts(world)
    return {"origin": _origin(world.origin), **first, "ahead": world.clock.ahead, "state": state}


def _origin(origin: Origin) -> dict[str, Any]:
    return {
        "seed": origin.seed,
        "source": origin.file.source,
        "world": origin.file.document,
        "assume": origin.choices.overrides(),
        "clock": origin.clock.text(),
        "begun": iso(origin.start),
    }


def _read_origin(document: dict[str, Any], at: str) -> Origin:
    """What `_origin` wrote. Raises ValueError, or a problem at the JSON pointer `at`."""
    file = world_file.from_document(document["world"], document["source"])
    choices = Choices.with_overrides(document["assume"])
    clock = REAL_TIME if document["clock"] is None else Setting.parse(document["clock"])
    return Origin(document["seed"], file, choices, world_state.instant(document["begun"], f"{at}/begun"), clock)


def _encoded(copy: Copy) -> Iterator[bytes]:
    yield copy.head.removesuffix(b"}}") + b',"accounts":['
    separator = b""
    while batch := list(islice(copy.rows, _BATCH)):
        yield separator + orjson.dumps([world_state.account(row) for row in batch])[1:-1]
        separator = b","
    yield b"]}}"


def _blocks(file: IO[bytes], offset: int, length: int) -> Iterator[bytes]:
    """A part of a file. It is not kept in memory, where all worlds would be a second time."""
    file.seek(offset)
    for size in [_BLOCK] * (length // _BLOCK) + [length % _BLOCK]:
        yield file.read(size)


def _identity(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
