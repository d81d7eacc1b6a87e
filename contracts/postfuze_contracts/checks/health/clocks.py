"""Judges `checked_at` by the deployment's other clocks, and from one health check to the next.

The other clocks are the time at which live metrics were captured, and the time that the service gives. An organization
may have another clock than the service, so either will do.
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
from postfuze_contracts.model.operations import METRICS, SERVICE_HEALTH
from postfuze_contracts.model.options import Access
from postfuze_contracts.target.target import Target

FAR = 120.0  # seconds that no clock skew explains
LONG = 900.0  # seconds that a check's calls may take


class ClockReading(NamedTuple):
    """What a deployment shows of its time, as instants; None for a clock that it does not show."""

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
    """Read the clocks now; `account` is one whose metrics come live, if any."""
    service = instant(target.call(SERVICE_HEALTH, key=None).member("time"))
    return ClockReading(_captured(target, account), service)


def witness(target: Target) -> str | None:
    """The id of an account whose metrics come live, if any."""
    active = [account for account in survey.accounts(target) if account.get("status") == "active"]
    ids = (str(account["id"]) for account in survey.spread(active, 6))
    return next((id for id in ids if _captured(target, id) is not None), None)


def _captured(target: Target, id: str | None) -> float | None:
    exchange = None if id is None else target.call(METRICS, path={"id": id})
    return (
        instant(exchange.member("captured_at"))
        if exchange is not None and exchange.member("source") == "live"
        else None
    )


TOLERANCE = 5.0  # seconds by which the clocks of a deployment's machines may differ
MOMENT = 1.2  # seconds after which a timestamp in whole seconds has changed


@check("health.checked-at", access=Access.PROBE, needs=(needs.ACCOUNTS,), writes="probes up to three accounts")
def checks_a_moment_apart(target: Target, judge: Judge) -> None:
    """Check accounts, and again after a moment, and compare `checked_at` with one another and with live metrics."""
    by_urgency = sorted(accounts(target), key=urgency, reverse=True)
    well = [account for account in by_urgency if account.get("status") == "active"]
    twice = [*well[:1], *[account for account in by_urgency if account.get("status") != "active"][:1]]
    live = witness(target)
    before, earlier = read_clocks(target, live), [check_up(target, account) for account in twice]
    target.client.wait(MOMENT)
    later = [check_up(target, account) for account in (*twice, *well[1:2])]
    after = read_clocks(target, live)
    expect_one_clock(judge, [*earlier, *later], MOMENT)
    others = ((before.live, after.live), (earlier[0].at, later[-1].at if well[1:2] else None))
    runs = any(now - then >= MOMENT - 0.4 for then, now in others if then is not None and now is not None)
    for then, now in zip(earlier, later, strict=False):
        stuck = runs and then.at is not None and then.at == now.at
        said, pair = "another `checked_at` a moment later: time goes on there", (then.health, now.health)
        judge.expect("health.checked-at", not stuck, said, *pair, got=f"{now.health.member('checked_at')} both times")
    for each in (*earlier, *later):
        _expect_time_of_call(judge, each, before, after)


def _expect_time_of_call(judge: Judge, checkup: Checkup, before: ClockReading, after: ClockReading) -> None:
    """Judge `checked_at` by the clock readings before and after. An organization may have a clock of its own, even a
    frozen one, which its live metrics follow."""
    if checkup.at is not None and before.live is not None and after.live is not None:
        said, got = "the time of the call, as live metrics tell it", str(checkup.health.member("checked_at"))
        judge.expect("health.checked-at", before.allows(checkup.at, after), said, checkup.health, got=got)


def expect_one_clock(judge: Judge, checkups: Sequence[Checkup], waited: float = 0.0) -> None:
    """Judge that `checked_at` moves on as time does from one health check to the next, or is frozen with a frozen
    clock."""
    for then, now in pairwise(checkups):
        if then.at is None or now.at is None or then.delayed or now.delayed:
            continue
        passed = now.health.response.received_at - then.health.response.sent_at + waited
        sound = -TOLERANCE <= now.at - then.at <= passed + TOLERANCE
        got = f"{then.health.member('checked_at')}, then {now.health.member('checked_at')}"
        said = "`checked_at` to be the time of each call"
        judge.expect("health.checked-at", sound, said, then.health, now.health, got=got)
