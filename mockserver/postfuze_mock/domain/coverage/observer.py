"""What one of several processes sees of the items: each sees some of the calls."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from operator import itemgetter
from typing import Final

from postfuze_mock.domain.coverage.batches import batches
from postfuze_mock.domain.coverage.conditions import FINISHED, WORLD, Fields
from postfuze_mock.domain.coverage.items import Item
from postfuze_mock.domain.coverage.sequences import MAX_FOLLOWED
from postfuze_mock.domain.coverage.singles import Singles
from postfuze_mock.domain.coverage.sums import Sum
from postfuze_mock.domain.coverage.tally import counted

_FINISHED: Final = itemgetter(FINISHED)


class Observer:
    """Observes calls. `seen` is what it has seen since it was taken last; each call must be in it, also those that come
    before or after calls of other processes. Only what is known to be met is not looked at."""

    def __init__(self, items: Iterable[Item]) -> None:
        items = list(items)
        self.seen = Sum()
        self._singles = Singles(items)
        self._sequences = [item for item in items if len(item.when) > 1]
        self._begun: dict[str, set[str]] = defaultdict(set)

    def observe(self, calls: Sequence[Fields], real_time: int) -> None:
        """Observe `calls`, in the order of their responses; `real_time` is what their `finished` lacks (ns)."""
        by_head = batches(calls)
        for answers, count in counted(by_head):
            self.seen.answers[answers] += count
        self._singles.judge(by_head)
        for item in self._sequences:
            for step, condition in enumerate(item.when):
                admitted = [batch.calls for head, batch in by_head.items() if condition.admits(head)]
                in_order = admitted[0] if len(admitted) == 1 else sorted(chain(*admitted), key=_FINISHED)
                self._follow(item, step, in_order, real_time)

    def take(self) -> Sum:
        """What was seen since the last time."""
        seen, self.seen = self.seen, Sum()
        seen.met.update(self._singles.met)
        seen.worlds.update({id: set(worlds) for id, worlds in self._singles.worlds.items()})
        self._singles.met.clear()
        self._singles.worlds.clear()
        return seen

    def know(self, met: Mapping[str, bool]) -> None:
        """Look no more for what was met without a fault."""
        ids = {id for id, by_fault in met.items() if not by_fault}
        self._singles.close(ids)
        self._sequences = [item for item in self._sequences if item.id not in ids]

    def _follow(self, item: Item, step: int, calls: Sequence[Fields], real_time: int) -> None:
        """Note where and when `calls` took a step of the sequence of `item`. Tests of long answers take long, so a call
        is tested only if it may matter: of the first step the earliest one does, and of the last the latest."""
        condition, last = item.when[step], len(item.when) - 1
        decided = self._begun[item.id] if step == 0 else set[str]()
        for call in reversed(calls) if step == last else calls:
            place = _place(item, call)
            if place is None or place in decided or not condition.holds(call):
                continue
            self.seen.note(item.id, last + 1, step, place, [real_time + int(call[FINISHED] * 1e9)])
            if step in (0, last):
                decided.add(place)
        if len(decided) > MAX_FOLLOWED:
            decided.clear()


def _place(item: Item, call: Fields) -> str | None:
    """Where a call may take a step of the item: its world, or its world and operation; None if it is in no world."""
    world: str | None = call[WORLD]
    return f"{world} {call[0]}" if item.same_operation and world is not None else world
