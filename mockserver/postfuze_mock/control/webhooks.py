"""Where a world's events go."""

from __future__ import annotations

from typing import Any

from postfuze_mock.worlds.webhooks import webhooks
from postfuze_mock.worlds.world import World


def get_webhooks(world: World) -> dict[str, Any]:
    return {"data": webhooks.shown(world)}


def put_webhooks(world: World, body: list[dict[str, Any]] | dict[str, Any]) -> dict[str, Any]:
    """The list itself, or what `get_webhooks` gives."""
    wanted, place = (body, "") if isinstance(body, list) else (body["data"], "/data")
    return {"data": webhooks.replace(world, wanted, place)}
