"""Judges health checks of accounts of each platform and status."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from postfuze_contracts.checks.health.checkup import MAX_ACCOUNTS, UNPROBED, Checkup, accounts, check_up, current
from postfuze_contracts.checks.health.clocks import expect_one_clock, read_clocks, witness
from postfuze_contracts.checks.health.soundness import ASSUMED, LEEWAY, STATED, expect_sound, observe_expired_tokens
from postfuze_contracts.checks.metrics.snapshots import form, values
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Judge
from postfuze_contracts.engine.registry import check
from postfuze_contracts.engine.survey import Account
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.instants import instant
from postfuze_contracts.model.operations import GET, HEALTH, METRICS
from postfuze_contracts.model.options import Access
from postfuze_contracts.target.target import Target


@check(
    *(*STATED, "health.reread", "health.live-probe", "health.checked-at"),
    assumes=(*ASSUMED, "health.recovery", "health.unreachable", "health.x-probe", "health.expiry-reread"),
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
    sample += [each for each in _unreached(target, rows) if each not in sample]
    # A job may have refreshed tokens that had expired when they were listed.
    sample = [current(target, each) if each.get("status") == "token_expired" else each for each in sample]
    checkups = [check_up(target, each) for each in sample]
    for each in checkups:
        expect_sound(target, judge, each, time)
        _expect_reread(target, judge, each)
    observe_expired_tokens(judge, checkups, time)
    expect_one_clock(judge, checkups)
    checkups += [check_up(target, account) for account in _others(_of("active", rows), checkups)]
    if not any(each.live for each in checkups):  # then the documentation's example, X, shows most
        on_x = [account for account in _of("active", rows) if account.get("platform") == "x"]
        checkups += [check_up(target, account) for account in on_x[:3]]
    _expect_live(target, judge, [each for each in checkups if isinstance(each.health.member("checked_live"), bool)])


def _of(kind: str, rows: list[Account]) -> list[Account]:
    """The accounts of a kind: `active`, `unprobed`, or `unhealthy` for any other status."""
    kinds = {"active": "active", **dict.fromkeys(UNPROBED, "unprobed")}
    return [account for account in rows if kinds.get(str(account.get("status")), "unhealthy") == kind]


def _unreached(target: Target, rows: list[Account]) -> list[Account]:
    """Some active accounts whose metrics are not live, while others of their platform are: it seems unreachable."""
    kinds = {str(account["id"]): (account.get("platform"), exchange) for account, exchange in values(target)}
    live = {platform for platform, exchange in kinds.values() if exchange.member("source") == "live"}
    stored = {id for id, (platform, each) in kinds.items() if platform in live and _is_stored(each)}
    return [account for account in _of("active", rows) if account["id"] in stored][:_MAX_UNREACHED]


def _is_stored(metrics: Exchange) -> bool:
    """Whether metrics say that the platform could not be reached."""
    return metrics.member("source") == "snapshot" or form(metrics) == "none-yet"


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
    if not again.agrees and target.call(GET, path={"id": checkup.before["id"]}).json != again.after.json:
        return  # the account is changing by itself
    expected = "a retrieval that follows to show the same `status`"
    judge.expect("health.reread", again.agrees, expected, again.health, again.after, got=again.statuses)
    _observe_expiry(target, judge, checkup)


def _observe_expiry(target: Target, judge: Judge, checkup: Checkup) -> None:
    """Record an expiry that the account has neither before nor after the check."""
    if checkup.mismatch or checkup.after.status != 200 or checkup.shows_expiry_of(checkup.after.object):
        return
    before = target.call(GET, path={"id": checkup.before["id"]})
    again = check_up(target, checkup.before)
    expiries = {str(each.member("token_expires_at")) for each in (before, again.after)}
    if len(expiries) == 1 and not again.mismatch and not again.shows_expiry_of(again.after.object):
        choice = f"{again.health.member('token_expires_at')} instead of {again.expiry}"
        judge.observe("health.expiry-reread", choice, again.health, again.after)


def _expect_live(target: Target, judge: Judge, checkups: Sequence[Checkup]) -> None:
    """Judge that an active account is probed if its platform can be probed and is reachable: other accounts were
    probed, and its metrics are live."""
    for each in (each for each in checkups if each.live):
        judge.expect("health.live-probe", True, "a probe", each.health)
        if each.before.get("status") == "token_expired" and each.after.member("status") == "active":
            judge.observe("health.recovery", "active-again", each.health)
    rightly = [each for each in checkups if each.live and each.before.get("status") not in UNPROBED]
    platforms = {each.before.get("platform") for each in rightly}
    states = [(each, {each.before.get("status"), each.after.member("status")}) for each in checkups]
    active = [each for each, statuses in states if statuses == {"active"}]
    _observe_failed_probes(judge, active)
    _observe_x(judge, [each for each in active if each.before.get("platform") == "x"])
    for each in [each for each in active if not each.live and each.before.get("platform") in platforms][-8:]:
        metrics = target.call(METRICS, path=(path := {"id": each.before["id"]}))
        again = target.call(HEALTH, path=path) if metrics.member("source") == "live" else None
        if again is not None and again.status == 200:
            live = again.member("checked_live") is True
            expected = f"a live probe: {each.before.get('platform')} can be probed, and reached"
            judge.expect("health.live-probe", live, expected, metrics, again, got="checked_live false")
        elif _is_stored(metrics) and rightly:
            _observe_unreachable(judge, each, metrics)
    if not judge.judged["health.live-probe"]:
        judge.block("health.live-probe", needs.accounts(1, "account that can be probed"))


_MAX_UNREACHED = 4
# What an error code has that says that a platform was not reached. Other codes prove nothing.
_UNREACHABLE = ("unreach", "unavailable", "timeout", "timed_out")


def _observe_failed_probes(judge: Judge, active: Sequence[Checkup]) -> None:
    for each in active:
        if each.live and any(word in str(each.health.member("error_code")).lower() for word in _UNREACHABLE):
            judge.observe("health.unreachable", "probe-failed", each.health)


def _observe_x(judge: Judge, active: Sequence[Checkup]) -> None:
    """Record whether X can be probed. One account of it may be unreachable, so that several must agree."""
    if any(each.live for each in active) or len(active) > 1:
        judge.observe(
            "health.x-probe", "probed" if any(each.live for each in active) else "not-probed", active[-1].health
        )


def _observe_unreachable(judge: Judge, checkup: Checkup, metrics: Exchange) -> None:
    """Record what the check says without a probe, though the platform can be probed: its metrics are a snapshot, so it
    cannot be reached. Only a token that is good for long tells a fallback from a failure."""
    at, expiry = checkup.at, instant(checkup.expiry)
    healthy = checkup.health.member("healthy")
    if isinstance(healthy, bool) and at is not None and expiry is not None and expiry > at + LEEWAY:
        choice = "fallback" if healthy else "not-healthy"
        judge.observe("health.unreachable", choice, metrics, checkup.health)
