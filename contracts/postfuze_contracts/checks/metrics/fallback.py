"""Judges metrics without a live value: the latest stored snapshot, or the message that there is none yet."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from postfuze_contracts.checks.metrics.edges import observe_raw
from postfuze_contracts.checks.metrics.snapshots import (
    NUMBERS,
    PASSING,
    WIDE,
    Snapshot,
    captured_at,
    describe_metrics,
    field_mismatches,
    form,
    is_id,
    is_number,
    read,
    readable,
    rows,
    values,
    while_unchanged,
)
from postfuze_contracts.engine.judge import Judge
from postfuze_contracts.engine.registry import check
from postfuze_contracts.engine.survey import Account
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange, describe
from postfuze_contracts.model.instants import agree, instant, iso
from postfuze_contracts.model.operations import GET
from postfuze_contracts.target.target import Target

_MAX_OF_A_KIND = {"quick": 6, "ci": 20, "deep": 60}  # accounts of each kind
SKEW = 30.0  # seconds by which the clocks of one service may differ
_REFUSED = ("disabled", "revoked", "token_expired")  # statuses
_SEVERAL = 4  # accounts
_MOMENT = 1.1  # seconds after which a time in whole seconds has changed


@check(
    *("metrics.snapshot-fallback", "metrics.none-yet", "metrics.full-series", "metrics.live"),
    assumes=("metrics.series-raw", "metrics.refused-token"),
    needs=(needs.ACCOUNTS,),
)
def without_a_platform(target: Target, judge: Judge) -> None:
    """Where the platform returned no live value, compare the response with the latest stored snapshot."""
    counts: Counter[str] = Counter()
    late, timely = late_accounts(target)
    for account, exchange in values(target):
        kind = "late live value" if account["id"] in late else _kind(exchange)
        counts[kind] += 1
        if kind and counts[kind] <= _MAX_OF_A_KIND[target.options.profile]:
            _judge_fallback(target, judge, account)
            if account["id"] in late:
                _expect_timely(target, judge, account, timely)
    _observe_refused_tokens(target, judge)
    for statement, kind in (("metrics.snapshot-fallback", "snapshot"), ("metrics.none-yet", "message")):
        if not judge.judged[statement]:
            judge.block(statement, needs.accounts(1, f"account whose metrics are a {kind}"))


def _observe_refused_tokens(target: Target, judge: Judge) -> None:
    """Record what the metrics are of accounts whose token the platform would refuse, on platforms that have live
    values of active accounts. Several snapshots prove that it is not the platform which cannot be reached."""
    live = {account.get("platform") for account, each in values(target) if _is_live_and(account, each, "active")}
    refused = [(account, each) for account, each in values(target) if account.get("status") in _REFUSED]
    sources = [each.member("source") for account, each in refused if account.get("platform") in live]
    if sources and set(sources) == {"live"}:
        judge.observe("metrics.refused-token", "live")
    elif len(sources) >= _SEVERAL and "live" not in sources:
        judge.observe("metrics.refused-token", "snapshot")


def _is_live_and(account: Account, exchange: Exchange, status: str) -> bool:
    return account.get("status") == status and exchange.member("source") == "live"


def late_accounts(target: Target) -> tuple[set[str], Account]:
    """The ids of accounts whose live values are much older than most, and an account with a usual one."""
    live = [(account, each) for account, each in values(target) if each.member("source") == "live"]
    times = [(account, each, instant(each.member("captured_at"))) for account, each in live]
    ages = sorted((each.response.received_at - at, account["id"], account) for account, each, at in times if at)
    usual = ages[len(ages) // 2] if ages else (0.0, "", {})
    return {id for age, id, _ in ages if age > usual[0] + SKEW}, usual[2]


def _expect_timely(target: Target, judge: Judge, account: Account, timely: Account) -> None:
    """Judge the time of a live value by that of another account. It may be a stored snapshot."""
    value, other = read(target, account), read(target, timely)
    times = [instant(each.member("captured_at")) for each in (value, other) if each.member("source") == "live"]
    at, now = times if len(times) == 2 else (None, None)
    if at is not None and now is not None:
        stored = any(agree(row["captured_at"], iso(at)) for row in rows(read(target, account, WIDE)))
        statement = "metrics.snapshot-fallback" if stored else "metrics.live"
        expected = "source: snapshot, because it is stored" if stored else "captured at the call, like others"
        got, passed = f"a live value, captured at {iso(at)}", other.response.received_at - value.response.sent_at
        judge.expect(statement, now - at <= SKEW + passed, expected, other, value, got=got)


def _kind(exchange: Exchange) -> str:
    """The kind of a response, to examine some of each. Empty for what is not judged here."""
    source, shape = exchange.member("source"), form(exchange)
    if source == "live":
        return "empty live value" if _is_empty(exchange) and not exchange.member("raw") else ""
    if shape == "value" and source != "snapshot":
        return ""  # a broken source: metrics.value-fields covers that
    if shape == "series" and exchange.member("data"):
        return ""
    return f"empty {shape}" if shape == "value" and _is_empty(exchange) else shape


def _is_empty(exchange: Exchange) -> bool:
    """Whether a value has no metrics, or only zeros."""
    return not any(exchange.member(name) for name in NUMBERS)


class Fallback(NamedTuple):
    """The stored snapshots of an account, oldest first, and two readings of its metrics without a window."""

    series: Exchange
    stored: list[Snapshot]
    first: Exchange
    value: Exchange

    @property
    def at(self) -> float | None:
        return instant(self.value.member("captured_at"))


def _judge_fallback(target: Target, judge: Judge, account: Account) -> None:
    series, (first, value) = while_unchanged(target, account, lambda: (read(target, account), read(target, account)))
    fallback = Fallback(series, sorted(rows(series), key=captured_at), first, value)
    if series.status != 200:
        _expect_metrics(target, judge, account, series, value)
    elif not readable(series) or value.status == 429 or (value.status in PASSING and first.status not in PASSING):
        return  # nothing to compare with
    elif value.member("source") == "live":
        _expect_not_empty(judge, fallback)
    elif not fallback.stored:
        _expect_message(target, judge, account, fallback)
    elif form(value) == "value" and fallback.at is not None:
        _expect_latest(target, judge, account, fallback)
    elif form(value) in ("none-yet", "refused"):
        judge.expect("metrics.snapshot-fallback", False, _latest(fallback), series, value, got=describe(value))


def _expect_metrics(target: Target, judge: Judge, account: Account, series: Exchange, value: Exchange) -> None:
    """Judge refusals: of a series whose latest snapshot is available, and of both, because each account of the
    organization has metrics, or the message that there are none."""
    if series.status >= 500 and value.member("source") == "snapshot" and read(target, account, WIDE).status >= 500:
        expected = "the series of what is stored: its latest snapshot is available"
        judge.expect("metrics.full-series", False, expected, value, series, got=describe(series))
    are_refusals = all(400 <= each.status < 500 and each.status != 429 for each in (series, value))
    if are_refusals and target.call(GET, path={"id": account["id"]}).status == 200:
        expected = "a value, a snapshot or the message that there is none: the account can be retrieved"
        judge.expect("metrics.snapshot-fallback", False, expected, series, value)


def _expect_not_empty(judge: Judge, fallback: Fallback) -> None:
    """Judge an empty live value by what is stored."""
    if _is_empty(fallback.value) and not fallback.value.member("raw") and fallback.stored:
        names = [name for name in NUMBERS if fallback.stored[-1].get(name)]
        expected, got = _latest(fallback), f"a live value without {', '.join(names)}, or a payload"
        judge.expect("metrics.snapshot-fallback", not names, expected, fallback.series, fallback.value, got=got)


def _expect_message(target: Target, judge: Judge, account: Account, fallback: Fallback) -> None:
    """Judge the response if no snapshot is stored."""
    if form(fallback.value) == "value" and not _is_empty(fallback.value):
        _expect_stored(target, judge, account, fallback)
        return
    holds = form(fallback.value) == "none-yet" and _is_message(fallback.value, account)
    expected = "a message, `metrics: null` and the account's id: nothing is stored"
    got = describe_metrics(fallback.value)
    judge.expect("metrics.none-yet", holds, expected, fallback.series, fallback.value, got=got)


def _expect_latest(target: Target, judge: Judge, account: Account, fallback: Fallback) -> None:
    """Judge a snapshot by the latest stored one."""
    latest = [row for row in fallback.stored if captured_at(row) == captured_at(fallback.stored[-1])]
    broken = field_mismatches(latest[-1], account)  # then its numbers are unknown, which metrics.series-fields covers
    contradictions = [] if broken else _contradictions(latest[-1], fallback.value.object)
    is_latest = agree(fallback.value.member("captured_at"), latest[-1]["captured_at"])
    if fallback.at is not None and fallback.at > captured_at(latest[-1]) and contradictions and not is_latest:
        _expect_stored(target, judge, account, fallback)
        return
    same = any(not _contradictions(row, fallback.value.object) for row in latest)
    if same and len(latest) == 1 and is_latest:
        observe_raw(judge, fallback.value, latest[-1])
    holds = is_latest and (same or bool(broken))
    got = f"one of {fallback.value.member('captured_at')} with {', '.join(contradictions) or 'its numbers'}"
    judge.expect("metrics.snapshot-fallback", holds, _latest(fallback), fallback.series, fallback.value, got=got)


def _expect_stored(target: Target, judge: Judge, account: Account, fallback: Fallback) -> None:
    """Judge a snapshot that no series has: either it is stored and the series lacks it, or it was fetched just now and
    is not a snapshot."""
    target.client.wait(_MOMENT)
    later = read(target, account)
    if later.member("captured_at") == fallback.value.member("captured_at"):
        expected = f"also the snapshot of {fallback.value.member('captured_at')}"
        judge.expect("metrics.full-series", False, expected, fallback.value, fallback.series, got="without it")
    elif later.member("source") == "snapshot":
        expected, got = "source: live, because each call has another value", later.member("captured_at")
        judge.expect("metrics.live", False, expected, fallback.value, later, got=f"a snapshot, captured at {got}")


def _latest(fallback: Fallback) -> str:
    return f"the latest snapshot, captured at {iso(captured_at(fallback.stored[-1]))}"


def _contradictions(row: Snapshot, value: Snapshot) -> list[str]:
    """The metrics in which a snapshot and its value differ, if both have them."""
    pairs = ((name, row.get(name), value.get(name)) for name in NUMBERS)
    numbers = [pair for pair in pairs if all(map(is_number, pair[1:]))]
    return [f"{name} {there}" for name, here, there in numbers if here != there]


def _is_message(value: Exchange, account: Account) -> bool:
    message, metrics = value.member("message"), value.member("metrics", "missing")
    names_account = is_id(value.member("social_account_id"), account["id"])
    return isinstance(message, str) and bool(message) and metrics is None and names_account
