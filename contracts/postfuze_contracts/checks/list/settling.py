"""The grace that lists have after a change: a list may come from a replica or a cache that is a moment late.

What is read by its id has no grace. How long lists may take is `[limits] settle`; that they took any time is observed
as the assumption `list.settling`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from postfuze_contracts.engine.judge import Judge
from postfuze_contracts.engine.registry import check
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.options import Access
from postfuze_contracts.target.target import Target

SETTLING = "list.settling"
_WAITS = (0.1, 0.15, 0.25, 0.5)  # shares of the grace

Look = TypeVar("Look")
Pause = Callable[[], None]


class Settling:
    """The grace of all lists after one change. It starts with the first list that does not show the change yet; once it
    is over, all further lists are judged as they are."""

    def __init__(self, target: Target, judge: Judge) -> None:
        self._target = target
        self._judge = judge
        self._waits = [share * target.options.settle for share in _WAITS if target.options.settle > 0]

    def look(self, read: Callable[[], Look], holds: Callable[[Look], bool]) -> Look:
        """What `read` returns (a page, a walk, accounts …) once it `holds`, or at the end of the grace. Raises
        BudgetSpent."""
        result, late = read(), False
        while self._waits and not holds(result):
            self._target.client.wait(self._waits.pop(0))
            result, late = read(), True
        if holds(result):
            self._target.late_lists.append(late)
            if late:
                self._judge.observe(SETTLING, "within-seconds", *([result] if isinstance(result, Exchange) else []))
        return result


def paced(comparison: Callable[[Target, Judge, Pause], None]) -> Callable[[Target, Judge], None]:
    """A check that compares lists with each other. If it fails, it is tried once more with pauses between the lists, in
    which each of them catches up with the one before, and only that counts: the accounts may have been changed, and
    some of the lists be late."""

    @wraps(comparison)
    def compare(target: Target, judge: Judge) -> None:
        trial = judge.trial()
        try:
            comparison(target, trial, lambda: None)
            if trial.failures and target.options.settle > 0:
                trial = judge.trial()
                comparison(target, trial, lambda: target.client.wait(target.options.settle))
        finally:
            judge.adopt(trial)

    return compare


@check(assumes=(SETTLING,), access=Access.FULL, last=True)
def lists_after_changes(target: Target, judge: Judge) -> None:
    """Look back at the lists that were read after a change: whether each of them showed it at once."""
    pin = judge.pins.get(SETTLING)
    at_once = bool(target.late_lists) and not any(target.late_lists)
    if at_once and (pin is None or pin.choice == "at-once"):  # within seconds may be at once
        judge.observe(SETTLING, "at-once")
