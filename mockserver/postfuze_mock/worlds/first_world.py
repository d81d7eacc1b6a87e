"""The world that a server's banner, console and reference begin with, and the keys that they may show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import Final

from postfuze_fixtures.world_file import WorldFile
from postfuze_mock.domain import keys
from postfuze_mock.domain.keys import MAX_SHOWN, masked
from postfuze_mock.worlds.origins import DEMO
from postfuze_mock.worlds.registry import Worlds

_SEPARATE: Final = ":test"


def first_name(worlds: Worlds) -> str:
    """The first world that the world file names; if it names none, one called as the file, because it describes all but
    `demo`; and without a file `demo`."""
    if worlds.origins.template.source == WorldFile.DEFAULT:
        return DEMO
    return next((name for name in worlds.origins.named if name != DEMO), _called_as(worlds.origins.template.source))


def key_of(worlds: Worlds, name: str, mode: str = "test") -> str | None:
    """A key that opens the world `name`; None if none may be shown: with strict keys, or if the name is masked."""
    bare = name.removesuffix(_SEPARATE)
    if worlds.context.strict_keys or not _is_shown(bare):
        return None
    separate = worlds.choices.keys_modes == "separate"
    return f"sk_{('test' if name != bare else 'live') if separate else mode}_{bare}"


def unmade(worlds: Worlds) -> Iterator[str]:
    """The worlds that are named in the world file, `demo` and the first one, as long as they are not built."""
    return (
        name for name in dict.fromkeys([*worlds.origins.named, first_name(worlds)]) if worlds.existing(name) is None
    )


def _called_as(file: str) -> str:
    name = re.sub("[^A-Za-z0-9_-]+", "-", PurePath(file).stem)[:MAX_SHOWN]
    return name if _is_shown(name) else "mine"


def _is_shown(name: str) -> bool:
    """Whether a key with this name opens the world of this name, and is not masked."""
    key = keys.parse(f"sk_live_{name}")
    return key is not None and key.name == name == masked(name)
