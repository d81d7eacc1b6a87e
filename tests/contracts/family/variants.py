"""The family: deployments that break one documented statement each, and correct ones that merely differ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.contracts.family.mock import Mock

Change = Callable[[Mock], None]


@dataclass(frozen=True)
class Variant:
    """A mock that `change` made another. `statement` is what it breaks, and so what must catch it (None: nothing)."""

    name: str
    statement: str | None
    sentence: str
    change: Change


BROKEN: list[Variant] = []
CORRECT: list[Variant] = []


def broken(statement: str, sentence: str) -> Callable[[Change], Change]:
    """Note a function as what breaks `statement`, in the way that `sentence` tells."""
    return _noting(BROKEN, statement, sentence)


def correct(sentence: str) -> Callable[[Change], Change]:
    """Note a function as one after which the mock still keeps every statement."""
    return _noting(CORRECT, None, sentence)


def _noting(where: list[Variant], statement: str | None, sentence: str) -> Callable[[Change], Change]:
    def note(change: Change) -> Change:
        kind, module = change.__module__.split(".")[-2:]
        prefix = module if kind == "broken" else f"correct_{module}"
        where.append(Variant(f"{prefix}.{change.__name__}", statement, sentence, change))
        return change

    return note
