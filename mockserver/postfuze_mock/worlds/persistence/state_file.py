"""All worlds of a server in one file, which a restart restores.

`{"version": 1, "worlds": {NAME: {"origin": …, "ahead": …, "state": …}}}`: `state` is what `GET /_mock/state` returns,
`origin` is what a reset restores, `ahead` how far a running clock is ahead of real time (ms; null for a frozen
one).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from postfuze_fixtures import user_files, world_file
from postfuze_fixtures.timestamps import iso
from postfuze_mock import json_text
from postfuze_mock.domain.choices import Choices
from postfuze_mock.domain.clock import REAL_TIME, Clock, Setting
from postfuze_mock.problems import Problem
from postfuze_mock.records import Row
from postfuze_mock.worlds.persistence import world_state
from postfuze_mock.worlds.persistence.file_lock import StateFileError, private
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.world import Origin, World

VERSION = 1
MAX_SIZE = 4 << 30  # bytes: several worlds of a million accounts fit
_UNTOUCHED = "; it is unchanged, name another with --state-file"
_BATCH = 500  # accounts that are encoded before other threads can run

#: Returns a file's document with its numbers cast; ValueError for the first error in it.
Check = Callable[[Any], Any]


class Stamp(NamedTuple):
    """Two states of a world are equal if their stamps are equal."""

    origin: Origin
    digest: bytes


class Copy(NamedTuple):
    """A world at one moment, ready for another thread to write."""

    name: str
    head: bytes
    rows: Iterator[Row]


def stamp(world: World) -> Stamp:
    """A stamp that differs after each change of `world`, but not because time passes."""
    clock = [world.clock.ahead, world.now() if world.clock.frozen else None]
    rest = {**world_state.without_accounts(world), "clock": clock}
    digest = hashlib.blake2b(orjson.dumps([world.store.revision(), rest])).digest()
    return Stamp(world.origin, digest)


def copy(world: World) -> Copy:
    """`world` at this moment."""
    head = {"origin": _origin(world), "ahead": world.clock.ahead, "state": world_state.without_accounts(world)}
    return Copy(world.name, orjson.dumps(head), world.store.rows())


def write(path: Path, copies: Iterable[Copy]) -> None:
    """Replace the file at `path` by one with the worlds, atomically. Raises OSError if it cannot be written."""
    beside = path.with_name(f"{path.name}.new")
    try:
        with open(beside, "wb", opener=private) as file:
            file.writelines(_chunks(copies))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


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
    document = entry["origin"]
    file = world_file.from_document(document["world"], document["source"])
    choices = Choices.with_overrides(document["assume"])
    first = REAL_TIME if document["clock"] is None else Setting.parse(document["clock"])
    try:
        start = world_state.instant(document["begun"], "/origin/begun")
        world = worlds.add(name, Origin(document["seed"], file, choices, start), Clock(first=first))
        world_state.restore(world, entry["state"])
    except Problem as problem:
        raise ValueError(problem.detail) from problem
    if entry["ahead"] is not None:
        world.clock.run(entry["ahead"])


def _origin(world: World) -> dict[str, Any]:
    origin = world.origin
    return {
        "seed": origin.seed,
        "source": origin.file.source,
        "world": origin.file.document,
        "assume": origin.choices.overrides(),
        "clock": world.clock.first.text(),
        "begun": iso(origin.start),
    }


def _chunks(copies: Iterable[Copy]) -> Iterator[bytes]:
    yield b'{"version":%d,"worlds":{' % VERSION
    for index, (name, head, rows) in enumerate(copies):
        yield b"%s\n%s:%s" % (b"," if index else b"", orjson.dumps(name), head.removesuffix(b"}}"))
        yield b',"accounts":['
        separator = b""
        while batch := list(islice(rows, _BATCH)):
            yield separator + orjson.dumps([world_state.account(row) for row in batch])[1:-1]
            separator = b","
        yield b"]}}"
    yield b"\n}}\n"
