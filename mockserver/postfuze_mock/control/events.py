"""The events and the webhooks of a world."""

from __future__ import annotations

from functools import partial
from itertools import islice
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

    def has_any() -> bool:
        return next(newest_first(), None) is not None

    def answer() -> bytes:
        found = dict(islice(newest_first(), limit + 1))
        documents = zip(found, events.documents(world, list(found.values())), strict=True)
        return page(world, "events", documents, dict, limit, total=events.total(world, where), oldest_first=True)

    return once_any(has_any, answer, 0 if cursor else wait, world.context.arrivals, (EVENTS, world.name))


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
