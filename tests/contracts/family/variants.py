"""The family: deployments that break one documented statement each, and correct ones that merely differ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.contracts.family.mock import Mock

Change = Callable[[Mock], None]


@dataclass(frozen=True)
class Variant:
    """A mock changed by `change`. `statement` is what it breaks: a statement, or an assumption that is pinned; None for
    a correct one. `choice` is the assumption that a correct one decides differently, with the alternative."""

    name: str
    statement: str | None
    sentence: str
    change: Change
    choice: tuple[str, str] | None = None


BROKEN: list[Variant] = []
CORRECT: list[Variant] = []


def broken(statement: str, sentence: str) -> Callable[[Change], Change]:
    """Register a function that makes the mock break `statement`; `sentence` says how."""
    return _register(BROKEN, statement, sentence)


def correct(sentence: str) -> Callable[[Change], Change]:
    """Register a function that makes the mock differ without breaking a statement."""
    return _register(CORRECT, None, sentence)


def _register(variants: list[Variant], statement: str | None, sentence: str) -> Callable[[Change], Change]:
    def register(change: Change) -> Change:
        kind, module = change.__module__.split(".")[-2:]
        prefix = module if kind == "broken" else f"correct_{module}"
        variants.append(Variant(f"{prefix}.{change.__name__}", statement, sentence, change))
        return change

    return register
