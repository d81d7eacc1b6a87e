"""A world's scripted faults: creating, saving and restoring them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from postfuze_mock.domain.faults import faults as rules
from postfuze_mock.domain.faults.faults import Fault
from postfuze_mock.problems import refused
from postfuze_mock.worlds.world import World

#: Follow from the rest, so they are not saved.
_DERIVED = ("title", "left")


def create(world: World, fields: dict[str, Any]) -> Fault:
    """Add the fault that `fields` describe. Raises problems: 400 if they contradict each other, 409 if there are
    too many faults."""
    rules.fault(fields, "")  # an invalid fault must not use up an id
    world.faults.refuse_more()
    return world.faults.add(rules.fault(fields, world.uuid("fault")))


def to_list(world: World) -> list[dict[str, Any]]:
    """The faults for a saved state: each has the name of its preset or, without a preset, its effect."""
    return [_without(each.to_dict(), *_DERIVED, "effect" if each.preset else "preset") for each in world.faults]


def read(documents: Sequence[dict[str, Any]]) -> list[Fault]:
    """The faults of a saved state. Raises a 400 problem if a fault contradicts itself."""
    ids = [each["id"].lower() for each in documents]
    for index, id in enumerate(ids):
        if id in ids[:index]:
            raise refused(f"/faults/{index}/id", f"{id} appears twice")
    return [rules.fault(each, ids[index], f"/faults/{index}") for index, each in enumerate(documents)]


def _without(document: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in names}
