"""The keys that a world file lists."""

from __future__ import annotations

from postfuze_fixtures.world_file import WorldFile
from postfuze_mock.domain import keys
from postfuze_mock.domain.keys import Key


def keys_of(file: WorldFile) -> dict[str, Key]:
    """The keys that a world file lists. Each opens the world that its entry names, else that of its NAME."""
    result: dict[str, Key] = {}
    for entry in file.keys:
        key = keys.parse(entry["key"]) or Key(entry["key"][3:7], entry["world"])
        result[entry["key"]] = Key(
            key.mode,
            entry.get("world", key.name),
            entry.get("status", key.status),
            frozenset(entry.get("scopes", key.scopes)),
        )
    return result
