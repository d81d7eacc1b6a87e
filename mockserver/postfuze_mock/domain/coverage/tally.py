"""Counts calls, and finds out which items they show."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from postfuze_mock import spec
from postfuze_mock.domain.coverage.batches import Batch, batches
from postfuze_mock.domain.coverage.conditions import Fields, Head
from postfuze_mock.domain.coverage.items import Item
from postfuze_mock.domain.coverage.sequences import Progress

PREFERRED: Final = "faults.preferred"
_MAX_CANDIDATES: Final = 1000


class Answers(NamedTuple):
    """Answers of an operation with a status; None: the connection was dropped."""

    operation: str
    status: int | None


class Tally:
    """What was met of `items`. `answers` counts the calls of operations; `met` says for each item that was met
    whether only a fault showed it. Both are bounded, whatever is counted."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.answers: Counter[Answers] = Counter()
        self.met: dict[str, bool] = {}
        self._operations = frozenset(spec.operations())
        self._open = [item for item in items if len(item.when) == 1]
        self._sequences = [Progress(item) for item in items if len(item.when) > 1]
        self._worlds: dict[str, set[str]] = defaultdict(set)
        self._candidates: dict[Head, list[Item]] = {}

    def count(self, calls: Sequence[Fields]) -> None:
        """Count `calls`, in the order of their responses."""
        by_head = batches(calls)
        for head, batch in by_head.items():
            operation, status, _, _ = head
            if operation in self._operations:
                self.answers[Answers(operation, status)] += len(batch)
            for item in self._open_to(head):
                if batch.shows(item.when[0]) and self._in_enough_worlds(item, batch):
                    self._meet(item, head)
        for progress in list(self._sequences):
            if progress.follow(calls, by_head):
                self._sequences.remove(progress)
                self.met[progress.item.id] = False

    def _open_to(self, head: Head) -> list[Item]:
        """The open items that calls with this head may show."""
        if head not in self._candidates:
            if len(self._candidates) >= _MAX_CANDIDATES:  # each fault makes a head of its own
                self._candidates.clear()
            self._candidates[head] = [item for item in self._open if self._admits(item, head)]
        return self._candidates[head]

    def _admits(self, item: Item, head: Head) -> bool:
        """Whether a call with this head may show the item. One that is about all operations is not about what else
        happens."""
        condition = item.when[0]
        return condition.admits(head) and (bool(condition.operations) or head[0] in self._operations)

    def _meet(self, item: Item, head: Head) -> None:
        """Note that a call with this head showed the item. One that only a fault showed stays open."""
        _, _, rule, fault = head
        by_fault = fault is not None or rule == PREFERRED
        self.met[item.id] = by_fault and self.met.get(item.id, True)
        if not by_fault:
            self._open.remove(item)
            self._candidates = {}

    def _in_enough_worlds(self, item: Item, batch: Batch) -> bool:
        condition = item.when[0]
        if condition.organizations == 1:
            return True
        worlds = self._worlds[item.id]
        if len(worlds) < condition.organizations:
            worlds |= set(sorted(batch.worlds(condition))[: condition.organizations])
        return len(worlds) >= condition.organizations
