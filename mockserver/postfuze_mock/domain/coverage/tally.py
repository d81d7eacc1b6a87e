"""Counts calls, and finds out which items they show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from postfuze_mock import spec
from postfuze_mock.domain.coverage.batches import Batch, batches
from postfuze_mock.domain.coverage.conditions import Fields, Head
from postfuze_mock.domain.coverage.items import Item
from postfuze_mock.domain.coverage.sequences import Progress
from postfuze_mock.domain.coverage.singles import Singles


class Answers(NamedTuple):
    """Answers of an operation with a status; None: the connection was dropped."""

    operation: str
    status: int | None


class Tally:
    """What was met of `items`. `answers` counts the calls of operations; `met` says for each item that was met
    whether only a fault showed it. Both are bounded, whatever is counted."""

    def __init__(self, items: Iterable[Item]) -> None:
        items = list(items)
        self.answers: Counter[Answers] = Counter()
        self._singles = Singles(items)
        self.met = self._singles.met
        self._sequences = [Progress(item) for item in items if len(item.when) > 1]

    def count(self, calls: Sequence[Fields]) -> None:
        """Count `calls`, in the order of their responses."""
        by_head = batches(calls)
        for answers, count in counted(by_head):
            self.answers[answers] += count
        self._singles.judge(by_head)
        for progress in list(self._sequences):
            if progress.follow(calls, by_head):
                self._sequences.remove(progress)
                self.met[progress.item.id] = False


def counted(by_head: Mapping[Head, Batch]) -> Iterator[tuple[Answers, int]]:
    """How many calls of operations were answered how; answers may repeat."""
    operations = spec.operations()
    for (operation, status, _, _), batch in by_head.items():
        if operation in operations:
            yield Answers(operation, status), len(batch)
