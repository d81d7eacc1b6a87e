"""A check: a function that calls the target and judges what comes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from postfuze_contracts.engine.judge import Judge
from postfuze_contracts.model.needs import Need
from postfuze_contracts.model.options import Access
from postfuze_contracts.target.target import Target


@dataclass(frozen=True)
class Check:
    """A check. `access` is the least that it takes; `needs` are the preconditions whose lack it may block on, beside
    the access; `writes` says what it changes on the target, None for nothing. A check that looks at what all others
    did is run `last`."""

    name: str
    subject: str
    statements: frozenset[str]
    run: Callable[[Target, Judge], None]
    access: Access
    writes: str | None
    text: str
    last: bool = False
    needs: tuple[Need, ...] = ()
