"""Lists of values in a statement."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final, TypeVar

T = TypeVar("T")

#: The lengths of lists in statements, so that there are few different statements.
LENGTHS: Final = (1, 10, 100, 1000)


def marks_of(values: Collection[T]) -> tuple[str, list[T]]:
    """`?, ?` for a list of 1 to 1,000 values, and those values; the last is repeated up to one of few lengths."""
    length = next(each for each in LENGTHS if each >= len(values))
    padded = [*values]
    padded += padded[-1:] * (length - len(padded))
    return ", ".join("?" * length), padded


def parts_of(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """`values` in parts that `marks_of` accepts."""
    return (values[start : start + LENGTHS[-1]] for start in range(0, len(values), LENGTHS[-1]))
