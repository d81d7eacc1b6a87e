"""When a check ran: `checked_at` against the deployment's other clocks, and from one check to the next."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from postfuze_contracts.checks.health.checkup import Checkup, accounts, check_up, urgency
from postfuze_contracts.checks.health.witness import Told, tells, witness
from postfuze_contracts.engine.judge import Judge
from postfuze_contracts.engine.registry import check
from postfuze_contracts.model import needs
from postfuze_contracts.model.options import Access
from postfuze_contracts.target.target import Target

TOLERANCE = 5.0  # seconds by which the clocks of a deployment's machines may differ
MOMENT = 1.2  # seconds after which a timestamp in whole seconds has changed


@check("health.checked-at", access=Access.PROBE, needs=(needs.ACCOUNTS,), writes="probes up to three accounts")
def checks_a_moment_apart(target: Target, judge: Judge) -> None:
    """Check accounts, and again after a moment, and compare `checked_at` with one another and with live metrics."""
    by_urgency = sorted(accounts(target), key=urgency, reverse=True)
    well = [account for account in by_urgency if account.get("status") == "active"]
    twice = [*well[:1], *[account for account in by_urgency if account.get("status") != "active"][:1]]
    live = witness(target)
    before, earlier = tells(target, live), [check_up(target, account) for account in twice]
    target.client.wait(MOMENT)
    later = [check_up(target, account) for account in (*twice, *well[1:2])]
    after = tells(target, live)
    expect_one_clock(judge, [*earlier, *later], MOMENT)
    others = ((before.live, after.live), (earlier[0].at, later[-1].at if well[1:2] else None))
    runs = any(now - then >= MOMENT - 0.4 for then, now in others if then is not None and now is not None)
    for then, now in zip(earlier, later, strict=False):
        stuck = runs and then.at is not None and then.at == now.at
        said, pair = "another `checked_at` a moment later: time goes on there", (then.health, now.health)
        judge.expect("health.checked-at", not stuck, said, *pair, got=f"{now.health.member('checked_at')} both times")
    for each in (*earlier, *later):
        _expect_time_of_call(judge, each, before, after)


def _expect_time_of_call(judge: Judge, checkup: Checkup, before: Told, after: Told) -> None:
    """Judge `checked_at` by what the deployment told of its time before and after. An organization may have a clock of
    its own, such as one that stands, which its live metrics go by."""
    if checkup.at is not None and before.live is not None and after.live is not None:
        said, got = "the time of the call, as live metrics tell it", str(checkup.health.member("checked_at"))
        judge.expect("health.checked-at", before.allows(checkup.at, after), said, checkup.health, got=got)


def expect_one_clock(judge: Judge, checkups: Sequence[Checkup], waited: float = 0.0) -> None:
    """Judge that `checked_at` goes on as time does from check to check, or stands with a clock that stands."""
    for then, now in pairwise(checkups):
        if then.at is None or now.at is None or then.delayed or now.delayed:
            continue
        passed = now.health.response.received_at - then.health.response.sent_at + waited
        sound = -TOLERANCE <= now.at - then.at <= passed + TOLERANCE
        got = f"{then.health.member('checked_at')}, then {now.health.member('checked_at')}"
        said = "`checked_at` to be the time of each call"
        judge.expect("health.checked-at", sound, said, then.health, now.health, got=got)
