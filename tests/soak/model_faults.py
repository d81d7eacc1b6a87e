"""The model of a world's faults: which call one hits, and what becomes of its answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

#: What corrupting faults of a soak remove from an account.
CUT: Final = {"corrupt": {"path": "/status", "how": "remove"}}


@dataclass(slots=True)
class ModelFault:
    """A fault without probability: it hits `times` calls of `operation` (None: any number) after the first `after`."""

    id: str
    title: str  # the server's words
    operation: str
    effect: dict[str, Any]
    times: int | None
    after: int
    calls: int = 0
    hits: int = 0
    missed: int = 0

    def applies(self) -> bool:
        """Whether it hits the call that was counted last."""
        return self.calls > self.after and (self.times is None or self.hits < self.times)

    def to_dict(self) -> dict[str, Any]:
        """As the control API lists it."""
        return {
            "id": self.id,
            "title": self.title,
            "operation": self.operation,
            "preset": None,
            "effect": self.effect,
            "times": self.times,
            "after": self.after,
            "probability": 1,
            "calls": self.calls,
            "hits": self.hits,
            "left": None if self.times is None else self.times - self.hits,
            "missed": self.missed,
        }


@dataclass
class ModelFaults:
    """The faults of a world in their order; the first that applies hits the call, and all of its operation count it."""

    faults: list[ModelFault] = field(default_factory=list)

    def hit(self, operation: str) -> ModelFault | None:
        """Count a call of `operation`; the fault that hits it, if one does."""
        hit = None
        for fault in self.faults:
            if fault.operation in (operation, "*"):
                fault.calls += 1
                if hit is None and fault.applies():
                    hit = fault
        if hit is not None:
            hit.hits += 1
        return hit

    def cut(self, fault: ModelFault, status: int, body: Any) -> Any:
        """The account that `fault` corrupts. If there is nothing to corrupt, the call was not hit after all."""
        if status == 200:
            return {name: value for name, value in body.items() if name != "status"}
        fault.hits -= 1
        fault.missed += 1
        return body
