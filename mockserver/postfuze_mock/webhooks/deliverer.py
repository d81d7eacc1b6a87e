"""Delivers events in the background: one after the other to the same URL of a world, in parallel to different URLs."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Final

from postfuze_mock.domain.clock import real_milliseconds
from postfuze_mock.domain.keys import masked
from postfuze_mock.domain.webhooks import Attempt, Delivery, Webhook
from postfuze_mock.webhooks.sender import Sender, exchange, headers
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.webhooks import events
from postfuze_mock.worlds.webhooks.outbox import Outbox
from postfuze_mock.worlds.webhooks.receipt import receive
from postfuze_mock.worlds.world import World

MAX_PARALLEL: Final = 100
"""How many attempts run at the same time, in all worlds."""
_MAX_PAUSE: Final = 3600.0  # seconds until an alarm is computed again
#: What an inbox of this server answers.
_STORED: Final[dict[str, Any]] = {"headers": {}, "body": ""}
logger = logging.getLogger(__name__)


class Deliverer:
    """A service (`http/server/lifespan.py`). A signal says that something may be due in a world; an alarm wakes the
    deliverer for what is due later by a running clock. A frozen clock needs no alarm, because moving it sends the
    signal."""

    def __init__(self, worlds: Worlds, sender: Sender | None = None, parallel: int = MAX_PARALLEL) -> None:
        self.worlds = worlds
        self.sender = sender or Sender(worlds.context.webhook_allow)
        self._slots = asyncio.Semaphore(parallel)
        self._outboxes: dict[str, Outbox] = {}
        self._tasks: dict[tuple[Outbox, str], asyncio.Task[None]] = {}
        self._alarms: dict[str, asyncio.TimerHandle] = {}

    async def start(self) -> None:
        """Start to deliver what is due."""
        self._loop = asyncio.get_running_loop()
        self.worlds.context.due.listen(self._check)
        for world in self.worlds:
            self._check(world.name)

    async def stop(self) -> None:
        """Cancel the attempts in progress: their deliveries are due again when the world is restored."""
        self.worlds.context.due.listen(None)
        for alarm in self._alarms.values():
            alarm.cancel()
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _check(self, name: str) -> None:
        world = self.worlds.existing(name)
        if world is None:
            return
        self._cancel_replaced(world)
        now = world.clock.now()
        for url in world.outbox.urls():
            due_at = world.outbox.due_at(url)
            if due_at is None or due_at > now:
                continue
            inbox = self.worlds.context.inboxes.own(url)
            if inbox is not None:
                self._hand_over(world, url, inbox)
            elif (world.outbox, url) not in self._tasks:
                self._start_delivering(world, url)
        self._set_alarm(world, now)

    def _hand_over(self, world: World, url: str, inbox: str) -> None:
        """Deliver everything that is due to an inbox of this server, at once and without a connection: the server may
        not be able to reach its own address. So an event is there before the call that caused it is answered."""
        while (delivery := world.outbox.take(url, world.clock.now())) is not None:
            content = _content(world, delivery)
            if content is not None:
                webhook, event = content
                body = events.body(event)
                sent = exchange(real_milliseconds(), headers(webhook, body), None)._replace(response=_STORED)
                fields = [(name.encode(), value.encode()) for name, value in sent.request.items()]
                receive(self.worlds, inbox, fields, body, sender=world.name)
                _settle(world, world.outbox, delivery, event, Attempt(world.clock.now(), 204, None, 0.0, sent))

    def _start_delivering(self, world: World, url: str) -> None:
        queue = (world.outbox, url)
        self._outboxes[world.name] = world.outbox
        self._tasks[queue] = self._loop.create_task(self._deliver(world, *queue))
        self._tasks[queue].add_done_callback(lambda task: self._on_end(world, queue, task))

    def _on_end(self, world: World, queue: tuple[Outbox, str], task: asyncio.Task[None]) -> None:
        del self._tasks[queue]
        if task.cancelled():
            return
        if task.exception() is not None:
            logger.error(
                "The mock failed to deliver an event of world %s.", masked(world.name), exc_info=task.exception()
            )
        self._check(world.name)

    def _cancel_replaced(self, world: World) -> None:
        """Cancel the deliveries of an outbox that a reset has replaced."""
        before = self._outboxes.get(world.name)
        if before is not None and before is not world.outbox:
            del self._outboxes[world.name]
            for (outbox, _), task in self._tasks.items():
                if outbox is before:
                    task.cancel()

    def _set_alarm(self, world: World, now: int) -> None:
        alarm = self._alarms.pop(world.name, None)
        if alarm is not None:
            alarm.cancel()
        later = [due for due in map(world.outbox.due_at, world.outbox.urls()) if due is not None and due > now]
        if later and not world.clock.frozen:
            pause = min((min(later) - now) / 1000, _MAX_PAUSE)
            self._alarms[world.name] = self._loop.call_later(pause, self._check, world.name)

    async def _deliver(self, world: World, outbox: Outbox, url: str) -> None:
        """Deliver everything that is due to `url`, in order."""
        while True:
            async with self._slots:
                delivery = outbox.take(url, world.clock.now())
                if delivery is None:
                    return
                await self._attempt(world, outbox, delivery)

    async def _attempt(self, world: World, outbox: Outbox, delivery: Delivery) -> None:
        content = _content(world, delivery)
        if content is not None:
            webhook, event = content
            attempt = await self.sender.attempt(webhook, events.body(event), world.clock.now())
            _settle(world, outbox, delivery, event, attempt)


def _content(world: World, delivery: Delivery) -> tuple[Webhook, dict[str, Any]] | None:
    """The webhook that `delivery` goes to, and its event. If one of them is gone, it is given up."""
    webhook = next((each for each in world.webhooks if each.url == delivery.url), None)
    event = world.store.logged("events", delivery.event_id)
    if webhook is None or event is None:
        delivery.give_up()
        return None
    return webhook, event


def _settle(world: World, outbox: Outbox, delivery: Delivery, event: dict[str, Any], attempt: Attempt) -> None:
    outbox.settle(delivery, attempt, world.clock.now())
    world.context.attempted("failed" if delivery.status == "pending" else delivery.status)
    if not event.get("test"):  # the coverage counts what the code under test was sent
        world.happened(f"delivered {event['event']}" if delivery.status == "delivered" else "delivery failed")
    if delivery.status == "given_up":
        logger.warning("World %s: an event was given up; GET /_mock/events says why.", masked(world.name))
