"""Finds out which items single calls show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from postfuze_mock import spec
from postfuze_mock.domain.coverage.batches import Batch
from postfuze_mock.domain.coverage.conditions import Head
from postfuze_mock.domain.coverage.items import Item

PREFERRED: Final = "faults.preferred"
_MAX_CANDIDATES: Final = 1000


class Singles:
    """What was met of those of `items` that one call shows. `met` says for each whether only a fault showed it;
    `worlds` says which worlds showed one that several organizations must show. Both are bounded, whatever is judged."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.met: dict[str, bool] = {}
        self.worlds: dict[str, set[str]] = defaultdict(set)
        self._operations = frozenset(spec.operations())
        self._open = [item for item in items if len(item.when) == 1]
        self._candidates: dict[Head, list[Item]] = {}

    def judge(self, by_head: Mapping[Head, Batch]) -> None:
        """Judge calls, which `by_head` has by their heads."""
        for head, batch in by_head.items():
            for item in self._open_to(head):
                if batch.shows(item.when[0]) and self._in_enough_worlds(item, batch):
                    self._meet(item, head)

    def close(self, ids: Iterable[str]) -> None:
        """Judge these items no more."""
        closed = frozenset(ids)
        if any(item.id in closed for item in self._open):
            self._open = [item for item in self._open if item.id not in closed]
            self._candidates = {}

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
            self.close([item.id])

    def _in_enough_worlds(self, item: Item, batch: Batch) -> bool:
        condition = item.when[0]
        if condition.organizations == 1:
            return True
        worlds = self.worlds[item.id]
        if len(worlds) < condition.organizations:
            worlds |= set(sorted(batch.worlds(condition))[: condition.organizations])
        return len(worlds) >= condition.organizations
