"""The events and the webhooks of a world."""

from __future__ import annotations

from functools import partial
from typing import Any

from postfuze_mock.control.paging import after, page
from postfuze_mock.control.waiting import Waiting, once_any
from postfuze_mock.worlds.webhooks import events, testing, webhooks
from postfuze_mock.worlds.world import EVENTS, World


def list_events(
    world: World,
    limit: int,
    wait: float,
    cursor: str | None = None,
    **filters: Any,
) -> bytes | Waiting:
    last = after(world, "events", cursor)
    where = events.Filter(**filters)
    newest_first = partial(events.before, world, last, where)

    def answer() -> bytes:
        total = events.total(world, where)
        with_deliveries = partial(events.with_deliveries, world)
        return page(world, "events", newest_first(), with_deliveries, limit, total=total, oldest_first=True)

    return once_any(newest_first, answer, 0 if cursor else wait, world.context.arrivals, (EVENTS, world.name))


def create_event(world: World, body: dict[str, Any]) -> dict[str, Any]:
    return testing.send(world, body["event"], body.get("account"), body.get("webhook"))


def get_event(world: World, id: str) -> dict[str, Any]:
    return events.in_full(world, id)


def redeliver_event(world: World, id: str) -> dict[str, Any]:
    return events.redeliver(world, id)


def get_webhooks(world: World) -> dict[str, Any]:
    return {"data": webhooks.to_list(world)}


def put_webhooks(world: World, body: list[dict[str, Any]] | dict[str, Any]) -> dict[str, Any]:
    """Accepts the list itself, or the response of `get_webhooks`."""
    documents, pointer = (body, "") if isinstance(body, list) else (body["data"], "/data")
    return {"data": webhooks.replace(world, documents, pointer)}
