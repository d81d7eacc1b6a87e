"""Tokens near their expiry: a probe refreshes them, or flips the account for good."""

from __future__ import annotations

from postfuze_contracts import needs, survey
from postfuze_contracts.instants import instant
from postfuze_contracts.options import Access
from postfuze_contracts.scenario import Blocked, Judge, scenario
from postfuze_contracts.scenarios.health.check import GET, MOST, PASSING, Check, accounts, check, urgency
from postfuze_contracts.scenarios.health.sound import STATED, expect_sound
from postfuze_contracts.scenarios.health.witness import tells, witness
from postfuze_contracts.target import HEALTH, Target

LIST = "listSocialAccounts"
DUE, NEAR = 3600.0, 600.0  # seconds before its expiry: some refresh a token already, most do (`health.near-expiry`)


@scenario(
    *(*STATED, "health.reread", "health.refresh-failure"),
    access=Access.PROBE,
    writes="probes accounts whose token is to be refreshed",
)
def tokens_near_their_expiry(target: Target, judge: Judge) -> None:
    """Check the accounts whose tokens expire first: they are refreshed, or flipped for good."""
    due, most, told = 0, MOST[target.options.profile], tells(target, witness(target))
    for account in sorted(accounts(target), key=urgency)[: 3 * most]:
        checked = check(target, account)
        expect_sound(judge, checked, told)
        expiry = instant(account.get("token_expires_at"))
        active = account.get("status") == "active" and expiry is not None and checked.at is not None
        if not active or due == most or (expiry or 0.0) - (checked.at or 0.0) > DUE:
            break
        if checked.live:
            due += 1
            _expect_refreshed(target, judge, checked)
    if not due:
        raise Blocked(needs.accounts(1, "account with a token near its expiry"))
    if not judge.judged["health.refresh-failure"]:
        judge.block("health.refresh-failure", needs.accounts(1, "account whose token cannot be refreshed"))


def _expect_refreshed(target: Target, judge: Judge, check: Check) -> None:
    """Judge a probe of an account with a token that was to be refreshed. It cannot be had again, so that the retrieval
    is looked at twice instead."""
    again = target.call(GET, path={"id": check.before["id"]})
    if again.json != check.after.json:
        return  # somebody else is changing it
    if check.health.member("status") == "token_expired":
        _expect_lasting(target, judge, check)
        return
    said, pair = "the status and expiry that the account has after the probe", (check.health, check.after)
    stale = check.before.get("token_expires_at") == check.health.member("token_expires_at")  # what it was before
    judge.expect("health.reread", check.agrees, said, *pair, got=check.shown, once=stale)
    expiry, at = instant(check.health.member("token_expires_at")), check.at
    failed = check.health.member("error_code") == "token_expired" and check.agrees
    if failed and expiry is not None and at is not None and expiry - at < NEAR:
        said, got = "status `token_expired`: the refresh failed", f"status `{check.health.member('status')}`"
        judge.expect("health.refresh-failure", False, said, check.health, got=got)


def _expect_lasting(target: Target, judge: Judge, check: Check) -> None:
    """Judge that every later read shows what a refresh that failed made of the account."""
    path, said = {"id": check.before["id"]}, "every later read to show `token_expired`"
    for later in (check.after, target.call(LIST, query={"id": path["id"]}), target.call(HEALTH, path=path)):
        for row in () if later.status in PASSING else survey.rows(later) or [later.json or {}]:
            recovered = later.operation == HEALTH and later.member("healthy") is True
            shows = recovered or row.get("status") == "token_expired"
            got = f"status {row.get('status')!r}"
            judge.expect("health.refresh-failure", shows, said, check.health, later, got=got)
