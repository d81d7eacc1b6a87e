"""Verdicts: the result of a run for each statement."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.needs import Need


class Outcome(StrEnum):
    """PASS and FAIL were judged; BLOCKED lacked a precondition; SKIPPED was not selected or is waived; FLAKY failed
    once, but not when it was repeated."""

    PASS = "pass"
    FAIL = "fail"
    BLOCKED = "blocked"
    SKIPPED = "skipped"
    FLAKY = "flaky"


@dataclass(frozen=True)
class Failure:
    """One way in which a statement was broken. `exchanges` show it, the decisive one last. `once` means that it cannot
    recur, because the damage is done. `again` are the exchanges that kept the statement when the check was repeated,
    the decisive one last."""

    statement: str
    expected: str
    got: str
    exchanges: tuple[Exchange, ...] = ()
    check: str = ""
    once: bool = False
    again: tuple[Exchange, ...] = ()


@dataclass(frozen=True)
class Observation:
    """How a deployment decided an assumption. `choice` is the id of our choice or of an alternative; other words mean
    that it fits none of them."""

    assumption: str
    choice: str
    exchange: Exchange | None = None


@dataclass(frozen=True)
class Verdict:
    """The result for a statement. `judged` counts the responses that were judged by it. `pin` is the pinned choice if
    `statement` is an assumption."""

    statement: str
    outcome: Outcome
    judged: int = 0
    failures: tuple[Failure, ...] = ()
    needs: tuple[Need, ...] = ()
    reason: str = ""
    pin: str | None = None
