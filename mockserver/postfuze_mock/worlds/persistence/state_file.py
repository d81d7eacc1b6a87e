"""All worlds of a server in one file, to be there again after a restart.

`{"version": 1, "worlds": {NAME: {"origin": …, "ahead": …, "state": …}}}`: `state` is what `GET /_mock/state` gives,
`origin` what a reset comes back to, `ahead` how far a running clock is ahead of real time (ms; null for one that
stands).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from postfuze_fixtures import world_file
from postfuze_fixtures.timestamps import iso
from postfuze_mock.domain.choices import DEFAULT, Choices
from postfuze_mock.domain.clock import REAL_TIME, Clock, Setting
from postfuze_mock.problems import Problem
from postfuze_mock.records import Row
from postfuze_mock.worlds.persistence import world_state
from postfuze_mock.worlds.persistence.file_lock import StateFileError, private
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.world import Origin, World

VERSION = 1
_KEPT = "; it was left as it is, name another with --state-file"
_AT_ONCE = 500  # accounts to encode before other threads get their turn

#: What is wrong with a file's document, in words; None if nothing is.
Check = Callable[[Any], str | None]


class Stamp(NamedTuple):
    """What tells two states of a world apart."""

    origin: Origin
    digest: bytes


class Copy(NamedTuple):
    """A world as it was at one moment, ready to be written by another thread."""

    name: str
    head: bytes
    rows: Iterator[Row]


def stamp(world: World) -> Stamp:
    """What is another one after each change of `world`; that time passes is none."""
    clock = [world.clock.ahead, world.now() if world.clock.frozen else None]
    rest = {**world_state.without_accounts(world), "clock": clock}
    digest = hashlib.blake2b(orjson.dumps([world.begun, world.store.revision(), rest])).digest()
    return Stamp(world.origin, digest)


def copy(world: World) -> Copy:
    """`world` as it is now."""
    head = {"origin": _origin(world), "ahead": world.clock.ahead, "state": world_state.without_accounts(world)}
    return Copy(world.name, orjson.dumps(head), world.store.rows())


def write(path: Path, copies: Iterable[Copy]) -> None:
    """Put the worlds into the place of what `path` holds, in one step: whatever happens, there is a whole file. OSError
    where it cannot be written."""
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
    """What `path` holds, by world; nothing where there is no file. Raises StateFileError."""
    try:
        document = orjson.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise StateFileError(f"the state file {path} cannot be read: {error.strerror}") from error
    except orjson.JSONDecodeError as error:
        raise StateFileError(f"{path} is no state file, for it is not JSON ({error}){_KEPT}") from error
    version = document.get("version") if isinstance(document, dict) else None
    if version != VERSION:
        what = f"a state file of version {version}" if isinstance(version, int) else "no state file"
        raise StateFileError(f"{path} is {what}; this postfuze-mock reads version {VERSION}{_KEPT}")
    problem = check(document)
    if problem is not None:
        raise StateFileError(f"{path} is a broken state file: {problem}{_KEPT}")
    worlds: dict[str, Any] = document["worlds"]
    return worlds


def restore(worlds: Worlds, name: str, entry: dict[str, Any]) -> None:
    """Make the world that `entry` of a checked document says. Raises ValueError where it contradicts itself."""
    given = entry["origin"]
    file = world_file.from_document(given["world"], given["source"])
    origin = Origin(given["seed"], file, Choices.with_overrides(given["assume"]))
    first = REAL_TIME if given["clock"] is None else Setting.parse(given["clock"])
    try:
        world = worlds.restored(name, origin, Clock(first=first), world_state.instant(given["begun"], "/origin/begun"))
        world_state.restore(world, entry["state"])
    except Problem as problem:
        raise ValueError(problem.detail) from problem
    if entry["ahead"] is not None:
        world.clock.run(entry["ahead"])


def _origin(world: World) -> dict[str, Any]:
    choices, usual = world.origin.choices.by_id(), DEFAULT.by_id()
    return {
        "seed": world.origin.seed,
        "source": world.origin.file.source,
        "world": world.origin.file.document,
        "assume": {id: choice for id, choice in choices.items() if choice != usual[id]},
        "clock": world.clock.first.text(),
        "begun": iso(world.begun),
    }


def _chunks(copies: Iterable[Copy]) -> Iterator[bytes]:
    yield b'{"version":%d,"worlds":{' % VERSION
    for at, (name, head, rows) in enumerate(copies):
        yield b"%s\n%s:%s" % (b"," if at else b"", orjson.dumps(name), head.removesuffix(b"}}"))
        yield b',"accounts":['
        separator = b""
        while some := list(islice(rows, _AT_ONCE)):
            yield separator + orjson.dumps([world_state.account(row) for row in some])[1:-1]
            separator = b","
        yield b"]}}"
    yield b"\n}}\n"
