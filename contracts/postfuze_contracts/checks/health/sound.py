"""What a health check says by itself: its fields, its error, and whether they suit the account's status and token."""

from __future__ import annotations

from postfuze_contracts.checks.health.checkup import UNPROBED, Checkup
from postfuze_contracts.checks.health.clock import TOLERANCE
from postfuze_contracts.checks.health.witness import FAR, Told
from postfuze_contracts.engine.judge import Judge
from postfuze_contracts.model.instants import instant

STATED = ("health.fields", "health.error-code", "health.unprobed", "health.fallback", "health.refresh")
UNWELL = (*UNPROBED, "token_expired")


def expect_sound(judge: Judge, checkup: Checkup, told: Told) -> None:
    """Judge what a check says by itself; `told` is the deployment's time, a little before."""
    health, flaw = checkup.health, checkup.flaw
    # A fault that came of changing the account is not to be had again.
    once = health.status >= 500 and checkup.before.get("status") != checkup.after.member("status")
    said = "200 with the eight fields of the account's health"
    judge.expect("health.fields", flaw is None, said, health, got=flaw, once=once)
    if health.status != 200 or not isinstance(healthy := health.member("healthy"), bool):
        return
    code, got = health.member("error_code"), f"healthy {healthy}, error_code {health.member('error_code')!r}"
    judge.expect("health.error-code", (code is None) == healthy, "an `error_code` only if not healthy", health, got=got)
    if not isinstance(health.member("checked_live"), bool):
        return
    statuses = {checkup.before.get("status"), health.member("status"), checkup.after.member("status")}
    if statuses <= set(UNPROBED) and not checkup.given_before:
        judge.expect("health.unprobed", not checkup.live, f"no probe: it is {health.member('status')}", health)
    expiry, now = instant(health.member("token_expires_at")), _now(checkup, told)
    expired = None if now is None else expiry is not None and expiry <= now
    sure = now is None or expiry is None or abs(expiry - now) > TOLERANCE
    if checkup.live and healthy and sure:
        # A token of which the retrieval shows another expiry was refreshed: that is health.reread.
        kept = expired and (checkup.agrees or checkup.after.status != 200)
        said, got = "an unexpired token, for the probe found the account healthy", f"it expires at {expiry_of(checkup)}"
        judge.expect("health.refresh", not kept, said, health, got=got)
    if not checkup.live and len(statuses) == 1 and sure and expired is not None:
        _expect_fallback(judge, checkup, healthy, expired)


def expiry_of(checkup: Checkup) -> object:
    return checkup.health.member("token_expires_at")


def _now(checkup: Checkup, told: Told) -> float | None:
    """The time of the check, unless the account has a later past, or the deployment tells another time elsewhere: then
    it is `checked_at` that is wrong, and nothing follows from it."""
    past = [instant(checkup.after.member(name)) for name in ("created_at", "updated_at", "last_synced_at")]
    if (
        checkup.at is None
        or not told.agrees(checkup.at)
        or any(at is not None and at > checkup.at + FAR for at in past)
    ):
        return None
    return checkup.at


def _expect_fallback(judge: Judge, checkup: Checkup, healthy: bool, expired: bool) -> None:
    """Judge a check without a probe by status and expiry."""
    status = checkup.health.member("status")
    if status in UNWELL or (status == "active" and expired):
        why = f"it is {status}" if status in UNWELL else "its token has expired"
        judge.expect("health.fallback", not healthy, f"not healthy: {why}", checkup.health, got="healthy")
    elif status == "active":
        got = f"not healthy: {checkup.health.member('error_code')}"
        judge.expect("health.fallback", healthy, "healthy: active, with an unexpired token", checkup.health, got=got)
