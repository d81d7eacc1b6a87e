"""Judges a single health check by its fields, and by the status and the token's expiry of its account."""

from __future__ import annotations

from collections.abc import Sequence

from postfuze_contracts.checks.health.checkup import UNPROBED, Checkup
from postfuze_contracts.checks.health.clocks import FAR, TOLERANCE, ClockReading
from postfuze_contracts.engine.judge import Judge
from postfuze_contracts.engine.survey import Account
from postfuze_contracts.model.instants import agree, instant
from postfuze_contracts.model.operations import METRICS
from postfuze_contracts.target.target import Target

STATED = (
    "account.timestamps",
    "health.fields",
    "health.error-code",
    "health.unprobed",
    "health.fallback",
    "health.refresh",
)
ASSUMED = ("health.expired-token", "health.no-expiry", "fields.null")

UNHEALTHY = (*UNPROBED, "token_expired")
LEEWAY = 3600.0  # seconds; a deployment may take a token for expired that expires soon
GRACE = 600.0  # seconds; a deployment may take a token for good that expired just now
REFRESHING = "offline.access"  # the documentation's example has this scope, and its token is refreshed


def _expect_same_creation(judge: Judge, checkup: Checkup) -> None:
    """Judge that the check did not move the time at which the account was created."""
    before, after = checkup.before.get("created_at"), checkup.after.member("created_at")
    if checkup.after.status == 200 and instant(before) is not None and instant(after) is not None:
        expected, got = f"`created_at` to stay {before}", f"{after}"
        judge.expect("account.timestamps", agree(before, after), expected, checkup.health, checkup.after, got=got)


def expect_sound(target: Target, judge: Judge, checkup: Checkup, time: ClockReading) -> None:
    """Judge a single health check. `time` is the deployment's time just before it."""
    health, mismatch = checkup.health, checkup.mismatch
    # A server error that coincides with a change of the account does not recur.
    once = health.status >= 500 and checkup.before.get("status") != checkup.after.member("status")
    expected = "200 with the fields of the account's health"
    judge.expect("health.fields", mismatch is None, expected, health, got=mismatch, once=once)
    if health.status != 200 or not isinstance(healthy := health.member("healthy"), bool):
        return
    _observe_nulls(judge, checkup)
    _expect_same_creation(judge, checkup)
    code, got = health.member("error_code"), f"healthy {healthy}, error_code {health.member('error_code')!r}"
    judge.expect("health.error-code", (code is None) == healthy, "an `error_code` only if not healthy", health, got=got)
    if not isinstance(health.member("checked_live"), bool):
        return
    statuses = {checkup.before.get("status"), health.member("status"), checkup.after.member("status")}
    if statuses <= set(UNPROBED) and not checkup.cached:
        judge.expect("health.unprobed", not checkup.live, f"no probe: it is {health.member('status')}", health)
    now = time_of(checkup, time)
    if checkup.live:
        _expect_refreshed(judge, checkup, now)
    elif len(statuses) == 1:
        _expect_fallback(target, judge, checkup, healthy, now)


def _observe_nulls(judge: Judge, checkup: Checkup) -> None:
    """Record whether a null is left out. That the `error_code` is null is said, so only a missing one tells."""
    health = checkup.health.json
    if not {"error_code", "token_expires_at"} <= health.keys():
        judge.observe("fields.null", "left-out", checkup.health)
    elif health["token_expires_at"] is None:
        judge.observe("fields.null", "null", checkup.health)


def time_of(checkup: Checkup, time: ClockReading) -> float | None:
    """The time of the health check. None if it contradicts the timestamps of the account or the deployment's clocks:
    then `checked_at` is wrong, and proves nothing."""
    past = [instant(checkup.after.member(name)) for name in ("created_at", "updated_at", "last_synced_at")]
    at = checkup.at
    if at is None or not time.agrees(at) or any(each is not None and each > at + FAR for each in past):
        return None
    return at


def can_be_refreshed(account: Account) -> bool:
    """Whether the documentation leaves no doubt that the account's token can be refreshed."""
    scopes = account.get("scopes")
    return isinstance(scopes, list) and REFRESHING in scopes


def _expect_refreshed(judge: Judge, checkup: Checkup, now: float | None) -> None:
    """Judge a probe of an account whose token has expired: it refreshes the token, or the account is not healthy."""
    if checkup.is_refreshed:
        judge.expect("health.refresh", True, "a token that expires later", checkup.health)
    if _is_healthy_past_expiry(checkup, now) and can_be_refreshed(checkup.before):
        expected, got = "another expiry: the probe refreshes the token", f"it expires at {checkup.expiry}"
        judge.expect("health.refresh", False, expected, checkup.health, checkup.after, got=got)


def _is_healthy_past_expiry(checkup: Checkup, now: float | None) -> bool:
    """Whether a probe found an account healthy although its token had expired, before and after it."""
    then, expiries = instant(checkup.before.get("token_expires_at")), checkup.expiries
    is_healthy = checkup.health.member("healthy") is True and not checkup.is_refreshed
    if not is_healthy or now is None or then is None or not expiries:
        return False
    return max(then, *expiries) < now - TOLERANCE


def observe_expired_tokens(judge: Judge, checkups: Sequence[Checkup], time: ClockReading) -> None:
    """Record whether a probe finds accounts healthy whose tokens have expired. One such account outweighs others whose
    tokens were refreshed."""
    live = [each for each in checkups if each.live and not can_be_refreshed(each.before)]
    healthy = [each for each in live if _is_healthy_past_expiry(each, time_of(each, time))]
    refreshed = [each for each in live if each.is_refreshed and _had_expired(each, time_of(each, time))]
    for choice, some in (("may-be-healthy", healthy), ("never-healthy", refreshed)):
        if some:
            judge.observe("health.expired-token", choice, some[0].health, some[0].after)
            return


def _had_expired(checkup: Checkup, now: float | None) -> bool:
    then = instant(checkup.before.get("token_expires_at"))
    return now is not None and then is not None and then < now - TOLERANCE


def _expect_fallback(target: Target, judge: Judge, checkup: Checkup, healthy: bool, now: float | None) -> None:
    """Judge a health check without a probe by status and expiry."""
    status, expiry = checkup.health.member("status"), instant(checkup.expiry)
    if status in UNHEALTHY:
        judge.expect("health.fallback", not healthy, f"not healthy: it is {status}", checkup.health, got="healthy")
    elif status != "active" or (now is None and expiry is not None):
        return
    elif expiry is None:
        if checkup.expiry is None and (healthy or _is_reached(target, checkup)):
            judge.observe("health.no-expiry", "healthy" if healthy else "not-healthy", checkup.health)
    elif expiry < (now or 0.0) - GRACE:
        expected = "not healthy: its token has expired"
        judge.expect("health.fallback", not healthy, expected, checkup.health, got="healthy")
    elif expiry > (now or 0.0) + LEEWAY and (healthy or _is_reached(target, checkup)):
        got = f"not healthy: {checkup.health.member('error_code')}"
        judge.expect("health.fallback", healthy, "healthy: active, with an unexpired token", checkup.health, got=got)


def _is_reached(target: Target, checkup: Checkup) -> bool:
    """Whether the platform can be reached. While it cannot, an account may well not be healthy."""
    return bool(target.call(METRICS, path={"id": checkup.before["id"]}).member("source") == "live")
