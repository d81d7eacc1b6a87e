"""Finds out which items calls show. It works on many calls at once, because most of them show nothing new."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from postfuze_mock.domain.coverage.conditions import BODY, WORLD, Condition, Head, head
from postfuze_mock.domain.coverage.items import Item

PREFERRED: Final = "faults.preferred"
#: How many unfinished sequences of an item are followed; the oldest are forgotten.
MAX_FOLLOWED: Final = 1000

#: The fields of a `Call`, without its names: a plain tuple takes half the time to make.
Fields = tuple[Any, ...]


class Answers(NamedTuple):
    """How many answers an operation gave with a status; None: the connection was dropped."""

    operation: str
    status: int | None


class Tally:
    """What was met of `items`. `answers` counts the calls of `operations`; `met` says for each item that was met
    whether only a fault showed it. Both are bounded by the items, whatever is counted."""

    def __init__(self, items: Iterable[Item], operations: Iterable[str]) -> None:
        self.answers: Counter[Answers] = Counter()
        self.met: dict[str, bool] = {}
        self._operations = frozenset(operations)
        self._single: dict[str, list[Item]] = defaultdict(list)
        self._sequences: list[_Sequence] = []
        self._worlds: dict[str, set[str]] = defaultdict(set)
        for item in items:
            self._open(item)

    def _open(self, item: Item) -> None:
        if len(item.when) > 1:
            self._sequences.append(_Sequence(item))
            return
        for name in item.when[0].operations or self._operations:
            self._single[name].append(item)

    def count(self, calls: Sequence[Fields]) -> None:
        """Count `calls`, in the order of their responses."""
        heads = Counter(map(head, calls))
        for (operation, status, *_), number in heads.items():
            if operation in self._operations:
                self.answers[Answers(operation, status)] += number
        batches: dict[Head, _Batch] = {}
        for each in heads:
            for item in list(self._single.get(each[0] or "", ())):
                if item.when[0].admits(each):
                    batches = batches or _batches(calls, heads)
                    self._judge(item, each, batches[each])
        for sequence in list(self._sequences):
            if sequence.follow(calls, heads):
                self._sequences.remove(sequence)
                self.met[sequence.item.id] = False

    def _judge(self, item: Item, head: Head, batch: _Batch) -> None:
        """Note that `item` was met, if a call of the batch shows it. An item that only a fault showed stays open."""
        condition = item.when[0]
        if not batch.shows(condition):
            return
        if condition.organizations > 1:
            worlds = self._worlds[item.id]
            worlds |= batch.worlds(condition, condition.organizations)
            if len(worlds) < condition.organizations:
                return
        _, _, rule, fault = head
        by_fault = fault is not None or rule == PREFERRED
        self.met[item.id] = by_fault and self.met.get(item.id, True)
        if not by_fault:
            for items in self._single.values():
                if item in items:
                    items.remove(item)


class _Batch:
    """Calls with the same head."""

    def __init__(self, calls: Sequence[Fields]) -> None:
        self._calls = calls
        self._values: dict[int, Iterable[Any]] = {}

    def shows(self, condition: Condition) -> bool:
        """Whether one of the calls, whose head the condition admits, shows it."""
        if not condition.tests:
            return True
        if len(condition.tests) == 1:
            field, test = condition.tests[0]
            return any(map(test, self._different(field)))
        return any(condition.holds(call) for call in self._calls)

    def worlds(self, condition: Condition, most: int) -> set[str]:
        """The names of at most so many worlds that show it."""
        names = {call[WORLD] for call in self._calls if call[WORLD] is not None and condition.holds(call)}
        return set(sorted(names)[:most])

    def _different(self, field: int) -> Iterable[Any]:
        """The different values of a field. Equal bodies are not searched for: that would take longer than to test
        them. The body of an account is the same object in each answer."""
        if field not in self._values:
            values = [call[field] for call in self._calls]
            self._values[field] = {id(value): value for value in values}.values() if field == BODY else set(values)
        return self._values[field]


def _batches(calls: Sequence[Fields], heads: Iterable[Head]) -> dict[Head, _Batch]:
    groups: dict[Head, list[Fields]] = {each: [] for each in heads}
    if len(groups) == 1:
        return {each: _Batch(calls) for each in groups}
    for call in calls:
        groups[head(call)].append(call)
    return {each: _Batch(group) for each, group in groups.items()}


class _Sequence:
    """An item that several calls show, in one world and in this order, and how far each world has come."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self._reached: dict[tuple[str, str | None], int] = {}

    def follow(self, calls: Sequence[Fields], heads: Iterable[Head]) -> bool:
        """Follow `calls`, which have these `heads`; whether they complete the sequence."""
        if not self._reached and not any(map(self.item.when[0].admits, heads)):
            return False
        return any(self._completes(call) for call in calls)

    def _completes(self, call: Fields) -> bool:
        operation, world = call[0], call[WORLD]
        if world is None:
            return False
        key = (world, operation if self.item.same_operation else None)
        reached = self._reached.get(key, 0)
        if not self.item.when[reached].holds(call):
            return False
        self._reached[key] = reached + 1
        if len(self._reached) > MAX_FOLLOWED:
            del self._reached[next(iter(self._reached))]
        return reached + 1 == len(self.item.when)
