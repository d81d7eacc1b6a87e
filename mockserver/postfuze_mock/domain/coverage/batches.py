"""Calls with the same head, which are judged together: most of them show nothing new."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from postfuze_mock.domain.coverage.answers import Answer
from postfuze_mock.domain.coverage.conditions import BODY, WORLD, Condition, Fields, Head, Test, head


class Batch:
    """`calls` with the same head."""

    def __init__(self, calls: Sequence[Fields]) -> None:
        self.calls = calls
        self._values: dict[int, Iterable[Any]] = {}

    def __len__(self) -> int:
        return len(self.calls)

    def shows(self, condition: Condition) -> bool:
        """Whether one of the calls, whose head the condition admits, shows it."""
        if not condition.tests:
            return True
        *others, last = condition.tests
        batch = self._passing(others)
        return batch is not None and batch._passes(*last)

    def worlds(self, condition: Condition) -> set[str]:
        """The worlds of the calls that show it."""
        batch = self._passing(condition.tests)
        return set() if batch is None else set(batch._columns[WORLD]) - {None}

    @cached_property
    def _columns(self) -> tuple[tuple[Any, ...], ...]:
        """The values of each field. With them, no loop over the calls is in Python."""
        return tuple(zip(*self.calls, strict=True))

    @cached_property
    def _bodies(self) -> bytes:
        return b"\n".join(self._different(BODY))

    def _passing(self, tests: Iterable[tuple[int, Test]]) -> Batch | None:
        """The calls that pass all of the tests, if any."""
        batch = self
        for field, test in tests:
            if not batch._passes(field, test):
                return None
            passing = set(map(id, filter(test, {id(call[field]): call[field] for call in batch.calls}.values())))
            batch = Batch([call for call in batch.calls if id(call[field]) in passing])
        return batch

    def _passes(self, field: int, test: Test) -> bool:
        """Whether one of the calls passes the test of this field. One search in all bodies takes a tenth of a search
        in each."""
        if isinstance(test, Answer) and not all(self._bodies.rfind(text) >= 0 for text in test.texts):
            return False
        return any(map(test, self._different(field)))

    def _different(self, field: int) -> Iterable[Any]:
        """The different values of a field. Of bodies, which are long, the different objects: that of an account is the
        same in each answer."""
        if field not in self._values:
            column = self._columns[field]
            if field == BODY:
                self._values[field] = dict(zip(map(id, column), column, strict=True)).values()
            else:
                self._values[field] = set(column)
        return self._values[field]


def batches(calls: Sequence[Fields]) -> Mapping[Head, Batch]:
    """`calls` by their heads."""
    heads = set(map(head, calls))
    if len(heads) == 1:
        return {heads.pop(): Batch(calls)}
    groups: dict[Head, list[Fields]] = defaultdict(list)
    for call in calls:
        groups[head(call)].append(call)
    return {each: Batch(group) for each, group in groups.items()}
