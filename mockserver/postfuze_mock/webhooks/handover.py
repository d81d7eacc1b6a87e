"""What delivering means for a world: which webhook and event a delivery is of, and what an attempt changes."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any, Final, NamedTuple

from postfuze_mock.domain.clock import real_milliseconds
from postfuze_mock.domain.keys import masked
from postfuze_mock.domain.webhooks import Attempt, Delivery, Webhook
from postfuze_mock.webhooks.sender import exchange, headers
from postfuze_mock.worlds.webhooks import events
from postfuze_mock.worlds.webhooks.outbox import Outbox
from postfuze_mock.worlds.webhooks.receipt import receive_own
from postfuze_mock.worlds.world import World

#: What an inbox of this server answers.
_STORED: Final[dict[str, Any]] = {"headers": {}, "body": ""}
logger = logging.getLogger(__name__)


class Parcel(NamedTuple):
    """A delivery that was taken from an outbox: the webhook that it goes to, its event, and the world's time (ms)."""

    delivery: Delivery
    webhook: Webhook
    event: dict[str, Any]
    at: int

    @property
    def body(self) -> bytes:
        """What the webhook receives."""
        return events.body(self.event)


def take(world: World, outbox: Outbox, url: str) -> Parcel | None:
    """Take the next due delivery to `url` from `outbox`. Those whose webhook or event is gone are given up."""
    while (delivery := outbox.take(url, world.clock.now())) is not None:
        webhook = next((each for each in world.webhooks if each.url == url), None)
        event = world.store.logged("events", delivery.event_id)
        if webhook is not None and event is not None:
            return Parcel(delivery, webhook, event, world.clock.now())
        outbox.give_up(delivery)
    return None


def settle(world: World, outbox: Outbox, parcel: Parcel, attempt: Attempt) -> Delivery:
    """Record an attempt in `outbox`, which is the world's unless that was reset. Returns the delivery as it is then."""
    delivery = outbox.settle(parcel.delivery, attempt, world.clock.now())
    outcome = "delivered" if attempt.succeeded else "given_up" if delivery.status == "given_up" else "failed"
    world.context.after_commit(partial(world.context.attempted, outcome))
    if not parcel.event.get("test"):  # the coverage counts what the code under test was sent
        is_delivered = delivery.status == "delivered"
        world.happened(f"delivered {parcel.event['event']}" if is_delivered else "delivery failed")
    return delivery


def to_inbox(world: World, url: str, inbox: str) -> None:
    """Deliver everything that is due to `url`, an inbox of this server, at once and without a connection: the server
    may not be able to reach its own address. So an event is there before the call that caused it is answered."""
    while (parcel := take(world, world.outbox, url)) is not None:
        sent = exchange(real_milliseconds(), headers(parcel.webhook, parcel.body), None)._replace(response=_STORED)
        fields = [(name.encode(), value.encode()) for name, value in sent.request.items()]
        receive_own(world, inbox, fields, parcel.body, parcel.webhook)
        settle(world, world.outbox, parcel, Attempt(world.clock.now(), 204, None, 0.0, sent))


def tell_given_up(world: str) -> None:
    """Log that an event of the world of this name was given up."""
    logger.warning("World %s: an event was given up; GET /_mock/events says why.", masked(world))
