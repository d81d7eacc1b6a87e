"""A world's events: what happened to its accounts, and their deliveries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import takewhile
from typing import Any

from postfuze_fixtures.timestamps import iso, parse_iso
from postfuze_mock.domain.webhooks import Delivery
from postfuze_mock.problems import Problem
from postfuze_mock.worlds.webhooks.outbox import MAX_EVENTS
from postfuze_mock.worlds.world import World

_LOG = "events"


def to_list(world: World) -> list[dict[str, Any]]:
    """The events, oldest first, each with its deliveries."""
    return [with_deliveries(world, event) for event in world.store.log(_LOG)]


def before(
    world: World, id: str | None, name: str | None = None, since: str | None = None
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Ids and events, newest first: those that are older than the event `id` (None: all) and newer than `since`, if
    that is still stored; `name` selects one kind."""
    newest_first = takewhile(lambda entry: entry[0] != since, world.store.log_before(_LOG, id))
    return ((key, event) for key, event in newest_first if name in (None, event["event"]))


def total(world: World, name: str | None, since: str | None) -> int:
    """How many events there are of the kind `name`, newer than `since`."""
    if name is None and since is None:
        return world.store.log_count(_LOG)
    return sum(1 for _ in before(world, None, name, since))


def redeliver(world: World, id: str) -> dict[str, Any]:
    """Send the event at once to each webhook that subscribes to it. Raises problems: 404 for an unknown event, 409
    if no webhook subscribes to it."""
    event = world.store.logged(_LOG, id.lower())
    if event is None:
        raise Problem(404, "No such event in this world.", rule="events.unknown", code="not_found")
    subscribers = [webhook.url for webhook in world.webhooks if event["event"] in webhook.events]
    if not subscribers:
        detail = f"No webhook of this world subscribes to {event['event']}; PUT /_mock/webhooks sets one that does."
        raise Problem(409, detail, rule="events.unwanted", code="no_webhook")
    world.outbox.request(event["id"], subscribers, world.clock.now())
    world.signal_due()
    return with_deliveries(world, event)


def restore(world: World, document: Mapping[str, Any]) -> None:
    """Store an event of a saved world, and queue its pending deliveries."""
    created_at = iso(parse_iso(document["created_at"]))
    event = {**document, "id": document["id"].lower(), "created_at": created_at}
    deliveries = event.pop("deliveries", [])
    world.store.append(_LOG, event["id"], event, MAX_EVENTS)
    world.outbox.add(event["id"], [Delivery.of(event["id"], each, world.clock.now()) for each in deliveries])


def with_deliveries(world: World, event: dict[str, Any]) -> dict[str, Any]:
    """`event` with its deliveries."""
    return {**event, "deliveries": [delivery.to_dict() for delivery in world.outbox.of(event["id"])]}
