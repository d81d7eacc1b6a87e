"""Delivers events to inboxes of this server: inside the process, because the server may not be able to reach its own
address. So an event is there before the call that caused it is answered."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from postfuze_mock import __version__
from postfuze_mock.domain.clock import real_milliseconds
from postfuze_mock.domain.webhooks import Attempt, Delivery, Exchange, Webhook, body_of
from postfuze_mock.signatures import SIGNATURE_HEADER, signature
from postfuze_mock.worlds.webhooks.receipt import receive_own

if TYPE_CHECKING:
    from postfuze_mock.worlds.world import World

#: What an inbox of this server answers.
_STORED: Final[dict[str, Any]] = {"headers": {}, "body": ""}


def headers(webhook: Webhook, body: bytes) -> dict[str, str]:
    """The headers of a delivery of `body`, which is signed now."""
    return {
        "User-Agent": f"postfuze-mock/{__version__}",
        "Content-Type": "application/json",
        SIGNATURE_HEADER: signature(webhook.signing_secret, int(time.time()), body),
    }


def at_once(world: World, event: Mapping[str, Any], deliveries: Collection[Delivery]) -> None:
    """Make those of an event's first `deliveries` that go to inboxes, unless earlier ones still have to come."""
    webhooks = {webhook.url: webhook for webhook in world.webhooks}
    for delivery in deliveries:
        inbox = world.context.inboxes.own(delivery.url)
        if inbox is not None and world.outbox.is_idle(delivery.url):
            delivery.next_attempt_at = None
            attempt = post(world, inbox, webhooks[delivery.url], event)
            delivery.settle(attempt, attempt.at)
            tell(world, event, delivery, attempt)


def post(world: World, inbox: str, webhook: Webhook, event: Mapping[str, Any]) -> Attempt:
    """Put an event into the inbox that `webhook` points to. Returns the attempt, which never fails."""
    body, sent_at = body_of(event), real_milliseconds()
    fields = headers(webhook, body)
    raw = [(name.lower().encode(), value.encode()) for name, value in fields.items()]
    receive_own(world.context.inboxes, inbox, raw, body, webhook.signing_secret, world.name)
    exchange = Exchange(sent_at, {name.lower(): value for name, value in fields.items()}, _STORED)
    return Attempt(world.clock.now(), 204, None, 0.0, exchange)


def tell(world: World, event: Mapping[str, Any], delivery: Delivery, attempt: Attempt) -> None:
    """Tell how an attempt ended that `delivery` has recorded."""
    outcome = "delivered" if attempt.succeeded else "given_up" if delivery.status == "given_up" else "failed"
    world.context.after_commit(partial(world.context.attempted, outcome))
    if not event.get("test"):  # the coverage counts what the code under test was sent
        is_delivered = delivery.status == "delivered"
        world.happened(f"delivered {event['event']}" if is_delivered else "delivery failed")
