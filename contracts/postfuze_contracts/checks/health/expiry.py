"""Tokens near their expiry: a probe refreshes them, or flips the account for good."""

from __future__ import annotations

from postfuze_contracts.checks.health.checkup import MOST, PASSING, Checkup, accounts, check_up, urgency
from postfuze_contracts.checks.health.sound import STATED, expect_sound
from postfuze_contracts.checks.health.witness import tells, witness
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Blocked, Judge
from postfuze_contracts.engine.registry import check
from postfuze_contracts.model import needs
from postfuze_contracts.model.instants import instant
from postfuze_contracts.model.operations import GET, HEALTH, LIST
from postfuze_contracts.model.options import Access
from postfuze_contracts.target.target import Target

DUE, NEAR = 3600.0, 600.0  # seconds before its expiry: some refresh a token already, most do (`health.near-expiry`)


@check(
    *(*STATED, "health.reread", "health.refresh-failure"),
    access=Access.PROBE,
    needs=(needs.ACCOUNTS,),
    writes="probes accounts whose token is to be refreshed",
)
def tokens_near_their_expiry(target: Target, judge: Judge) -> None:
    """Check the accounts whose tokens expire first: they are refreshed, or flipped for good."""
    due, most, told = 0, MOST[target.options.profile], tells(target, witness(target))
    for account in sorted(accounts(target), key=urgency)[: 3 * most]:
        checked = check_up(target, account)
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


def _expect_refreshed(target: Target, judge: Judge, checkup: Checkup) -> None:
    """Judge a probe of an account with a token that was to be refreshed. It cannot be had again, so that the retrieval
    is looked at twice instead."""
    again = target.call(GET, path={"id": checkup.before["id"]})
    if again.json != checkup.after.json:
        return  # somebody else is changing it
    if checkup.health.member("status") == "token_expired":
        _expect_lasting(target, judge, checkup)
        return
    said, pair = "the status and expiry that the account has after the probe", (checkup.health, checkup.after)
    stale = checkup.before.get("token_expires_at") == checkup.health.member("token_expires_at")  # what it was before
    judge.expect("health.reread", checkup.agrees, said, *pair, got=checkup.shown, once=stale)
    expiry, at = instant(checkup.health.member("token_expires_at")), checkup.at
    failed = checkup.health.member("error_code") == "token_expired" and checkup.agrees
    if failed and expiry is not None and at is not None and expiry - at < NEAR:
        said, got = "status `token_expired`: the refresh failed", f"status `{checkup.health.member('status')}`"
        judge.expect("health.refresh-failure", False, said, checkup.health, got=got)


def _expect_lasting(target: Target, judge: Judge, checkup: Checkup) -> None:
    """Judge that every later read shows what a refresh that failed made of the account."""
    path, said = {"id": checkup.before["id"]}, "every later read to show `token_expired`"
    for later in (checkup.after, target.call(LIST, query={"id": path["id"]}), target.call(HEALTH, path=path)):
        for row in () if later.status in PASSING else survey.rows(later) or [later.json or {}]:
            recovered = later.operation == HEALTH and later.member("healthy") is True
            shows = recovered or row.get("status") == "token_expired"
            got = f"status {row.get('status')!r}"
            judge.expect("health.refresh-failure", shows, said, checkup.health, later, got=got)
