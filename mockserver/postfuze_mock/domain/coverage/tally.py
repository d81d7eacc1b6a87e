"""Finds out which items calls show. It works on many calls at once, because most of them show nothing new."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, NamedTuple

from postfuze_mock.domain.coverage.answers import Answer
from postfuze_mock.domain.coverage.conditions import BODY, WORLD, Condition, Head, Test, head
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
        batches = _batches(calls, heads)
        for each, batch in batches.items():
            for item in list(self._single.get(each[0] or "", ())):
                if item.when[0].admits(each):
                    self._judge(item, each, batch)
        for sequence in list(self._sequences):
            if sequence.follow(calls, batches):
                self._sequences.remove(sequence)
                self.met[sequence.item.id] = False

    def _judge(self, item: Item, head: Head, batch: _Batch) -> None:
        """Note that `item` was met, if a call of the batch shows it. An item that only a fault showed stays open."""
        condition = item.when[0]
        if not batch.shows(condition) or not self._in_enough_worlds(item, batch):
            return
        _, _, rule, fault = head
        by_fault = fault is not None or rule == PREFERRED
        self.met[item.id] = by_fault and self.met.get(item.id, True)
        if not by_fault:
            for items in self._single.values():
                if item in items:
                    items.remove(item)

    def _in_enough_worlds(self, item: Item, batch: _Batch) -> bool:
        condition = item.when[0]
        if condition.organizations == 1:
            return True
        worlds = self._worlds[item.id]
        if len(worlds) < condition.organizations:
            worlds |= set(sorted(batch.worlds(condition))[: condition.organizations])
        return len(worlds) >= condition.organizations


_WORLD_AND_OPERATION: Final = itemgetter(WORLD, 0)


class _Batch:
    """Calls with the same head."""

    def __init__(self, calls: Sequence[Fields]) -> None:
        self._calls = calls
        self._values: dict[int, Iterable[Any]] = {}
        self._bodies: bytes | None = None

    def shows(self, condition: Condition) -> bool:
        """Whether one of the calls, whose head the condition admits, shows it."""
        batch: _Batch | None = self
        *others, last = condition.tests or (None,)
        for each in others:
            batch = batch and batch._passing(*each)
        return batch is not None and (last is None or batch._passes(*last))

    def worlds(self, condition: Condition) -> set[str]:
        """The worlds of the calls that show it."""
        batch: _Batch | None = self
        for each in condition.tests:
            batch = batch and batch._passing(*each)
        return set() if batch is None else {call[WORLD] for call in batch._calls} - {None}

    def _passes(self, field: int, test: Test) -> bool:
        """Whether one of the calls passes the test of this field."""
        return self._mentions(test) and any(map(test, self._different(field)))

    def _passing(self, field: int, test: Test) -> _Batch | None:
        """The calls that pass the test of this field, if any. It judges only different values."""
        values = list(filter(test, self._different(field))) if self._mentions(test) else []
        keys = set(map(id, values)) if field == BODY else set(values)
        calls = [call for call in self._calls if (id(call[field]) if field == BODY else call[field]) in keys]
        return _Batch(calls) if calls else None

    def _mentions(self, test: Test) -> bool:
        """Whether the texts that a test of bodies looks for are in some body. One search in all bodies takes a tenth of
        a search in each."""
        if not isinstance(test, Answer):
            return True
        if self._bodies is None:
            self._bodies = b"\n".join(self._different(BODY))
        return all(self._bodies.rfind(text) >= 0 for text in test.texts)

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

    def follow(self, calls: Sequence[Fields], batches: Mapping[Head, _Batch]) -> bool:
        """Follow `calls`, which `batches` has by their heads; whether they complete the sequence. Most calls take no
        step, so it looks at each call only if some call does."""
        if not any(self._is_taken(step, calls, batches) for step in {0, *self._reached.values()}):
            return False
        return any(self._completes(call) for call in calls)

    def _is_taken(self, step: int, calls: Sequence[Fields], batches: Mapping[Head, _Batch]) -> bool:
        """Whether some call takes this step. Nobody takes the first one again."""
        condition = self.item.when[step]
        admitted = [batch for head, batch in batches.items() if condition.admits(head)]
        if not admitted or (step == 0 and self._reached.keys() >= self._keys(calls)):
            return False
        return any(batch.shows(condition) for batch in admitted)

    def _keys(self, calls: Sequence[Fields]) -> set[tuple[str | None, str | None]]:
        """Where the calls of a sequence are counted together: by world, and by operation where that is the same."""
        pairs = set(map(_WORLD_AND_OPERATION, calls))
        return pairs if self.item.same_operation else {(world, None) for world, _ in pairs}

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
