"""Items that several calls show, one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Final

from postfuze_mock.domain.coverage.batches import Batch
from postfuze_mock.domain.coverage.conditions import WORLD, Fields, Head
from postfuze_mock.domain.coverage.items import Item

#: How many unfinished sequences of an item are followed; the oldest are forgotten.
MAX_FOLLOWED: Final = 1000

_PLACE: Final = itemgetter(WORLD, 0)
_WORLD: Final = itemgetter(WORLD)


class Progress:
    """How far each world has come in the sequence of `item`."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self._place = _PLACE if item.same_operation else _WORLD
        self._reached: dict[object, int] = {}

    def follow(self, calls: Sequence[Fields], batches: Mapping[Head, Batch]) -> bool:
        """Follow `calls`, which `batches` has by their heads; whether they complete the sequence. Most calls take no
        step, so it looks at each call only if some call does."""
        if not any(self._is_taken(step, calls, batches) for step in {0, *self._reached.values()}):
            return False
        return any(self._completes(call) for call in calls)

    def _is_taken(self, step: int, calls: Sequence[Fields], batches: Mapping[Head, Batch]) -> bool:
        """Whether some call takes this step. Where the first was taken, it is not taken again."""
        condition = self.item.when[step]
        admitted = [batch for head, batch in batches.items() if condition.admits(head)]
        if not admitted or (step == 0 and self._reached.keys() >= set(map(self._place, calls))):
            return False
        return any(batch.shows(condition) for batch in admitted)

    def _completes(self, call: Fields) -> bool:
        if call[WORLD] is None:
            return False
        place = self._place(call)
        reached = self._reached.get(place, 0)
        if not self.item.when[reached].holds(call):
            return False
        self._reached[place] = reached + 1
        if len(self._reached) > MAX_FOLLOWED:
            del self._reached[next(iter(self._reached))]
        return reached + 1 == len(self.item.when)
