"""Judges health checks of accounts of each platform and status, and of accounts whose tokens expire soon."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from postfuze_contracts.checks.health.checkup import (
    MAX_ACCOUNTS,
    PASSING,
    UNPROBED,
    Checkup,
    accounts,
    check_up,
    urgency,
)
from postfuze_contracts.checks.health.clocks import FAR, TOLERANCE, ClockReading, expect_one_clock, read_clocks, witness
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Judge, require
from postfuze_contracts.engine.registry import check
from postfuze_contracts.engine.survey import Account
from postfuze_contracts.model import needs
from postfuze_contracts.model.instants import instant
from postfuze_contracts.model.operations import GET, HEALTH, LIST, METRICS, MISSING_ID
from postfuze_contracts.model.options import Access
from postfuze_contracts.target.target import Target

STATED = ("health.fields", "health.error-code", "health.unprobed", "health.fallback", "health.refresh")
UNHEALTHY = (*UNPROBED, "token_expired")


def expect_sound(judge: Judge, checkup: Checkup, time: ClockReading) -> None:
    """Judge a single health check. `time` is the deployment's time just before it."""
    health, mismatch = checkup.health, checkup.mismatch
    # A server error that coincides with a change of the account does not recur.
    once = health.status >= 500 and checkup.before.get("status") != checkup.after.member("status")
    expected = "200 with the eight fields of the account's health"
    judge.expect("health.fields", mismatch is None, expected, health, got=mismatch, once=once)
    if health.status != 200 or not isinstance(healthy := health.member("healthy"), bool):
        return
    code, got = health.member("error_code"), f"healthy {healthy}, error_code {health.member('error_code')!r}"
    judge.expect("health.error-code", (code is None) == healthy, "an `error_code` only if not healthy", health, got=got)
    if not isinstance(health.member("checked_live"), bool):
        return
    statuses = {checkup.before.get("status"), health.member("status"), checkup.after.member("status")}
    if statuses <= set(UNPROBED) and not checkup.cached:
        judge.expect("health.unprobed", not checkup.live, f"no probe: it is {health.member('status')}", health)
    _expect_by_expiry(judge, checkup, healthy, _now(checkup, time), stable=len(statuses) == 1)


def _expect_by_expiry(judge: Judge, checkup: Checkup, healthy: bool, now: float | None, *, stable: bool) -> None:
    """Judge a health check by the expiry of the token. `stable`: the status is the same before and after it."""
    expiry = instant(expiry_of(checkup))
    is_expired = None if now is None else expiry is not None and expiry <= now
    is_sure = now is None or expiry is None or abs(expiry - now) > TOLERANCE
    if checkup.live and healthy and is_sure:
        # If the retrieval shows another expiry, the token was refreshed: health.reread covers that.
        is_stale = is_expired and (checkup.agrees or checkup.after.status != 200)
        expected, got = "an unexpired token: the probe found the account healthy", f"it expires at {expiry_of(checkup)}"
        judge.expect("health.refresh", not is_stale, expected, checkup.health, got=got)
    if not checkup.live and stable and is_sure and is_expired is not None:
        _expect_fallback(judge, checkup, healthy, is_expired)


def expiry_of(checkup: Checkup) -> object:
    return checkup.health.member("token_expires_at")


def _now(checkup: Checkup, time: ClockReading) -> float | None:
    """The time of the health check. None if it contradicts the timestamps of the account or the deployment's clocks:
    then `checked_at` is wrong, and proves nothing."""
    past = [instant(checkup.after.member(name)) for name in ("created_at", "updated_at", "last_synced_at")]
    at = checkup.at
    if at is None or not time.agrees(at) or any(each is not None and each > at + FAR for each in past):
        return None
    return at


def _expect_fallback(judge: Judge, checkup: Checkup, healthy: bool, is_expired: bool) -> None:
    """Judge a health check without a probe by status and expiry."""
    status = checkup.health.member("status")
    if status in UNHEALTHY or (status == "active" and is_expired):
        why = f"it is {status}" if status in UNHEALTHY else "its token has expired"
        judge.expect("health.fallback", not healthy, f"not healthy: {why}", checkup.health, got="healthy")
    elif status == "active":
        got = f"not healthy: {checkup.health.member('error_code')}"
        judge.expect("health.fallback", healthy, "healthy: active, with an unexpired token", checkup.health, got=got)


# Seconds before its expiry: when some deployments refresh a token, and when most do (`health.near-expiry`).
DUE, NEAR = 3600.0, 600.0


@check(
    *(*STATED, "health.reread", "health.refresh-failure"),
    access=Access.PROBE,
    needs=(needs.ACCOUNTS,),
    writes="probes accounts whose token is to be refreshed",
)
def tokens_near_their_expiry(target: Target, judge: Judge) -> None:
    """Check the accounts whose tokens expire first: the token is refreshed, or the account becomes `token_expired`."""
    due, most, time = 0, MAX_ACCOUNTS[target.options.profile], read_clocks(target, witness(target))
    for account in sorted(accounts(target), key=urgency)[: 3 * most]:
        checkup = check_up(target, account)
        expect_sound(judge, checkup, time)
        expiry = instant(account.get("token_expires_at"))
        active = account.get("status") == "active" and expiry is not None and checkup.at is not None
        if not active or due == most or (expiry or 0.0) - (checkup.at or 0.0) > DUE:
            break
        if checkup.live:
            due += 1
            _expect_refreshed(target, judge, checkup)
    require(due, needs.accounts(1, "account with a token near its expiry"))
    if not judge.judged["health.refresh-failure"]:
        judge.block("health.refresh-failure", needs.accounts(1, "account whose token cannot be refreshed"))


def _expect_refreshed(target: Target, judge: Judge, checkup: Checkup) -> None:
    """Judge a probe of an account whose token is due for a refresh. Because the refresh does not recur, the account is
    retrieved twice instead."""
    again = target.call(GET, path={"id": checkup.before["id"]})
    if again.json != checkup.after.json:
        return  # another client is changing it
    if checkup.health.member("status") == "token_expired":
        _expect_lasting(target, judge, checkup)
        return
    expected, pair = "the status and expiry that the account has after the probe", (checkup.health, checkup.after)
    stale = checkup.before.get("token_expires_at") == checkup.health.member("token_expires_at")  # the old value
    judge.expect("health.reread", checkup.agrees, expected, *pair, got=checkup.description, once=stale)
    expiry, at = instant(checkup.health.member("token_expires_at")), checkup.at
    refresh_failed = checkup.health.member("error_code") == "token_expired" and checkup.agrees
    if refresh_failed and expiry is not None and at is not None and expiry - at < NEAR:
        expected, got = "status `token_expired`: the refresh failed", f"status `{checkup.health.member('status')}`"
        judge.expect("health.refresh-failure", False, expected, checkup.health, got=got)


def _expect_lasting(target: Target, judge: Judge, checkup: Checkup) -> None:
    """Judge that every later read shows the status that a failed refresh set."""
    path, expected = {"id": checkup.before["id"]}, "every later read to show `token_expired`"
    for later in (checkup.after, target.call(LIST, query={"id": path["id"]}), target.call(HEALTH, path=path)):
        for row in () if later.status in PASSING else survey.rows(later) or [later.json or {}]:
            is_healthy = later.operation == HEALTH and later.member("healthy") is True
            shows = is_healthy or row.get("status") == "token_expired"
            got = f"status {row.get('status')!r}"
            judge.expect("health.refresh-failure", shows, expected, checkup.health, later, got=got)


@check("health.unknown")
def an_account_that_does_not_exist(target: Target, judge: Judge) -> None:
    """Check the health of an account that does not exist."""
    exchange = target.call(HEALTH, path={"id": MISSING_ID})
    judge.expect("health.unknown", exchange.status == 404, "404 for an id that no account has", exchange)


@check(
    *(*STATED, "health.reread", "health.live-probe", "health.checked-at"),
    access=Access.PROBE,
    needs=(needs.ACCOUNTS,),
    writes="probes accounts of each platform and state",
)
def accounts_of_each_kind(target: Target, judge: Judge) -> None:
    """Check accounts of each platform and status, and retrieve each of them afterwards."""
    rows, most, time = accounts(target), MAX_ACCOUNTS[target.options.profile], read_clocks(target, witness(target))
    # Many accounts that must not be probed, because a violation shows only on platforms that can be probed.
    kinds = {"unprobed": most, "unhealthy": most // 2, "active": most}
    sample = [each for kind, count in kinds.items() for each in survey.spread(_of(kind, rows), count)]
    checkups = [check_up(target, each) for each in sample]
    for each in checkups:
        expect_sound(judge, each, time)
        _expect_reread(target, judge, each)
    expect_one_clock(judge, checkups)
    checkups += [check_up(target, account) for account in _others(_of("active", rows), checkups)]
    if not any(each.live for each in checkups):  # then the documentation's example, X, must be probed
        on_x = [account for account in _of("active", rows) if account.get("platform") == "x"]
        checkups += [check_up(target, account) for account in on_x[:3]]
    _expect_live(target, judge, [each for each in checkups if isinstance(each.health.member("checked_live"), bool)])


def _of(kind: str, rows: list[Account]) -> list[Account]:
    """The accounts of a kind: `active`, `unprobed`, or `unhealthy` for any other status."""
    kinds = {"active": "active", **dict.fromkeys(UNPROBED, "unprobed")}
    return [account for account in rows if kinds.get(str(account.get("status")), "unhealthy") == kind]


def _others(active: list[Account], checkups: Sequence[Checkup]) -> Iterator[Account]:
    """Two more accounts of each platform without a probe so far, which may show that it can be probed."""
    platforms = {each.before.get("platform") for each in checkups if each.live}
    checked_ids = {each.before["id"] for each in checkups}
    for platform in {each.before.get("platform"): None for each in checkups if each.before.get("status") == "active"}:
        rest = (each for each in active if each.get("platform") == platform and each["id"] not in checked_ids)
        yield from islice(rest, 0 if platform in platforms else 2)


def _expect_reread(target: Target, judge: Judge, checkup: Checkup) -> None:
    """Judge a health check by the retrieval that follows."""
    again = checkup if checkup.agrees else check_up(target, checkup.before)
    if checkup.health.member("status") == "token_expired" != checkup.after.member("status"):
        return  # a change that does not last: health.refresh-failure
    expected = "a retrieval that follows to show the same `status` and `token_expires_at`"
    judge.expect("health.reread", again.agrees, expected, again.health, again.after, got=again.description)


def _expect_live(target: Target, judge: Judge, checkups: Sequence[Checkup]) -> None:
    """Judge that an active account is probed if its platform can be probed and is reachable: other accounts were
    probed, and its metrics are live. If none was probed at all, the documentation's example, X, must be."""
    for each in (each for each in checkups if each.live):
        judge.expect("health.live-probe", True, "a probe", each.health)
        if each.before.get("status") == "token_expired" and each.after.member("status") == "active":
            judge.observe("health.recovery", "active-again", each.health)
    rightly = [each for each in checkups if each.live and each.before.get("status") not in UNPROBED]
    platforms = {each.before.get("platform") for each in rightly} or {"x"}
    states = [(each, {each.before.get("status"), each.after.member("status")}) for each in checkups if not each.live]
    active = [each for each, statuses in states if statuses == {"active"}]
    for each in [each for each in active if each.before.get("platform") in platforms][:6]:
        metrics = target.call(METRICS, path=(path := {"id": each.before["id"]}))
        again = target.call(HEALTH, path=path) if metrics.member("source") == "live" else None
        if again is not None and again.status == 200:
            live = again.member("checked_live") is True
            expected = f"a live probe: {each.before.get('platform')} can be probed, and reached"
            judge.expect("health.live-probe", live, expected, metrics, again, got="checked_live false")
    if not judge.judged["health.live-probe"]:
        judge.block("health.live-probe", needs.accounts(1, "account that can be probed"))
