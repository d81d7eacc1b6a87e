"""Scripted faults: how calls of the API fail."""

from __future__ import annotations

from typing import Any

from postfuze_mock.control.paging import number_after, page
from postfuze_mock.domain.faults import presets as preset_faults
from postfuze_mock.domain.faults.faults import Fault
from postfuze_mock.worlds import faults
from postfuze_mock.worlds.world import World


def list_faults(world: World, presets: bool, limit: int, cursor: str | None = None) -> bytes:
    if presets:
        return _presets(world, limit, cursor)
    before = number_after(world, "faults", cursor)
    newest_first = reversed(list(world.faults))
    numbered = ((fault.number, fault) for fault in newest_first if before is None or fault.number < before)
    return page(world, "faults", numbered, Fault.to_dict, limit, total=len(world.faults.by_id), oldest_first=True)


def _presets(world: World, limit: int, cursor: str | None) -> bytes:
    last, presets = number_after(world, "presets", cursor) or 0, preset_faults.to_list()
    return page(world, "presets", list(enumerate(presets, start=1))[last:], dict, limit, total=len(presets))


def create_fault(world: World, body: dict[str, Any]) -> dict[str, Any]:
    return faults.create(world, body).to_dict()


def delete_faults(world: World) -> None:
    world.faults.clear()


def delete_fault(world: World, id: str) -> None:
    world.faults.remove(id)
