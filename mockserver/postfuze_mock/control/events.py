"""What happened to a world's accounts, and the deliveries that tell of it."""

from __future__ import annotations

from typing import Any

from postfuze_mock.worlds.webhooks import events
from postfuze_mock.worlds.world import World


def list_events(world: World, limit: int, event: str | None = None) -> dict[str, Any]:
    return {"data": events.listed(world, event, limit)}


def redeliver_event(world: World, id: str) -> dict[str, Any]:
    return events.redeliver(world, id)
