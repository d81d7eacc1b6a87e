"""What a deployment tells of its time elsewhere than in health checks: when live metrics were captured, and what time
the service says that it is. An organization may have another clock than the service, so either will do."""

from __future__ import annotations

from typing import NamedTuple

from postfuze_contracts.engine import survey
from postfuze_contracts.model.instants import instant
from postfuze_contracts.model.operations import METRICS, SERVICE_HEALTH
from postfuze_contracts.target.target import Target

FAR = 120.0  # seconds that no difference between machines explains
LONG = 900.0  # seconds that a check's calls may take


class Told(NamedTuple):
    """Instants, None for what is not told."""

    live: float | None
    service: float | None

    def allows(self, at: float, later: Told) -> bool:
        """Whether `at` may be a time between this and `later`, by one of the clocks at least."""
        pairs = [(one, other) for one, other in zip(self, later, strict=True) if one is not None and other is not None]
        return any(one - FAR <= at <= other + FAR for one, other in pairs)

    def agrees(self, at: float) -> bool:
        """Whether `at` may be a time soon after this one, by one of the clocks at least; where none tells, it may."""
        known = [each for each in self if each is not None]
        return not known or any(each - FAR <= at <= each + LONG for each in known)


def tells(target: Target, account: str | None) -> Told:
    """What is told now; `account` is one whose metrics come live, if any."""
    service = instant(target.call(SERVICE_HEALTH, key=None).member("time"))
    return Told(_captured(target, account), service)


def witness(target: Target) -> str | None:
    """The id of an account whose metrics come live, if any."""
    active = [account for account in survey.accounts(target) if account.get("status") == "active"]
    found = (str(account["id"]) for account in survey.spread(active, 6))
    return next((id for id in found if _captured(target, id) is not None), None)


def _captured(target: Target, id: str | None) -> float | None:
    answer = None if id is None else target.call(METRICS, path={"id": id})
    return instant(answer.member("captured_at")) if answer is not None and answer.member("source") == "live" else None
