"""A dictionary that holds the entries which were set last."""

from __future__ import annotations

from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(dict[K, V]):
    """At most `maximum` entries; of more, those that were added first go. Threads may use it at the same time."""

    def __init__(self, maximum: int) -> None:
        super().__init__()
        self.maximum = maximum

    def __setitem__(self, key: K, value: V) -> None:
        super().__setitem__(key, value)
        if len(self) > self.maximum:
            self.pop(list(self)[0], None)  # noqa: RUF015 - a copy, because another thread may change it meanwhile
