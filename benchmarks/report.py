"""The lines of the table, one per measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

COLUMNS: Final = "{:<63} {:>9} {:>10} {:>9} {:>6}  {:<10} {}"


@dataclass(frozen=True, slots=True)
class Target:
    """A bound for a measure, and whether the measured value keeps it; empty without a bound."""

    text: str = ""
    holds: bool | None = None

    def __str__(self) -> str:
        return "" if self.holds is None else "yes" if self.holds else "NO"


def at_least(bound: float, value: float) -> Target:
    """The target that `value` is at least `bound`."""
    return Target(f"≥ {bound:g}", value >= bound)


def at_most(bound: float, value: float, unit: str = "") -> Target:
    """The target that `value` is at most `bound`."""
    return Target(f"≤ {bound:,g} {unit}".rstrip(), value <= bound)


@dataclass(frozen=True, slots=True)
class Line:
    """A measure: up to three values in the order of the columns, their ratio and the target."""

    measure: str
    values: Sequence[float]
    digits: int = 0
    ratio: float | None = None
    target: Target = field(default_factory=Target)

    def cells(self) -> list[str]:
        """All columns; those without a value are empty."""
        values = [f"{value:,.{self.digits}f}" for value in self.values]
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        return [self.measure, *values, *[""] * (3 - len(values)), ratio, self.target.text, str(self.target)]

    def __str__(self) -> str:
        return COLUMNS.format(*self.cells()).rstrip()


def head(*columns: str) -> str:
    """The header line, with the names of the value columns."""
    return "\n" + COLUMNS.format(*head_cells(*columns))


def head_cells(*columns: str) -> list[str]:
    """The names of all columns."""
    return ["", *columns, *[""] * (3 - len(columns)), "ratio", "target", "holds"]
