"""What is said of a statement in the end."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.needs import Need


class Outcome(StrEnum):
    """PASS and FAIL were judged; BLOCKED lacked a precondition; SKIPPED was not to be judged (waived, not asked for);
    FLAKY failed and did not fail again."""

    PASS = "pass"
    FAIL = "fail"
    BLOCKED = "blocked"
    SKIPPED = "skipped"
    FLAKY = "flaky"


@dataclass(frozen=True)
class Failure:
    """One way in which a statement was broken. `exchanges` are what shows it, the decisive one last. What was seen
    `once` cannot come again: the deployment did its damage. `again` is what held when a flaky check looked again, the
    decisive exchange last."""

    statement: str
    expected: str
    got: str
    exchanges: tuple[Exchange, ...] = ()
    check: str = ""
    once: bool = False
    again: tuple[Exchange, ...] = ()


@dataclass(frozen=True)
class Observation:
    """Which way a deployment decided an assumption; `choice` is an id of the spec or other words."""

    assumption: str
    choice: str
    exchange: Exchange | None = None


@dataclass(frozen=True)
class Verdict:
    """What is said of a statement. `judged` counts the answers that were judged for it."""

    statement: str
    outcome: Outcome
    judged: int = 0
    failures: tuple[Failure, ...] = ()
    needs: tuple[Need, ...] = ()
    reason: str = ""
