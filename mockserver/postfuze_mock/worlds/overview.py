"""A world at a glance: what made it, its clock, its faults, and how much of it there is."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from postfuze_fixtures.timestamps import iso
from postfuze_fixtures.world_file import SHIPPED, WorldFile
from postfuze_mock.domain.keys import masked
from postfuze_mock.worlds.first_world import key_of
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.world import World


def overview(worlds: Worlds, world: World, requests_since: int) -> dict[str, Any]:
    """What `GET /_mock/world` returns. It costs little, whatever the world contains, because pages ask for it again and
    again: accounts are counted, not read."""
    return {
        "name": masked(world.name),
        "key": key_of(worlds, world.name),
        "version": worlds.version(world),
        "source": source(world.origin.file, restored=world.is_restored),
        "seed": world.seed,
        "start": iso(world.start),
        "clock": {"now": world.now(), "frozen": world.clock.frozen},
        "assume": world.choices.overrides(),
        "accounts": world.store.count(),
        "sessions": world.store.session_count(),
        "faults": [{"id": each.id, "title": each.title} for each in world.faults if each.left != 0],
        "requests": {"recorded": world.journal.count, "failed": world.journal.failed_since(requests_since)},
        "deliveries": {"failures": world.outbox.failures(), "undelivered": world.outbox.undelivered()},
    }


def source(file: WorldFile, *, restored: bool = False) -> dict[str, Any]:
    """What a world was made from, see `WorldSource` in control/openapi.yaml."""
    name = PurePath(file.source).name
    if file.source == WorldFile.DEFAULT:
        kind, name = "built_in", ""
    elif file.source == WorldFile.INLINE:
        kind, name = "document", ""
    elif name.removesuffix(".yaml") in SHIPPED and file.source == name:
        kind, name = "shipped", name.removesuffix(".yaml")
    else:
        kind = "file"
    return {"kind": kind, "name": name or None, "restored": restored}
