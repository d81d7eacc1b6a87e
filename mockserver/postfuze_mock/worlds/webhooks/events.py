"""A world's events: what happened to its accounts, and their deliveries."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from itertools import takewhile
from typing import Any, Final, NamedTuple

from postfuze_fixtures.timestamps import iso, parse_iso
from postfuze_mock.domain.webhooks import Attempt, Delivery, body_of
from postfuze_mock.problems import Problem
from postfuze_mock.worlds.accounts import searching
from postfuze_mock.worlds.webhooks.verdict import of_attempt
from postfuze_mock.worlds.world import World

_LOG: Final = "events"


def to_list(world: World) -> list[dict[str, Any]]:
    """The events, oldest first, each with its deliveries and what they exchanged, for a saved state."""
    stored = world.store.log(_LOG)
    deliveries = world.outbox.of_events([event["id"] for event in stored])
    return [_joined(event, deliveries[event["id"]], lambda _, attempt: attempt.in_full()) for event in stored]


class Filter(NamedTuple):
    """Which events: those newer than `since`, if that is still stored, of one kind (`event`), about an account that has
    `q` in a field that is searched, sent to the URL `webhook`, and with `undelivered` not taken there, or anywhere."""

    event: str | None = None
    since: str | None = None
    q: str = ""
    webhook: str | None = None
    undelivered: bool = False

    def matches(self, event: dict[str, Any], sent: Collection[str] | None) -> bool:
        """Whether an event is one of them, apart from `since`; `sent` are the ids of those with such a delivery (None:
        any will do)."""
        if self.event not in (None, event["event"]) or not searching.has_text(event["data"], self.q.casefold()):
            return False
        return sent is None or event["id"] in sent


def before(world: World, id: str | None, where: Filter) -> Iterator[tuple[str, dict[str, Any]]]:
    """Ids and events, newest first: those that match and are older than the event `id` (None: all)."""
    since = where.since and where.since.lower()
    is_any = where.webhook is None and not where.undelivered
    sent = None if is_any else world.outbox.sent(where.webhook, undelivered=where.undelivered)
    newest_first = takewhile(lambda entry: entry[0] != since, world.store.log_before(_LOG, id))
    return ((key, event) for key, event in newest_first if where.matches(event, sent))


def documents(world: World, entries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The events with their deliveries, as they are listed."""
    deliveries = world.outbox.of_events([event["id"] for event in entries])
    return [_joined(event, deliveries[event["id"]]) for event in entries]


def in_full(world: World, id: str) -> dict[str, Any]:
    """The event, each attempt with what it exchanged and a verdict on its signature. Raises a 404 problem if there is
    none."""
    event = _stored(world, id)
    sent, secrets = body_of(event), {webhook.url: webhook.signing_secret for webhook in world.webhooks}

    def attempt(delivery: Delivery, attempt: Attempt) -> dict[str, Any]:
        document = attempt.in_full(sent.decode())
        if attempt.exchange is not None:
            document["signature"] = of_attempt(attempt.exchange, sent, secrets, delivery.url)._asdict()
        return document

    return _joined(event, world.outbox.of(event["id"]), attempt)


def total(world: World, where: Filter) -> int:
    """How many events match."""
    if where == Filter():
        return world.store.log_count(_LOG)
    return sum(1 for _ in before(world, None, where))


def redeliver(world: World, id: str) -> dict[str, Any]:
    """Send the event at once to each webhook that subscribes to it. Raises problems: 404 for an unknown event, 409
    if no webhook subscribes to it."""
    event = _stored(world, id)
    subscribers = [webhook.url for webhook in world.webhooks if event["event"] in webhook.events]
    if not subscribers:
        raise unwanted(event["event"])
    world.outbox.request(event["id"], subscribers, world.clock.now())
    world.signal_due()
    return with_deliveries(world, event)


def restore(world: World, document: Mapping[str, Any]) -> None:
    """Store an event of a saved world, and queue its pending deliveries."""
    created_at = iso(parse_iso(document["created_at"]))
    event = {**document, "id": document["id"].lower(), "created_at": created_at}
    deliveries = event.pop("deliveries", [])
    world.keep(event, [Delivery.of(event["id"], each, world.clock.now()) for each in deliveries])


def with_deliveries(world: World, event: dict[str, Any]) -> dict[str, Any]:
    """`event` with its deliveries, as it is listed."""
    return _joined(event, world.outbox.of(event["id"]))


def unwanted(name: str) -> Problem:
    """No webhook subscribes to the event `name`."""
    detail = f"No webhook of this world subscribes to {name}; PUT /_mock/webhooks sets one that does."
    return Problem(409, detail, rule="events.unwanted", code="no_webhook")


def _stored(world: World, id: str) -> dict[str, Any]:
    event = world.store.logged(_LOG, id.lower())
    if event is None:
        raise Problem(404, "No such event in this world.", rule="events.unknown", code="not_found")
    return event


def _joined(
    event: dict[str, Any],
    deliveries: Sequence[Delivery],
    attempt: Callable[[Delivery, Attempt], dict[str, Any]] = lambda _, attempt: attempt.to_dict(),
) -> dict[str, Any]:
    """`event` with its deliveries; `attempt` makes the document of each attempt."""
    return {**event, "deliveries": [each.to_dict(partial(attempt, each)) for each in deliveries]}
