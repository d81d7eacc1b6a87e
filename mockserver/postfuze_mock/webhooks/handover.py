"""What delivering means for a world: which webhook and event a delivery is of, and what an attempt changes."""

from __future__ import annotations

import logging
from typing import Any, NamedTuple

from postfuze_mock.domain.keys import masked
from postfuze_mock.domain.webhooks import Attempt, Delivery, Webhook, body_of
from postfuze_mock.worlds.webhooks import posting
from postfuze_mock.worlds.webhooks.outbox import Outbox
from postfuze_mock.worlds.world import World

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
        return body_of(self.event)


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
    posting.tell(world, parcel.event, delivery, attempt)
    return delivery


def to_inbox(world: World, url: str, inbox: str) -> None:
    """Deliver everything that is due to `url`, an inbox of this server, at once."""
    while (parcel := take(world, world.outbox, url)) is not None:
        settle(world, world.outbox, parcel, posting.post(world, inbox, parcel.webhook, parcel.event))


def tell_given_up(world: str) -> None:
    """Log that an event of the world of this name was given up."""
    logger.warning("World %s: an event was given up; GET /_mock/events says why.", masked(world))
