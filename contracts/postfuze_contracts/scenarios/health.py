"""Checking the health of accounts, each check held against what list and get show around it.

Whether a platform can be probed is not documented: what a platform's accounts show is held against each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import UnionType
from typing import Any

from postfuze_contracts import needs, survey
from postfuze_contracts.exchange import Exchange
from postfuze_contracts.instants import instant
from postfuze_contracts.options import Access
from postfuze_contracts.scenario import Blocked, Judge, scenario
from postfuze_contracts.survey import Account
from postfuze_contracts.target import HEALTH, MISSING_ID, Target

GET, LIST, METRICS = "getSocialAccount", "listSocialAccounts", "getSocialAccountMetrics"
UNPROBED = ("disabled", "revoked")
UNWELL = (*UNPROBED, "token_expired")
TOLERANCE = 5.0  # seconds by which the clocks of a deployment's machines may differ
MOMENT = 1.2  # seconds after which a timestamp in whole seconds has changed
FAR = 120.0  # seconds that no such difference explains
DUE, NEAR = 3600.0, 600.0  # seconds before its expiry: some refresh a token already, most do (`health.near-expiry`)

_MOST = {"quick": 12, "ci": 40, "deep": 150}  # accounts that a check looks at
_TYPES: dict[str, type | UnionType] = {"healthy": bool, "checked_live": bool, "status": str, "error_code": str | None}
_STATED = ("health.fields", "health.error-code", "health.unprobed", "health.fallback", "health.refresh")


@dataclass(frozen=True)
class Check:
    """A health check of an account, which was listed as `before` and retrieved as `after`."""

    before: Account
    health: Exchange
    after: Exchange

    @property
    def live(self) -> bool:
        return self.health.member("checked_live") is True

    @property
    def at(self) -> float | None:
        """When it ran, as it says."""
        return instant(self.health.member("checked_at"))

    @property
    def shown(self) -> str:
        told = (f"{each.member('status')}, {each.member('token_expires_at')}" for each in (self.health, self.after))
        return " and ".join(told)

    @property
    def agrees(self) -> bool:
        """Whether the retrieval shows the status and the expiry that the check told."""
        told, shown = self.health, self.after
        return shown.status != 200 or (
            told.member("status") == shown.member("status")
            and instant(told.member("token_expires_at")) == instant(shown.member("token_expires_at"))
        )


@scenario("health.unknown")
def an_account_that_does_not_exist(target: Target, judge: Judge) -> None:
    """Check the health of an account that does not exist."""
    answer = target.call(HEALTH, path={"id": MISSING_ID})
    judge.expect("health.unknown", answer.status == 404, "404 for an id that no account has", answer)


@scenario("health.checked-at", access=Access.PROBE, writes="probes up to three accounts")
def checks_a_moment_apart(target: Target, judge: Judge) -> None:
    """Check accounts, and again after a moment, and compare `checked_at` with one another and with live metrics."""
    steady = sorted(_accounts(target), key=_urgency, reverse=True)
    well = [account for account in steady if account.get("status") == "active"]
    twice = [*well[:1], *[account for account in steady if account.get("status") != "active"][:1]]
    clock = _clock(target)
    before, earlier = _captured(target, clock), [_check(target, account) for account in twice]
    target.client.wait(MOMENT)
    later = [_check(target, account) for account in (*twice, *well[1:2])]
    after, checks = _captured(target, clock), [*earlier, *later]
    _expect_one_clock(judge, checks, MOMENT)
    others = ((before, after), (earlier[0].at, later[-1].at if well[1:2] else None))
    runs = any(now - then >= MOMENT - 0.4 for then, now in others if then is not None and now is not None)
    for then, now in zip(earlier, later, strict=False):
        stuck = runs and then.at is not None and then.at == now.at
        said, pair = "another `checked_at` a moment later: time goes on there", (then.health, now.health)
        judge.expect("health.checked-at", not stuck, said, *pair, got=f"{now.health.member('checked_at')} both times")
    for check in checks:
        if check.at is not None and before is not None and after is not None:
            near = before - FAR <= check.at <= after + FAR
            said = "the time of the call, as live metrics tell it"
            judge.expect("health.checked-at", near, said, check.health, got=str(check.health.member("checked_at")))


@scenario(
    *(*_STATED, "health.reread", "health.refresh-failure"),
    access=Access.PROBE,
    writes="probes accounts whose token is to be refreshed",
)
def tokens_near_their_expiry(target: Target, judge: Judge) -> None:
    """Check the accounts whose tokens expire first: they are refreshed, or flipped for good."""
    due, most = 0, _MOST[target.options.profile]
    for account in sorted(_accounts(target), key=_urgency)[: 3 * most]:
        check = _check(target, account)
        _expect_sound(judge, check)
        expiry = instant(account.get("token_expires_at"))
        active = account.get("status") == "active" and expiry is not None and check.at is not None
        if not active or due == most or (expiry or 0.0) - (check.at or 0.0) > DUE:
            break
        if check.live:
            due += 1
            _expect_refreshed(target, judge, check)
    if not due:
        raise Blocked(needs.accounts(1, "account with a token near its expiry"))
    if not judge.judged["health.refresh-failure"]:
        judge.block("health.refresh-failure", needs.accounts(1, "account whose token cannot be refreshed"))


@scenario(
    *(*_STATED, "health.reread", "health.live-probe", "health.checked-at"),
    access=Access.PROBE,
    writes="probes accounts of each platform and state",
)
def accounts_of_each_kind(target: Target, judge: Judge) -> None:
    """Check accounts of each platform and state, and retrieve each right after."""
    accounts, most = _accounts(target), _MOST[target.options.profile]
    # Many of those that may not be probed: on a platform that none can probe, a probe too many does not show.
    kinds = {"unprobed": most, "unwell": most // 2, "active": most}
    chosen = [each for kind, count in kinds.items() for each in survey.spread(_of(kind, accounts), count)]
    checks = [_check(target, each) for each in chosen]
    well = _of("active", accounts)
    for check in checks:
        _expect_sound(judge, check)
        again = check if check.agrees else _check(target, check.before)
        if check.health.member("status") == "token_expired" != check.after.member("status"):
            continue  # a flip that does not last: health.refresh-failure
        said = "a retrieval that follows to show the same `status` and `token_expires_at`"
        judge.expect("health.reread", again.agrees, said, again.health, again.after, got=again.shown)
    _expect_one_clock(judge, checks)
    if not any(check.live for check in checks):  # then the document's own example is taken at its word
        checks += [_check(target, account) for account in well if account.get("platform") == "x"][:3]
    _expect_live(target, judge, checks)


def _of(kind: str, accounts: list[Account]) -> list[Account]:
    """The accounts that are active, that may not be probed, or that are unwell otherwise."""
    kinds = {"active": "active", **dict.fromkeys(UNPROBED, "unprobed")}
    return [account for account in accounts if kinds.get(str(account.get("status")), "unwell") == kind]


def _accounts(target: Target) -> list[Account]:
    """The accounts that may be probed, as they are now. Raises Blocked where there are none."""
    if target.options.probe is None:
        found = survey.accounts(target)
    else:
        own = [] if target.options.access < Access.FULL else target.standing_accounts()
        answers = [target.call(GET, path={"id": id}) for id in (*target.options.probe, *own)]
        found = [answer.json for answer in answers if answer.status == 200 and isinstance(answer.json, dict)]
    if not found:
        raise Blocked(needs.accounts(1))
    return found


def _urgency(account: Account) -> tuple[bool, float]:
    """What sorts the accounts that a check may change first: active ones by the expiry of their tokens."""
    expiry = instant(account.get("token_expires_at"))
    return account.get("status") != "active" or expiry is None, expiry or 0.0


def _check(target: Target, account: Account) -> Check:
    path = {"id": account["id"]}
    health = target.call(HEALTH, path=path)
    return Check(account, health, target.call(GET, path=path))


def _expect_sound(judge: Judge, check: Check) -> None:
    """Judge what a check says by itself."""
    health, flaw = check.health, _flaw(check)
    judge.expect("health.fields", flaw is None, "200 with the eight fields of the account's health", health, got=flaw)
    if health.status != 200 or not isinstance(healthy := health.member("healthy"), bool):
        return
    code, got = health.member("error_code"), f"healthy {healthy}, error_code {health.member('error_code')!r}"
    judge.expect("health.error-code", (code is None) == healthy, "an `error_code` only if not healthy", health, got=got)
    expiry, now = instant(health.member("token_expires_at")), _now(check)
    statuses = {check.before.get("status"), health.member("status"), check.after.member("status")}
    if statuses <= set(UNPROBED):
        judge.expect("health.unprobed", not check.live, f"no probe: it is {health.member('status')}", health)
    expired = None if now is None else expiry is not None and expiry <= now
    kept = expired and (check.agrees or check.after.status != 200)  # otherwise it was refreshed: health.reread
    sure = now is None or expiry is None or abs(expiry - now) > TOLERANCE
    if check.live and healthy and sure:
        said = "an unexpired token, for the probe found the account healthy"
        got = f"it expires at {health.member('token_expires_at')}"
        judge.expect("health.refresh", not kept, said, health, got=got)
    if not check.live and len(statuses) == 1 and sure and expired is not None:
        _expect_fallback(judge, check, healthy, expired)


def _now(check: Check) -> float | None:
    """The time of the check, unless the account has a later past."""
    past = [instant(check.after.member(name)) for name in ("created_at", "updated_at", "last_synced_at")]
    return check.at if check.at is not None and all(at is None or at <= check.at + FAR for at in past) else None


def _expect_fallback(judge: Judge, check: Check, healthy: bool, expired: bool) -> None:
    """Judge a check without a probe by status and expiry."""
    status = check.health.member("status")
    if status in UNWELL or (status == "active" and expired):
        why = f"it is {status}" if status in UNWELL else "its token has expired"
        judge.expect("health.fallback", not healthy, f"not healthy: {why}", check.health, got="healthy")
    elif status == "active":
        got = f"not healthy: {check.health.member('error_code')}"
        judge.expect("health.fallback", healthy, "healthy: active, with an unexpired token", check.health, got=got)


def _expect_refreshed(target: Target, judge: Judge, check: Check) -> None:
    """Judge a probe of an account with a token that was to be refreshed. It cannot be had again, so that the retrieval
    is looked at twice instead."""
    path, health = {"id": check.before["id"]}, check.health
    again = target.call(GET, path=path)
    if again.json != check.after.json:
        return  # somebody else is changing it
    if health.member("status") != "token_expired":
        said, pair = "the status and expiry that the account has after the probe", (health, check.after)
        stale = check.before.get("token_expires_at") == health.member("token_expires_at")  # what it was before
        judge.expect("health.reread", check.agrees, said, *pair, got=check.shown, once=stale)
        expiry, at = instant(health.member("token_expires_at")), check.at
        failed = health.member("error_code") == "token_expired" and check.agrees
        if failed and expiry is not None and at is not None and expiry - at < NEAR:
            said, got = "status `token_expired`: the refresh failed", f"status `{health.member('status')}`"
            judge.expect("health.refresh-failure", False, said, health, got=got)
        return
    said = "every later read to show `token_expired`"
    for later in (check.after, target.call(LIST, query={"id": path["id"]}), target.call(HEALTH, path=path)):
        for row in survey.rows(later) or [later.json or {}]:
            recovered = later.operation == HEALTH and later.member("healthy") is True
            shows = recovered or row.get("status") == "token_expired"
            judge.expect("health.refresh-failure", shows, said, health, later, got=f"status {row.get('status')!r}")


def _expect_live(target: Target, judge: Judge, checks: Sequence[Check]) -> None:
    """Judge that an active account is probed if its platform can be probed, and reached now: others of it were probed,
    and its metrics come live. Where none was probed at all, the document's own example is taken at its word."""
    for check in (check for check in checks if check.live):
        judge.expect("health.live-probe", True, "a probe", check.health)
        if check.before.get("status") == "token_expired" and check.after.member("status") == "active":
            judge.observe("health.recovery", "active-again", check.health)
    rightly = [check for check in checks if check.live and check.before.get("status") not in UNPROBED]
    probed = {check.before.get("platform") for check in rightly} or {"x"}
    states = [(check, {check.before.get("status"), check.after.member("status")}) for check in checks if not check.live]
    for check in [check for check, seen in states if seen == {"active"} and check.before.get("platform") in probed][:6]:
        reached = target.call(METRICS, path=(path := {"id": check.before["id"]}))
        again = target.call(HEALTH, path=path) if reached.member("source") == "live" else None
        if again is not None and again.status == 200:
            live = again.member("checked_live") is True
            said = f"a live probe: {check.before.get('platform')} can be probed, and reached"
            judge.expect("health.live-probe", live, said, reached, again, got="checked_live false")
    if not judge.judged["health.live-probe"]:
        judge.block("health.live-probe", needs.accounts(1, "account that can be probed"))


def _expect_one_clock(judge: Judge, checks: Sequence[Check], waited: float = 0.0) -> None:
    """Judge that `checked_at` goes on as time does from check to check, or stands with a clock that stands."""
    for then, now in pairwise(checks):
        if then.at is None or now.at is None:
            continue
        passed = now.health.response.received_at - then.health.response.sent_at + waited
        sound = -TOLERANCE <= now.at - then.at <= passed + TOLERANCE
        got = f"{then.health.member('checked_at')}, then {now.health.member('checked_at')}"
        said = "`checked_at` to be the time of each call"
        judge.expect("health.checked-at", sound, said, then.health, now.health, got=got)


def _clock(target: Target) -> str | None:
    """The id of an account whose metrics come live: when they were captured is the deployment's own time."""
    for account in survey.spread([each for each in survey.accounts(target) if each.get("status") == "active"], 6):
        if _captured(target, account["id"]) is not None:
            return str(account["id"])
    return None


def _captured(target: Target, id: str | None) -> float | None:
    answer = None if id is None else target.call(METRICS, path={"id": id})
    return instant(answer.member("captured_at")) if answer is not None and answer.member("source") == "live" else None


def _flaw(check: Check) -> str | None:
    """What is wrong with the members of a check, None where nothing is."""
    health = check.health
    if health.status == 200 and isinstance(health.json, dict):
        return next(_flaws(check.before, health.json), None)
    return None if health.status == check.after.status == 404 else f"status {health.status}"


def _flaws(account: Account, health: dict[str, Any]) -> Iterator[str]:
    for name, kinds in _TYPES.items():
        if not isinstance(health.get(name, ...), kinds):
            yield f"{name} {health.get(name, 'missing')!r}"
    if health.get("token_expires_at", ...) is not None and instant(health.get("token_expires_at")) is None:
        yield f"token_expires_at {health.get('token_expires_at', 'missing')!r}"
    if instant(health.get("checked_at")) is None:
        yield f"checked_at {health.get('checked_at', 'missing')!r}"
    if str(health.get("id")).lower() != account["id"].lower():
        yield f"id {health.get('id')!r}"
    if health.get("network") != account.get("platform"):
        yield f"network {health.get('network')!r} for {account.get('platform')}"
