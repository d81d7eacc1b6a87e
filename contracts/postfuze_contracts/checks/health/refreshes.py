"""Judges probes of accounts whose tokens expire soon or have expired: what a refresh changes, and what its failure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from postfuze_contracts.checks.health.checkup import (
    MAX_ACCOUNTS,
    PASSING,
    Checkup,
    accounts,
    check_up,
    current,
    urgency,
)
from postfuze_contracts.checks.health.clocks import TOLERANCE, read_clocks, witness
from postfuze_contracts.checks.health.soundness import (
    ASSUMED,
    STATED,
    can_be_refreshed,
    expect_sound,
    observe_expired_tokens,
    time_of,
)
from postfuze_contracts.checks.list.settling import SETTLING, Settling
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Judge, require
from postfuze_contracts.engine.registry import check
from postfuze_contracts.engine.survey import Account
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.instants import agree, instant
from postfuze_contracts.model.operations import GET, HEALTH, LIST
from postfuze_contracts.model.options import Access
from postfuze_contracts.target.target import Target

DUE = 3600.0  # seconds before its expiry at which some deployments refresh a token (`health.near-expiry`)
THRESHOLDS = {"5-minutes": 300.0, "10-minutes": 600.0, "60-minutes": DUE}
EXPIRED = "token_expired"
_BEYOND = 5  # accounts whose token is not due yet


class Refresh(NamedTuple):
    """A probe `left` seconds before the expiry of a token of `platform`."""

    platform: object
    left: float
    checkup: Checkup

    @property
    def is_refreshed(self) -> bool:
        return self.checkup.is_refreshed

    def fits(self, threshold: float) -> bool:
        """Whether the deployment may refresh tokens so many seconds before their expiry."""
        return self.left < threshold + TOLERANCE if self.is_refreshed else self.left > threshold - TOLERANCE


@check(
    *(*STATED, "health.reread", "health.refresh-failure"),
    assumes=(
        *(*ASSUMED, SETTLING, "health.expiry-reread", "health.unrefreshable"),
        *("health.revoked-grant", "health.near-expiry", "health.recovery"),
    ),
    access=Access.PROBE,
    needs=(needs.ACCOUNTS,),
    writes="probes accounts whose token is to be refreshed",
)
def tokens_near_their_expiry(target: Target, judge: Judge) -> None:
    """Check the accounts whose tokens expire first: the token is refreshed, or the account becomes `token_expired`."""
    due, most, time = 0, MAX_ACCOUNTS[target.options.profile], read_clocks(target, witness(target))
    refreshes, checkups, listed = list[Refresh](), list[Checkup](), accounts(target)
    for account in sorted(listed, key=urgency)[: 3 * most]:
        checkup = check_up(target, current(target, account))  # a job may have changed it since it was listed
        checkups.append(checkup)
        expect_sound(target, judge, checkup, time)
        left = _left(checkup)
        if left is None or due == most or len([each for each in refreshes if each.left > DUE]) > _BEYOND:
            break
        if checkup.live and time_of(checkup, time) is not None:
            refreshes.append(Refresh(account.get("platform"), left, checkup))
        if checkup.live and left <= DUE:
            due += 1
            trial = judge.trial()
            _expect_refreshed(target, trial, checkup)
            if not trial.failures or not _others_change(target, listed, checkups):
                judge.adopt(trial)
    _observe_threshold(judge, [each for each in refreshes if each.checkup.health.member("healthy") is True])
    observe_expired_tokens(judge, checkups, time)
    require(due, needs.accounts(1, "account with a token near its expiry"))
    if not judge.judged["health.refresh-failure"]:
        judge.block("health.refresh-failure", needs.accounts(1, "account whose token cannot be refreshed"))


def _others_change(target: Target, listed: Sequence[Account], checkups: Sequence[Checkup]) -> bool:
    """Whether accounts changed that this check did not probe: a job is at work, which may set any status back."""
    probed_ids = {each.before["id"] for each in checkups}
    others = {each["id"]: each for each in listed if each["id"] not in probed_ids}
    return any(others.get(row.get("id"), row) != row for row in survey.rows(target.call(LIST)))


def _left(checkup: Checkup) -> float | None:
    """The seconds until the expiry of an active account's token; None if it has no such time."""
    expiry = instant(checkup.before.get("token_expires_at"))
    is_active = checkup.before.get("status") == "active"
    return expiry - checkup.at if is_active and expiry is not None and checkup.at is not None else None


def _observe_threshold(judge: Judge, refreshes: list[Refresh]) -> None:
    """Record how close to its expiry a token is refreshed, if only one alternative agrees with all refreshes, and one
    that was not refreshed bounds it; or that none agrees with what is pinned. Platforms of which no token was refreshed
    prove nothing."""
    platforms = {each.platform for each in refreshes if each.is_refreshed}
    some = [each for each in refreshes if each.platform in platforms and each.left > TOLERANCE]
    fit = [choice for choice, seconds in THRESHOLDS.items() if all(each.fits(seconds) for each in some)]
    pin = judge.pins.get("health.near-expiry")
    is_bounded = len({each.is_refreshed for each in some}) == 2 and len(fit) < 2
    if is_bounded or (some and pin is not None and pin.choice not in fit):
        choice = fit[0] if fit else "at another time, or not always"
        judge.observe("health.near-expiry", choice, *(each.checkup.health for each in some[-1:]))


def _expect_refreshed(target: Target, judge: Judge, checkup: Checkup) -> None:
    """Judge a probe of an account whose token is due for a refresh. Because the refresh does not recur, the account is
    retrieved twice instead."""
    again = target.call(GET, path={"id": checkup.before["id"]})
    if again.json != checkup.after.json:
        return  # it is changing by itself
    _observe_expiry(judge, checkup)
    status, code = checkup.health.member("status"), checkup.health.member("error_code")
    if status == "revoked" and code is not None:
        judge.observe("health.revoked-grant", "revoked", checkup.health)
    if status == EXPIRED:
        _observe_failure(judge, checkup, "flips")
        _expect_lasting(target, judge, checkup)
        return
    # A probe that found nothing wrong did not change the status, so something else did.
    flipped = checkup.after.member("status") == EXPIRED and code is not None
    expected, pair = "the status that the account has after the probe", (checkup.health, checkup.after)
    judge.expect("health.reread", checkup.agrees, expected, *pair, got=checkup.statuses, once=flipped)
    if code != EXPIRED or not checkup.agrees or checkup.is_refreshed:
        return
    if can_be_refreshed(checkup.before):
        expected, got = "status `token_expired`: the refresh failed", f"status `{status}`"
        judge.expect("health.refresh-failure", False, expected, checkup.health, got=got)
    else:
        _observe_failure(judge, checkup, "kept" if status == "active" else str(status))


def _observe_failure(judge: Judge, checkup: Checkup, choice: str) -> None:
    """Record what becomes of an account whose token cannot be refreshed."""
    if not can_be_refreshed(checkup.before):
        judge.observe("health.unrefreshable", choice, checkup.health)


def _observe_expiry(judge: Judge, checkup: Checkup) -> None:
    """Record whether a check that refreshed the token shows the new expiry or the old one."""
    if checkup.mismatch:
        return
    if checkup.after.status == 200 and checkup.is_refreshed:
        choices = {"after": checkup.after.object, "before": checkup.before}
        choice = next((choice for choice, account in choices.items() if checkup.shows_expiry_of(account)), None)
        expiry = str(checkup.health.member("token_expires_at"))
        judge.observe("health.expiry-reread", choice or expiry, checkup.health, checkup.after)
    elif checkup.health.member("healthy") is True and not checkup.shows_expiry_of(checkup.after.object):
        expiry = f"{checkup.health.member('token_expires_at')} instead of {checkup.expiry}"
        judge.observe("health.expiry-reread", expiry, checkup.health, checkup.after)


def _expect_lasting(target: Target, judge: Judge, checkup: Checkup) -> None:
    """Judge that every later read shows the status that a failed refresh set, until a refresh succeeds."""
    path = {"id": checkup.before["id"]}
    _expect_flipped(judge, checkup, checkup.after)
    settling = Settling(target, judge)
    listed = settling.look(lambda: target.call(LIST, query=path), lambda page: _flips(survey.rows(page)))
    _expect_flipped(judge, checkup, listed)
    is_flipped = bool(survey.rows(listed)) and _flips(survey.rows(listed))  # just before the next probe
    second = target.call(HEALTH, path=path)
    third = target.call(GET, path=path)
    if second.member("healthy") is True and third.status == 200:
        refreshed = not agree(third.member("token_expires_at"), checkup.before.get("token_expires_at"))
        expected, got = "`token_expired`, or another expiry: a refresh succeeded", f"status {third.member('status')!r}"
        judge.expect("health.refresh-failure", refreshed, expected, checkup.health, second, third, got=got)
        if refreshed and is_flipped:
            judge.observe("health.recovery", "active-again", second)
    else:
        _expect_flipped(judge, checkup, second)
        _expect_flipped(judge, checkup, third)


def _flips(rows: list[Account]) -> bool:
    return all(row.get("status") == EXPIRED for row in rows)


def _expect_flipped(judge: Judge, checkup: Checkup, later: Exchange) -> None:
    """Judge a later read: it does not show the status from before the flip, unless a token was refreshed meanwhile."""
    before = checkup.before
    for row in () if later.status in PASSING else survey.rows(later) or [later.object]:
        is_old = row.get("status") == before.get("status")
        holds = not is_old or not agree(row.get("token_expires_at"), before.get("token_expires_at"))
        expected, got = "every later read to show `token_expired`", f"status {row.get('status')!r}"
        judge.expect("health.refresh-failure", holds, expected, checkup.health, later, got=got)
