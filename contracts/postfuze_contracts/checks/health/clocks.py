"""Judges `checked_at` by the deployment's other clocks, and by the health checks before and after.

The other clocks are the capture time of live metrics and the time of the service. An organization may have another
clock than the service, so agreement with either of them is enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from postfuze_contracts.checks.health.checkup import Checkup, accounts, check_up, urgency
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Judge
from postfuze_contracts.engine.registry import check
from postfuze_contracts.model import needs
from postfuze_contracts.model.instants import instant
from postfuze_contracts.model.operations import METRICS
from postfuze_contracts.model.options import Access
from postfuze_contracts.target.target import Target

FAR = 120.0  # seconds; more than any clock skew
LONG = 900.0  # seconds; the calls of a check take less


class ClockReading(NamedTuple):
    """The times of a deployment's clocks; None for a clock that it does not show."""

    live: float | None
    service: float | None

    def allows(self, at: float, later: ClockReading) -> bool:
        """Whether `at` may lie between this reading and `later`, by at least one clock."""
        pairs = [(one, other) for one, other in zip(self, later, strict=True) if one is not None and other is not None]
        return any(one - FAR <= at <= other + FAR for one, other in pairs)

    def agrees(self, at: float) -> bool:
        """Whether `at` may lie soon after this reading, by at least one clock; always if there is no clock."""
        readings = [each for each in self if each is not None]
        return not readings or any(each - FAR <= at <= each + LONG for each in readings)


def read_clocks(target: Target, account: str | None) -> ClockReading:
    """Read the clocks now. `account` is the id of an account with live metrics, if any."""
    service = target.service_health()
    return ClockReading(_captured(target, account), None if service is None else instant(service.member("time")))


def witness(target: Target) -> str | None:
    """The id of an account with live metrics, if any."""
    active = [account for account in survey.accounts(target) if account.get("status") == "active"]
    ids = (str(account["id"]) for account in survey.spread(active, 6))
    return next((id for id in ids if _captured(target, id) is not None), None)


def _captured(target: Target, id: str | None) -> float | None:
    exchange = None if id is None else target.call(METRICS, path={"id": id})
    is_live = exchange is not None and exchange.member("source") == "live"
    return instant(exchange.member("captured_at")) if exchange is not None and is_live else None


TOLERANCE = 5.0  # seconds by which the clocks of a deployment's machines may differ
MOMENT = 1.2  # seconds after which a timestamp in whole seconds has changed


@check("health.checked-at", access=Access.PROBE, needs=(needs.ACCOUNTS,), writes="probes up to three accounts")
def checks_a_moment_apart(target: Target, judge: Judge) -> None:
    """Check accounts twice, a moment apart: compare `checked_at` with each other and with live metrics."""
    by_urgency = sorted(accounts(target), key=urgency, reverse=True)
    active = [account for account in by_urgency if account.get("status") == "active"]
    sample = [*active[:1], *[account for account in by_urgency if account.get("status") != "active"][:1]]
    live = witness(target)
    before, earlier = read_clocks(target, live), [check_up(target, account) for account in sample]
    target.client.wait(MOMENT)
    later = [check_up(target, account) for account in (*sample, *active[1:2])]
    after = read_clocks(target, live)
    expect_one_clock(judge, [*earlier, *later], MOMENT)
    others = ((before.live, after.live), (earlier[0].at, later[-1].at if active[1:2] else None))
    runs = any(now - then >= MOMENT - 0.4 for then, now in others if then is not None and now is not None)
    for then, now in zip(earlier, later, strict=False):
        stuck = runs and then.at is not None and then.at == now.at
        expected, got = "another `checked_at` a moment later", f"{now.health.member('checked_at')} both times"
        judge.expect("health.checked-at", not stuck, expected, then.health, now.health, got=got)
    for each in (*earlier, *later):
        _expect_time_of_call(judge, each, before, after)


def _expect_time_of_call(judge: Judge, checkup: Checkup, before: ClockReading, after: ClockReading) -> None:
    """Judge `checked_at` by the clock readings before and after. Live metrics follow the organization's clock, even if
    that is another one than the service's, or frozen."""
    if checkup.at is not None and before.live is not None and after.live is not None:
        expected, got = "the time of the call, as live metrics show it", str(checkup.health.member("checked_at"))
        judge.expect("health.checked-at", before.allows(checkup.at, after), expected, checkup.health, got=got)


def expect_one_clock(judge: Judge, checkups: Sequence[Checkup], pause: float = 0.0) -> None:
    """Judge that `checked_at` advances with time from one health check to the next, unless the clock is frozen."""
    for then, now in pairwise(checkups):
        if then.at is None or now.at is None or then.delayed or now.delayed:
            continue
        seconds = now.health.response.received_at - then.health.response.sent_at + pause
        holds = -TOLERANCE <= now.at - then.at <= seconds + TOLERANCE
        got = f"{then.health.member('checked_at')}, then {now.health.member('checked_at')}"
        expected = "`checked_at` to be the time of each call"
        judge.expect("health.checked-at", holds, expected, then.health, now.health, got=got)
