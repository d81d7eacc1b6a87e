"""Accounts made or changed behind the API's back."""

from __future__ import annotations

from typing import Any

from postfuze_mock.worlds import editing
from postfuze_mock.worlds.world import World


def create_account(world: World, body: dict[str, Any]) -> bytes:
    return editing.create_account(world, body).json


def patch_account(world: World, id: str, body: dict[str, Any]) -> bytes:
    return editing.patch_account(world, id, body).json


def create_snapshots(world: World, id: str, body: dict[str, Any]) -> dict[str, Any]:
    return {"data": editing.store_snapshots(world, id, body["snapshots"])}
