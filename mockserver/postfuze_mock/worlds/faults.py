"""A world's scripted faults: set, and kept in its saved state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from postfuze_mock.domain.faults import faults as rules
from postfuze_mock.domain.faults.faults import Fault
from postfuze_mock.problems import refused
from postfuze_mock.worlds.world import World

#: What follows from the rest is not kept.
_DERIVED = ("left",)


def create(world: World, wanted: dict[str, Any]) -> Fault:
    """Set the fault that `wanted` describes. Raises problems: 400 where its parts cannot go together, 409 where there
    are too many."""
    rules.fault(wanted, "")  # refused before it takes an id
    world.faults.refuse_more()
    return world.faults.add(rules.fault(wanted, world.uuid("fault")))


def save(world: World) -> list[dict[str, Any]]:
    """The faults as the saved state keeps them; a preset's effect is its own, whatever it becomes."""
    kept = [{name: value for name, value in each.shown().items() if name not in _DERIVED} for each in world.faults]
    return [{name: value for name, value in each.items() if not _is_other(name, each)} for each in kept]


def read(saved: Sequence[dict[str, Any]]) -> list[Fault]:
    """The faults of a saved state. Raises a 400 problem where they contradict themselves."""
    ids = [each["id"].lower() for each in saved]
    for at, id in enumerate(ids):
        if id in ids[:at]:
            raise refused(f"/faults/{at}/id", f"{id} stands twice")
    return [rules.fault(each, id, f"/faults/{at}") for at, (each, id) in enumerate(zip(saved, ids, strict=True))]


def _is_other(name: str, fault: dict[str, Any]) -> bool:
    """Whether `fault` has not `name` but the other of `effect` and `preset`."""
    return name == ("preset" if fault["preset"] is None else "effect")
