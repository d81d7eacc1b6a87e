"""Steps of a call that use its world: as they are, or in transactions of an engine that processes share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from postfuze_mock.http.call import Call
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.world import World

T = TypeVar("T")


class Outdated(Exception):
    """Another process has changed the world since this one saw it, so the call must begin anew."""


class Transactions:
    """`are_needed` says whether the engine of `worlds` is shared. Where it is not, stages take their steps without
    this, because each coroutine costs time."""

    def __init__(self, worlds: Worlds) -> None:
        self.worlds = worlds
        self.are_needed = worlds.engine.is_shared

    async def all_recorded(self) -> None:
        """Return when what all processes have recorded of calls up to now is stored. Raises as `run`."""
        if self.worlds.context.recorder is not None:
            await self.worlds.context.recorder.complete()

    def foresee(self, call: Call, name: str) -> World | None:
        """The world `name` from memory, for stages that only look at it. The first transaction of `call` compares it
        with what is stored: that saves one transaction a call."""
        world = self.worlds.remembered(name)
        call.seen = None if world is None else world.store.revision()
        return world

    async def run(self, call: Call, step: Callable[[], T], *, write: bool = False) -> T:
        """Take `step` in a transaction, with `call.world` as it is now; `write` as for `Engine.run`. Raises what `step`
        raises, a 503 problem if the engine is away, and Outdated if the call did not foresee the world as it is."""
        seen, call.seen = call.seen, None  # before it, because work may be done several times

        def work() -> T:
            if call.world is not None:
                call.world = world = self.worlds.use(call.world.name)
                if seen not in (None, world.store.revision()):
                    raise Outdated
            return step()

        return await self.worlds.engine.run(work, write=write)
