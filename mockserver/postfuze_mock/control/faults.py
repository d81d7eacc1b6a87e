"""Scripted faults: how calls of the API fail."""

from __future__ import annotations

from typing import Any

from postfuze_mock.domain.faults import presets as preset_faults
from postfuze_mock.worlds import faults
from postfuze_mock.worlds.world import World


def list_faults(world: World, presets: bool) -> dict[str, Any]:
    return {"data": preset_faults.to_list() if presets else [fault.to_dict() for fault in world.faults]}


def create_fault(world: World, body: dict[str, Any]) -> dict[str, Any]:
    return faults.create(world, body).to_dict()


def delete_faults(world: World) -> None:
    world.faults.clear()


def delete_fault(world: World, id: str) -> None:
    world.faults.remove(id)
