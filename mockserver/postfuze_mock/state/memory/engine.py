"""The engine in the memory of this process: a store of its own for each world."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from postfuze_mock.state.memory.store import MemoryStore

T = TypeVar("T")


class MemoryEngine:
    """An `Engine` that serves one thread: a transaction is a call, because nothing else runs during it."""

    name = MemoryStore.name
    is_shared = False
    new_store = MemoryStore
    pool = None

    async def run(self, work: Callable[[], T], *, write: bool = False) -> T:  # noqa: ARG002 - all may write
        """As `Engine.run`."""
        return work()

    def close(self) -> None:
        """There is nothing to close."""

    def after_commit(self, function: Callable[[], None]) -> None:
        """Call `function` at once."""
        function()

    def latency(self) -> None:
        """As `Engine.latency`."""
