"""Delivers events in the background: one after the other to the same URL of a world, in parallel to different URLs."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from postfuze_mock.domain.keys import masked
from postfuze_mock.webhooks import handover
from postfuze_mock.webhooks.sender import Sender
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.webhooks.outbox import Outbox
from postfuze_mock.worlds.world import World

MAX_PARALLEL: Final = 100
"""How many attempts run at the same time, in all worlds."""
_MAX_PAUSE: Final = 3600.0  # seconds until an alarm is computed again
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
                handover.to_inbox(world, url, inbox)
            elif (world.outbox, url) not in self._tasks:
                self._start_delivering(world, url)
        self._set_alarm(world, now)

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
                parcel = handover.take(world, outbox, url)
                if parcel is None:
                    return
                attempt = await self.sender.attempt(parcel.webhook, parcel.body, parcel.at)
                if handover.settle(world, outbox, parcel, attempt).status == "given_up":
                    handover.tell_given_up(world.name)
