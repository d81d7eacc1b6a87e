"""What one of several processes sees of the items: each sees some of the calls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from postfuze_mock.domain.coverage.batches import Batch, batches
from postfuze_mock.domain.coverage.conditions import FINISHED, WORLD, Condition, Fields, Head
from postfuze_mock.domain.coverage.items import Item
from postfuze_mock.domain.coverage.singles import Singles
from postfuze_mock.domain.coverage.sums import Sum
from postfuze_mock.domain.coverage.tally import counted


class Observer:
    """Observes calls. `seen` is what it has seen since it was taken last; each call must be in it, also those that come
    before or after calls of other processes. Only what is known to be met is not looked at."""

    def __init__(self, items: Iterable[Item]) -> None:
        items = list(items)
        self.seen = Sum()
        self._singles = Singles(items)
        self._sequences = [item for item in items if len(item.when) > 1]

    def observe(self, calls: Sequence[Fields], real_time: int) -> None:
        """Observe `calls`, in the order of their responses; `real_time` is what their `finished` lacks (ns)."""
        by_head = batches(calls)
        for answers, count in counted(by_head):
            self.seen.answers[answers] += count
        self._singles.judge(by_head)
        for item in self._sequences:
            for step, condition in enumerate(item.when):
                for place, times in _taken(item, condition, by_head, real_time).items():
                    self.seen.note(item.id, len(item.when), step, place, times)

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


def _taken(item: Item, condition: Condition, by_head: Mapping[Head, Batch], real_time: int) -> dict[str, list[int]]:
    """When calls took the step of a sequence that `condition` describes, by place."""
    times: dict[str, list[int]] = {}
    for head, batch in by_head.items():
        if condition.admits(head):
            for call in batch.showing(condition):
                if call[WORLD] is not None:
                    place = f"{call[WORLD]} {head[0]}" if item.same_operation else call[WORLD]
                    times.setdefault(place, []).append(real_time + int(call[FINISHED] * 1e9))
    return times
