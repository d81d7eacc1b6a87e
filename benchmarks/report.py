"""The table: one line a measure, printed as it is known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

COLUMNS: Final = "{:<63} {:>9} {:>10} {:>9} {:>6}  {:<10} {}"


@dataclass(frozen=True, slots=True)
class Target:
    """What is promised, and whether the measured value keeps it."""

    text: str = ""
    holds: bool | None = None

    def __str__(self) -> str:
        return "" if self.holds is None else "yes" if self.holds else "NO"


def at_least(bound: float, value: float) -> Target:
    """Holds when `value` reaches `bound`."""
    return Target(f"≥ {bound:g}", value >= bound)


def at_most(bound: float, value: float, unit: str = "") -> Target:
    """Holds when `value` does not pass `bound`."""
    return Target(f"≤ {bound:,g} {unit}".rstrip(), value <= bound)


@dataclass(frozen=True, slots=True)
class Line:
    """A measure's values for the mock, Starlette and hello (as many of them as have it), their ratio and the target."""

    measure: str
    values: Iterable[float]
    digits: int = 0
    ratio: float | None = None
    target: Target = field(default_factory=Target)

    def __str__(self) -> str:
        values = [f"{value:,.{self.digits}f}" for value in self.values]
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        cells = [self.measure, *values, *[""] * (3 - len(values)), ratio, self.target.text, str(self.target)]
        return COLUMNS.format(*cells).rstrip()


def head(*columns: str) -> str:
    """The names of the columns of values, over the lines that follow."""
    return "\n" + COLUMNS.format("", *columns, *[""] * (3 - len(columns)), "ratio", "target", "holds")
