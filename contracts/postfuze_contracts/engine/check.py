"""A check: a function that calls the target and judges what comes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from postfuze_contracts.engine.judge import Judge
from postfuze_contracts.model.options import Access
from postfuze_contracts.target.target import Target


@dataclass(frozen=True)
class Check:
    """A check. `access` is what it takes at least; `writes` says what it changes on the target, None for nothing; it is
    run `last` where it looks at what all others saw."""

    name: str
    subject: str
    statements: frozenset[str]
    run: Callable[[Target, Judge], None]
    access: Access
    writes: str | None
    text: str
    last: bool = False
