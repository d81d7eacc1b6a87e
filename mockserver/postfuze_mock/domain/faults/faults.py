"""Scripted faults: which call of an operation fails, and how, decided by the world's seed alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from postfuze_fixtures.identity import number
from postfuze_mock.domain.faults import effects, presets
from postfuze_mock.domain.faults.effects import Effect
from postfuze_mock.problems import Problem, refused

ANY: Final = "*"
#: How many faults a world can have; control/openapi.yaml has the same for saved ones.
MOST: Final = 100
_CHANCES: Final = 1 << 128  # what `number` is below


@dataclass(slots=True)
class Fault:
    """A fault as it was set: the first `after` calls of `operation` pass, of those that follow at most `times` (None:
    any number) are hit, each with `probability`. `calls` counts the calls of its operation since then, `hits` those
    that it hit, `missed` those whose answer had nothing to corrupt."""

    id: str
    operation: str
    preset: str | None
    effect: Effect
    times: int | None
    after: int
    probability: float
    calls: int = 0
    hits: int = 0
    missed: int = 0

    @property
    def left(self) -> int | None:
        """How many calls it can still hit; None: any number."""
        return None if self.times is None else max(self.times - self.hits, 0)

    def concerns(self, operation: str) -> bool:
        """Whether a call of `operation` counts."""
        if self.preset is not None and operation not in presets.PRESETS[self.preset].operations:
            return False
        return self.operation in (operation, ANY)

    def strikes(self, seed: int) -> bool:
        """Whether it hits the call that was counted last."""
        if self.calls <= self.after or self.left == 0:
            return False
        return self.probability >= 1 or self._draw(seed, "probability") < self.probability * _CHANCES

    def delay(self, seed: int) -> int:
        """How many milliseconds the answer of the call that was counted last is late."""
        return effects.delay(self.effect, self._draw(seed, "delay"))

    def _draw(self, seed: int, what: str) -> int:
        # By the fault's id and not by the world's name: a state that is restored elsewhere goes on as here.
        return number(seed, self.id, f"fault {what}", self.calls)

    def shown(self) -> dict[str, Any]:
        """The fault as the levers show it."""
        return {
            "id": self.id,
            "operation": self.operation,
            "preset": self.preset,
            "effect": self.effect,
            "times": self.times,
            "after": self.after,
            "probability": self.probability,
            "calls": self.calls,
            "hits": self.hits,
            "left": self.left,
            "missed": self.missed,
        }


class Hit(NamedTuple):
    """A call that a fault hits: its answer is `delay_ms` late, and more as `fault.effect` says."""

    fault: Fault
    delay_ms: int

    def miss(self) -> None:
        """Take it back: the answer had nothing to corrupt."""
        self.fault.hits -= 1
        self.fault.missed += 1


def fault(wanted: dict[str, Any], id: str, place: str = "") -> Fault:
    """The fault that `wanted` asks for: `operation`, `effect` or `preset`, and perhaps `times`, `after`, `probability`
    and counts. Raises a 400 problem, below the JSON pointer `place`, where its parts cannot go together."""
    preset, effect = wanted.get("preset"), wanted.get("effect")
    if preset is not None and effect is not None:
        raise refused(f"{place}/preset", "cannot go with an effect: a preset has its own; leave one of them out")
    if preset is not None:
        operation = _operation_of_preset(preset, wanted.get("operation", ANY), place)
        effect = presets.PRESETS[preset].effect
    elif effect is None:
        raise refused(f"{place}/effect", "is required where no preset is named")
    else:
        operation = _required_operation(wanted, place)
        effects.check(effect, f"{place}/effect")
    limits: dict[str, Any] = {"times": wanted.get("times"), "after": wanted.get("after", 0)}
    counts = {name: wanted.get(name, 0) for name in ("calls", "hits", "missed")}
    return Fault(id, operation, preset, effect, **limits, probability=wanted.get("probability", 1), **counts)


def _required_operation(wanted: dict[str, Any], place: str) -> str:
    if "operation" not in wanted:
        raise refused(f"{place}/operation", "is required beside an effect: an operationId, or * for every operation")
    operation: str = wanted["operation"]
    return operation


def _operation_of_preset(preset: str, operation: str, place: str) -> str:
    can_hit = presets.PRESETS[preset].operations
    if operation not in (ANY, *can_hit):
        message = f"must be * or one that the preset {preset} can hit: {', '.join(can_hit)}"
        raise refused(f"{place}/operation", message)
    return operation


class Faults:
    """The faults of a world, in the order in which they were set; the first that strikes hits the call."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.by_id: dict[str, Fault] = {}

    def __iter__(self) -> Iterator[Fault]:
        return iter(self.by_id.values())

    def refuse_more(self) -> None:
        """Raises a 409 problem where there are as many as there can be."""
        if len(self.by_id) >= MOST:
            detail = (
                f"This world has {MOST} faults already: DELETE /_mock/faults removes all of them, or one by its id."
            )
            raise Problem(409, detail, rule="faults.most", code="conflict")

    def add(self, fault: Fault) -> Fault:
        """Set `fault`, behind the others."""
        self.by_id[fault.id] = fault
        return fault

    def remove(self, id: str) -> None:
        """Remove the fault `id`. Raises a 404 problem where there is none."""
        if self.by_id.pop(id.lower(), None) is None:
            raise Problem(404, f"This world has no fault {id}.", rule="faults.unknown", code="not_found")

    def clear(self) -> None:
        """Remove all faults."""
        self.by_id.clear()

    def hit(self, operation: str) -> Hit | None:
        """Count a call of `operation`: what hits it, if anything. Each fault counts all calls of its operation, also
        those that another one hits."""
        if not self.by_id:
            return None
        striking = None
        for each in self.by_id.values():
            if each.concerns(operation):
                each.calls += 1
                if striking is None and each.strikes(self.seed):
                    striking = each
        if striking is None:
            return None
        striking.hits += 1
        return Hit(striking, striking.delay(self.seed))
