"""A world's events: what happened to its accounts, and how telling it goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from postfuze_mock.domain.webhooks import Delivery
from postfuze_mock.problems import Problem
from postfuze_mock.worlds.webhooks.outbox import EVENTS_KEPT
from postfuze_mock.worlds.world import World

_LOG = "events"


def listed(world: World, name: str | None = None, limit: int = EVENTS_KEPT) -> list[dict[str, Any]]:
    """The last events, at most `limit`, oldest first, each with its deliveries; only those called `name`, if given."""
    entries = [entry for entry in world.store.log(_LOG) if name in (None, entry["event"])]
    return [_with_deliveries(world, entry) for entry in entries[-limit:]]


def redeliver(world: World, id: str) -> dict[str, Any]:
    """Have the event sent at once to each webhook that wants it. Raises problems: 404 where there is no such event,
    409 where no webhook wants it."""
    event = world.store.logged(_LOG, id.lower())
    if event is None:
        raise Problem(404, "No such event in this world.", rule="events.unknown", code="not_found")
    wanting = [webhook for webhook in world.webhooks if event["event"] in webhook.events]
    if not wanting:
        detail = f"No webhook of this world wants {event['event']}; PUT /_mock/webhooks sets one that does."
        raise Problem(409, detail, rule="events.unwanted", code="no_webhook")
    for webhook in wanting:
        world.outbox.ask(event["id"], webhook.url, world.clock.now())
    world.stir()
    return _with_deliveries(world, event)


def keep(world: World, event: Mapping[str, Any]) -> None:
    """Keep an event that was listed elsewhere, with what is still to be delivered of it."""
    entry = {**event, "id": event["id"].lower()}
    deliveries = entry.pop("deliveries", [])
    world.store.append(_LOG, entry["id"], entry, EVENTS_KEPT)
    world.outbox.add(entry["id"], [Delivery.of(entry["id"], each, world.clock.now()) for each in deliveries])


def _with_deliveries(world: World, event: dict[str, Any]) -> dict[str, Any]:
    return {**event, "deliveries": [delivery.shown() for delivery in world.outbox.of(event["id"])]}
