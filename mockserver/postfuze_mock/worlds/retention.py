"""What stays in memory of worlds: their accounts, only those that were changed, or only when they started."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Final

#: How many worlds that were used once keep their accounts in memory, and how many that were used again.
MAX_USED_ONCE: Final = 100
MAX_USED_AGAIN: Final = 1000
#: How many starts of worlds are remembered, at least half of it the latest ones.
MAX_STARTS: Final = 1_000_000


class Residents:
    """The worlds whose generated accounts are in memory, in two queues (the algorithm 2Q, with second chances). What
    has changed of them stays with its world.

    A world that was used by one call leaves after `MAX_USED_ONCE` others. One that was used again leaves if it was not
    used during a whole round of the second queue. `was_used` says whether a world was used since the last question, and
    `unload` frees its accounts.
    """

    def __init__(self, was_used: Callable[[str], bool], unload: Callable[[str], None]) -> None:
        self._was_used = was_used
        self._unload = unload
        self._once: OrderedDict[str, None] = OrderedDict()
        self._again: OrderedDict[str, None] = OrderedDict()

    def add(self, name: str) -> None:
        """Add a world whose accounts are being loaded; a reset may have freed them before."""
        if name in self._once or name in self._again:
            return
        (self._again if self._was_used(name) else self._once)[name] = None
        if len(self._once) > MAX_USED_ONCE:
            self._judge(self._once.popitem(last=False)[0])
        while len(self._again) > MAX_USED_AGAIN:
            self._judge(self._again.popitem(last=False)[0])

    def _judge(self, name: str) -> None:
        if self._was_used(name):
            self._again[name] = None
        else:
            self._unload(name)


class Starts:
    """When dropped worlds had started, in ms, and how far their clocks are ahead of real time: all that it takes to
    build them again as they were. Of more than `MAX_STARTS` worlds, the half that was dropped first is forgotten, and
    `forget` is called with each of their names."""

    def __init__(self, forget: Callable[[str], None]) -> None:
        self._forget = forget
        self._newer: dict[str, int | tuple[int, int]] = {}
        self._older: dict[str, int | tuple[int, int]] = {}

    def __len__(self) -> int:
        return len(self._newer) + len(self._older)

    def add(self, name: str, start: int, ahead: int | None) -> None:
        """Remember a world that is dropped."""
        if len(self._newer) >= MAX_STARTS // 2:
            for forgotten in self._older:
                self._forget(forgotten)
            self._older, self._newer = self._newer, {}
        self._newer[name] = (start, ahead) if ahead else start  # a million tuples would take 60 MB

    def pop(self, name: str) -> tuple[int, int] | None:
        """The start and the lead of the clock, if the world was dropped. They are remembered no longer."""
        value = self._newer.pop(name, None)
        if value is None:
            value = self._older.pop(name, None)
        return (value, 0) if isinstance(value, int) else value
