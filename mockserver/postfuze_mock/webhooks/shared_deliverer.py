"""Delivers events that several processes share: each claims the queues that it delivers, for a while."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import count
from time import monotonic
from typing import Final, NamedTuple, TypeVar
from uuid import uuid4

from postfuze_mock.domain.clock import real_milliseconds
from postfuze_mock.domain.keys import masked
from postfuze_mock.domain.webhooks import Attempt
from postfuze_mock.problems import Problem
from postfuze_mock.state.deliveries import Claim, Claims
from postfuze_mock.webhooks import handover
from postfuze_mock.webhooks.deliverer import MAX_PARALLEL
from postfuze_mock.webhooks.handover import Parcel
from postfuze_mock.webhooks.sender import Sender
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.webhooks.shared_outbox import SharedOutbox
from postfuze_mock.worlds.world import World

T = TypeVar("T")

#: Seconds that a claim holds: longer than an attempt takes, so that it need not be renewed while the process is busy.
#: So long waits what a process had claimed that was killed.
LEASE: Final = 15.0
#: Not that of the module, which belongs to whoever runs the server in a process of theirs.
_JITTER: Final = random.Random()
#: Seconds until a process looks again what is due, or whether its claims still hold.
_PAUSES: Final = (0.05, 0.15)
logger = logging.getLogger(__name__)


class _Done(NamedTuple):
    """A parcel, and how the attempt to deliver it went."""

    parcel: Parcel
    attempt: Attempt


class SharedDeliverer:
    """A service (`http/server/lifespan.py`). It looks again and again what is due in all worlds, and at once when this
    process signals so. From the start on, what is due in an inbox of this server is delivered in the transaction that
    signals it."""

    def __init__(self, worlds: Worlds, claims: Claims) -> None:
        self.worlds = worlds
        self.claims = claims
        self.sender = Sender(worlds.context.webhook_allow)
        self.owner = uuid4().hex
        self._numbers = count(1)
        self._tasks: dict[Claim, asyncio.Task[None]] = {}
        self._renewed_at = 0.0
        self._wake = asyncio.Event()
        self._main: asyncio.Task[None] | None = None
        self._is_stopping = False
        worlds.context.due.listen(self._on_due)

    async def start(self) -> None:
        """Start to deliver what is due."""
        self._main = asyncio.create_task(self._look_again_and_again())

    async def stop(self) -> None:
        """Cancel the attempts in progress, and let other processes have them."""
        if self._main is None:
            return
        self._is_stopping = True
        self._wake.set()
        await self._main  # not cancelled: a worker thread would go on, and claim more
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with suppress(Problem):  # without the engine, they have them when the claims end
            await self._run(lambda: self.claims.release_all(self.owner), write=True)

    def _on_due(self, name: str) -> None:
        """Deliver to inboxes, and plan the rest, in the transaction of the call that signals this."""
        world = self.worlds.named(name)
        if world is not None:
            self._hand_over(world)
            world.outbox.schedule(world.clock)
            self.worlds.engine.after_commit(self._wake.set)

    def _hand_over(self, world: World) -> None:
        for webhook in world.webhooks:
            inbox = self.worlds.context.inboxes.own(webhook.url)
            queues = _outbox(world).queues
            if inbox is not None and queues.is_open(webhook.url) and not queues.is_claimed(webhook.url):
                handover.to_inbox(world, webhook.url, inbox)
                queues.close_empty()

    async def _look_again_and_again(self) -> None:
        while not self._is_stopping:
            self._wake.clear()
            try:
                await self._look()
            except Problem as problem:
                logger.debug("No delivery: %s", problem)
            except Exception:
                logger.exception("The mock failed to look for deliveries.")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), _JITTER.uniform(*_PAUSES))

    async def _look(self) -> None:
        if self._tasks:
            await self._check_claims()
        if len(self._tasks) < MAX_PARALLEL:
            for claim in await self._run(self._claim):
                self._tasks[claim] = asyncio.create_task(self._deliver(claim))
                self._tasks[claim].add_done_callback(partial(self._on_end, claim))

    def _claim(self) -> list[Claim]:
        now, free = real_milliseconds(), MAX_PARALLEL - len(self._tasks)
        return self.claims.claim(self.owner, next(self._numbers), now, self._until(), free)

    async def _check_claims(self) -> None:
        """Renew the claims in time, and cancel the attempts of those that ended, because a world was reset."""
        if monotonic() - self._renewed_at > LEASE / 3:
            await self._run(lambda: self.claims.renew(self.owner, self._until()), write=True)
            self._renewed_at = monotonic()
        mine = dict(self._tasks)
        held = await self._run(lambda: self.claims.held(self.owner))
        for claim in mine.keys() - held:
            mine[claim].cancel()

    async def _deliver(self, claim: Claim) -> None:
        """Deliver everything that is due in a queue, in order."""
        done = None
        while (parcel := await self._next(claim, done)) is not None:
            done = _Done(parcel, await self.sender.attempt(parcel.webhook, parcel.body, parcel.at))

    async def _next(self, claim: Claim, done: _Done | None) -> Parcel | None:
        """What to deliver after `done`, if anything. It is asked until the engine answers: what was sent must not be
        sent again."""
        while True:
            with suppress(Problem):
                return await self._run(partial(self._step, claim, done), write=True)
            await asyncio.sleep(_PAUSES[1])

    def _step(self, claim: Claim, done: _Done | None) -> Parcel | None:
        """Record what is `done`, and take the next parcel. None if there is none, or if the claim has ended."""
        world = self.worlds.named(claim.world)
        if world is None:
            return None
        queues = _outbox(world).queues
        holds, event_id = queues.under_way(claim)
        if not holds:
            return None
        if done is None or done.parcel.delivery.event_id != event_id:  # recorded before, but the answer was lost
            queues.take_over(claim)
        elif handover.settle(world, world.outbox, *done).status == "given_up":
            self.worlds.engine.after_commit(partial(handover.tell_given_up, world.name))
        inbox = self.worlds.context.inboxes.own(claim.url)
        if inbox is not None:
            handover.to_inbox(world, claim.url, inbox)
        parcel = handover.take(world, world.outbox, claim.url)
        if parcel is None:
            queues.release(claim)
            world.outbox.schedule(world.clock)
        else:
            queues.note_taken(claim, parcel.delivery.event_id, self._until())
        return parcel

    def _on_end(self, claim: Claim, task: asyncio.Task[None]) -> None:
        del self._tasks[claim]
        self._wake.set()
        if not task.cancelled() and task.exception() is not None:
            logger.error(
                "The mock failed to deliver an event of world %s.", masked(claim.world), exc_info=task.exception()
            )

    @staticmethod
    def _until() -> int:
        return real_milliseconds() + round(LEASE * 1000)

    async def _run(self, work: Callable[[], T], *, write: bool = False) -> T:
        return await self.worlds.engine.run(work, write=write)


def _outbox(world: World) -> SharedOutbox:
    assert isinstance(world.outbox, SharedOutbox)
    return world.outbox
