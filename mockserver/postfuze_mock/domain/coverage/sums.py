"""What several processes met together: sums that may be added up in any order."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any, Final

from postfuze_mock.domain.coverage.items import Item
from postfuze_mock.domain.coverage.sequences import MAX_FOLLOWED
from postfuze_mock.domain.coverage.tally import Answers

#: How many times of a step between the first and the last are remembered of each place.
_MAX_TIMES: Final = 10

#: When a step was taken (ns), by place: a world, or a world and an operation.
Times = dict[str, list[int]]


class Sum:
    """What was met: `answers` and `met` as in a `Tally`; `worlds` and `steps` have what, with that of other processes,
    shows other items: which worlds showed one, and when which step of a sequence was taken. All of it is bounded."""

    def __init__(self) -> None:
        self.answers: Counter[Answers] = Counter()
        self.met: dict[str, bool] = {}
        self.worlds: dict[str, set[str]] = defaultdict(set)
        self.steps: dict[str, list[Times]] = {}

    def __bool__(self) -> bool:
        return bool(self.answers or self.met or self.worlds or self.steps)

    def add(self, other: Sum) -> None:
        """Add what another process, or the same one at another time, met."""
        self.answers.update(other.answers)
        for id, by_fault in other.met.items():
            self.met[id] = by_fault and self.met.get(id, True)
        for id, worlds in other.worlds.items():
            self.worlds[id] |= worlds
        for id, steps in other.steps.items():
            for step, times in enumerate(steps):
                for place, each in times.items():
                    self.note(id, len(steps), step, place, each)

    def note(self, item: str, steps: int, step: int, place: str, times: list[int]) -> None:
        """Note that a step of the `steps` of an item was taken at a place. The earliest first and the latest last one
        decide whether the sequence was complete."""
        noted = self.steps.setdefault(item, [{} for _ in range(steps)])[step]
        times = sorted({*noted.get(place, ()), *times})
        noted[place] = times[:1] if step == 0 else times[-1:] if step == steps - 1 else times[-_MAX_TIMES:]
        if len(noted) > MAX_FOLLOWED:
            del noted[next(iter(noted))]

    def settle(self, items: Iterable[Item]) -> None:
        """Find out which of `items` are met by what was added, and forget what is needed no more."""
        for item in items:
            if item.id in self.worlds and len(self.worlds[item.id]) >= item.when[0].organizations:
                self.met.setdefault(item.id, False)
            if item.id in self.steps and _is_complete(self.steps[item.id]):
                self.met[item.id] = False
        for id in (id for id, by_fault in self.met.items() if not by_fault):
            self.worlds.pop(id, None)
            self.steps.pop(id, None)

    def document(self) -> dict[str, Any]:
        """This sum as JSON."""
        return {
            "answers": [[*answers, count] for answers, count in self.answers.items()],
            "met": self.met,
            "worlds": {id: sorted(worlds) for id, worlds in self.worlds.items()},
            "steps": self.steps,
        }

    @classmethod
    def of(cls, document: dict[str, Any]) -> Sum:
        """The sum of a document; `{}` is the empty one."""
        result = cls()
        result.answers.update({Answers(*answers): count for *answers, count in document.get("answers", ())})
        result.met.update(document.get("met", {}))
        result.worlds.update({id: set(worlds) for id, worlds in document.get("worlds", {}).items()})
        result.steps.update(document.get("steps", {}))
        return result


def _is_complete(steps: list[Times]) -> bool:
    return any(_goes_through(place, steps) for place in steps[0])


def _goes_through(place: str, steps: list[Times]) -> bool:
    """Whether all steps were taken at `place`, one after the other."""
    at = -1
    for times in steps:
        later = [time for time in times.get(place, ()) if time > at]
        if not later:
            return False
        at = later[0]
    return True
