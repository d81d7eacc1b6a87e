"""Accounts of each platform and state: which are probed, and what they show afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from postfuze_contracts.checks.health.checkup import MOST, UNPROBED, Checkup, accounts, check_up
from postfuze_contracts.checks.health.clock import expect_one_clock
from postfuze_contracts.checks.health.sound import STATED, expect_sound
from postfuze_contracts.checks.health.witness import tells, witness
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Judge
from postfuze_contracts.engine.registry import check
from postfuze_contracts.engine.survey import Account
from postfuze_contracts.model import needs
from postfuze_contracts.model.operations import HEALTH, METRICS, MISSING_ID
from postfuze_contracts.model.options import Access
from postfuze_contracts.target.target import Target


@check("health.unknown")
def an_account_that_does_not_exist(target: Target, judge: Judge) -> None:
    """Check the health of an account that does not exist."""
    answer = target.call(HEALTH, path={"id": MISSING_ID})
    judge.expect("health.unknown", answer.status == 404, "404 for an id that no account has", answer)


@check(
    *(*STATED, "health.reread", "health.live-probe", "health.checked-at"),
    access=Access.PROBE,
    needs=(needs.ACCOUNTS,),
    writes="probes accounts of each platform and state",
)
def accounts_of_each_kind(target: Target, judge: Judge) -> None:
    """Check accounts of each platform and state, and retrieve each right after."""
    found, most, told = accounts(target), MOST[target.options.profile], tells(target, witness(target))
    # Many of those that may not be probed: on a platform that none can probe, a probe too many does not show.
    kinds = {"unprobed": most, "unwell": most // 2, "active": most}
    chosen = [each for kind, count in kinds.items() for each in survey.spread(_of(kind, found), count)]
    checkups = [check_up(target, each) for each in chosen]
    for each in checkups:
        expect_sound(judge, each, told)
        _expect_reread(target, judge, each)
    expect_one_clock(judge, checkups)
    checkups += [check_up(target, account) for account in _others(_of("active", found), checkups)]
    if not any(each.live for each in checkups):  # then the document's own example is taken at its word
        on_x = [account for account in _of("active", found) if account.get("platform") == "x"]
        checkups += [check_up(target, account) for account in on_x[:3]]
    _expect_live(target, judge, [each for each in checkups if isinstance(each.health.member("checked_live"), bool)])


def _of(kind: str, found: list[Account]) -> list[Account]:
    """The accounts that are active, that may not be probed, or that are unwell otherwise."""
    kinds = {"active": "active", **dict.fromkeys(UNPROBED, "unprobed")}
    return [account for account in found if kinds.get(str(account.get("status")), "unwell") == kind]


def _others(active: list[Account], checkups: Sequence[Checkup]) -> Iterator[Account]:
    """Two more accounts of each platform that was not probed: they may show that it can be."""
    probed = {each.before.get("platform") for each in checkups if each.live}
    looked_at = {each.before["id"] for each in checkups}
    for platform in {each.before.get("platform"): None for each in checkups if each.before.get("status") == "active"}:
        rest = (each for each in active if each.get("platform") == platform and each["id"] not in looked_at)
        yield from islice(rest, 0 if platform in probed else 2)


def _expect_reread(target: Target, judge: Judge, checked: Checkup) -> None:
    """Judge what a check tells of the account by the retrieval that follows."""
    again = checked if checked.agrees else check_up(target, checked.before)
    if checked.health.member("status") == "token_expired" != checked.after.member("status"):
        return  # a flip that does not last: health.refresh-failure
    said = "a retrieval that follows to show the same `status` and `token_expires_at`"
    judge.expect("health.reread", again.agrees, said, again.health, again.after, got=again.shown)


def _expect_live(target: Target, judge: Judge, checkups: Sequence[Checkup]) -> None:
    """Judge that an active account is probed if its platform can be probed, and reached now: others of it were probed,
    and its metrics come live. Where none was probed at all, the document's own example is taken at its word."""
    for each in (each for each in checkups if each.live):
        judge.expect("health.live-probe", True, "a probe", each.health)
        if each.before.get("status") == "token_expired" and each.after.member("status") == "active":
            judge.observe("health.recovery", "active-again", each.health)
    rightly = [each for each in checkups if each.live and each.before.get("status") not in UNPROBED]
    probed = {each.before.get("platform") for each in rightly} or {"x"}
    states = [(each, {each.before.get("status"), each.after.member("status")}) for each in checkups if not each.live]
    for each in [each for each, seen in states if seen == {"active"} and each.before.get("platform") in probed][:6]:
        reached = target.call(METRICS, path=(path := {"id": each.before["id"]}))
        again = target.call(HEALTH, path=path) if reached.member("source") == "live" else None
        if again is not None and again.status == 200:
            live = again.member("checked_live") is True
            said = f"a live probe: {each.before.get('platform')} can be probed, and reached"
            judge.expect("health.live-probe", live, said, reached, again, got="checked_live false")
    if not judge.judged["health.live-probe"]:
        judge.block("health.live-probe", needs.accounts(1, "account that can be probed"))
