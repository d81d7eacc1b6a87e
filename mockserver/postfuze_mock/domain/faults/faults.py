"""Scripted faults: which call of an operation fails, and how. Both follow from the world's seed alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from postfuze_fixtures.identity import number
from postfuze_mock.domain.faults import effects, presets
from postfuze_mock.domain.faults.effects import Effect
from postfuze_mock.problems import Problem, refused

ANY: Final = "*"
#: How many faults a world can have; control/openapi.yaml has the same number for saved ones.
MAX_FAULTS: Final = 100
_CHANCES: Final = 1 << 128  # `number` returns less


@dataclass(slots=True)
class Fault:
    """The first `after` calls of `operation` pass; of those that follow, at most `times` (None: any number) are hit,
    each with `probability`. `calls` counts the calls of its operation, `hits` those that it hit, `missed` those whose
    response had nothing to corrupt."""

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
    number: int = 0
    """It grows with each fault that its world gets."""

    @property
    def left(self) -> int | None:
        """How many more calls it can hit; None: any number."""
        return None if self.times is None else max(self.times - self.hits, 0)

    @property
    def title(self) -> str:
        """What it does, in a few words."""
        if self.preset is not None:
            return presets.PRESETS[self.preset].title
        return f"{effects.summary(self.effect)} at {'every operation' if self.operation == ANY else self.operation}"

    def concerns(self, operation: str) -> bool:
        """Whether a call of `operation` counts."""
        if self.preset is not None and operation not in presets.PRESETS[self.preset].operations:
            return False
        return self.operation in (operation, ANY)

    def applies(self, seed: int) -> bool:
        """Whether it hits the next call of its operation."""
        call = self.calls + 1
        if call <= self.after or self.left == 0:
            return False
        return self.probability >= 1 or self._draw(seed, "probability", call) < self.probability * _CHANCES

    def delay(self, seed: int) -> int:
        """How many milliseconds the response to the last counted call is delayed."""
        return effects.delay(self.effect, self._draw(seed, "delay", self.calls))

    def _draw(self, seed: int, what: str, call: int) -> int:
        # By the fault's id, not the world's name, so that a state behaves the same in another world.
        return number(seed, self.id, f"fault {what}", call)

    def miss(self) -> None:
        """Undo a hit, because the response had nothing to corrupt."""
        self.hits -= 1
        self.missed += 1

    def to_dict(self) -> dict[str, Any]:
        """The fault as the control API has it."""
        return {
            "id": self.id,
            "title": self.title,
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
    """A call that a fault hits: its response comes `delay_ms` late, and `fault.effect` says what else happens."""

    fault: Fault
    delay_ms: int


def fault(fields: dict[str, Any], id: str, pointer: str = "") -> Fault:
    """The fault that `fields` describe: `operation`, `effect` or `preset`, and optionally `times`, `after`,
    `probability` and counts. Raises a 400 problem, below the JSON pointer `pointer`, if they contradict each
    other."""
    preset, effect = fields.get("preset"), fields.get("effect")
    if preset is not None and effect is not None:
        raise refused(
            f"{pointer}/preset", "cannot be combined with an effect: a preset has its own; leave one of them out"
        )
    if preset is not None:
        operation = _operation_of_preset(preset, fields.get("operation", ANY), pointer)
        effect = presets.PRESETS[preset].effect
    elif effect is None:
        raise refused(f"{pointer}/effect", "is required without a preset")
    else:
        operation = _required_operation(fields, pointer)
        effects.check(effect, f"{pointer}/effect")
    limits: dict[str, Any] = {"times": fields.get("times"), "after": fields.get("after", 0)}
    counts = {name: fields.get(name, 0) for name in ("calls", "hits", "missed")}
    return Fault(id, operation, preset, effect, **limits, probability=fields.get("probability", 1), **counts)


def _required_operation(fields: dict[str, Any], pointer: str) -> str:
    if "operation" not in fields:
        raise refused(f"{pointer}/operation", "is required with an effect: an operationId, or * for every operation")
    operation: str = fields["operation"]
    return operation


def _operation_of_preset(preset: str, operation: str, pointer: str) -> str:
    operations = presets.PRESETS[preset].operations
    if operation not in (ANY, *operations):
        message = f"must be * or one that the preset {preset} can hit: {', '.join(operations)}"
        raise refused(f"{pointer}/operation", message)
    return operation


class Faults:
    """The faults of a world, in the order in which they were added; the first that applies hits the call."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.by_id: dict[str, Fault] = {}
        self.count = 0
        """How many it ever had; `Fault.number` counts them."""

    def __iter__(self) -> Iterator[Fault]:
        return iter(self.by_id.values())

    def refuse_more(self) -> None:
        """Raises a 409 problem if no more faults can be set."""
        if len(self.by_id) >= MAX_FAULTS:
            remedy = "DELETE /_mock/faults removes all of them, or one by its id"
            detail = f"This world has {MAX_FAULTS} faults already: {remedy}."
            raise Problem(409, detail, rule="faults.most", code="conflict")

    def add(self, fault: Fault) -> Fault:
        """Add `fault` after the others."""
        self.count += 1
        fault.number = self.count
        self.by_id[fault.id] = fault
        return fault

    def put(self, faults: Iterable[Fault], count: int) -> None:
        """Set `faults`, which have their numbers, and how many there were."""
        self.by_id = {each.id: each for each in faults}
        self.count = count

    def remove(self, id: str) -> None:
        """Remove the fault `id`. Raises a 404 problem if there is none."""
        if self.by_id.pop(id.lower(), None) is None:
            raise Problem(404, f"This world has no fault {id}.", rule="faults.unknown", code="not_found")

    def clear(self) -> None:
        """Remove all faults."""
        self.by_id.clear()

    def revision(self) -> tuple[tuple[str, int, int, int], ...]:
        """A value that differs after each change, and after each counted call."""
        return tuple((each.id, each.calls, each.hits, each.missed) for each in self.by_id.values())

    def hit(self, operation: str) -> Hit | None:
        """Count a call of `operation`; the hit, if a fault applies. Each fault counts all calls of its operation,
        including those that another fault hits."""
        if not self.by_id:
            return None
        applicable = self.next(operation)
        for each in self.by_id.values():
            if each.concerns(operation):
                each.calls += 1
        if applicable is None:
            return None
        applicable.hits += 1
        return Hit(applicable, applicable.delay(self.seed))

    def next(self, operation: str) -> Fault | None:
        """The fault that hits the next call of `operation`, if one does. It counts nothing."""
        return next(
            (each for each in self.by_id.values() if each.concerns(operation) and each.applies(self.seed)), None
        )
