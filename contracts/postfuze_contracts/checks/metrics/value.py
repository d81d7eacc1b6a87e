"""Judges metrics without a window: the time and source of a live value, and the fields of a value."""

from __future__ import annotations

from typing import NamedTuple

from postfuze_contracts.checks.metrics.fallback import SKEW, late_accounts
from postfuze_contracts.checks.metrics.numbers import observe_numbers, observe_sets
from postfuze_contracts.checks.metrics.snapshots import (
    WIDE,
    field_mismatches,
    form,
    identity,
    is_id,
    items,
    of_form,
    read,
    rows,
    values,
    with_items,
)
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Blocked, Judge, require
from postfuze_contracts.engine.registry import check
from postfuze_contracts.engine.survey import Account
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.instants import http_date, instant, iso
from postfuze_contracts.model.operations import HEALTH
from postfuze_contracts.model.options import Access
from postfuze_contracts.target.target import Target

_MAX_SERIES = {"quick": 10, "ci": 20, "deep": 60}  # accounts whose whole series are read
_MAX_READ_TWICE = {"quick": 14, "ci": 20, "deep": 24}  # accounts whose live values are read twice
_MOMENT = 2.5  # seconds after which a value is captured anew
_PASSING = (429, 502, 503, 504)  # temporary statuses of a gateway


class Reading(NamedTuple):
    """A live value: its exchange, its `captured_at`, and the service's clock at the time of the call."""

    exchange: Exchange
    at: float
    clock: float


@check("metrics.live", needs=(needs.ACCOUNTS,))
def the_time_of_a_live_value(target: Target, judge: Judge) -> None:
    """Compare the times of live values with the service's clock at each call."""
    if all(exchange.status not in (200, *_PASSING) for _, exchange in values(target)):
        account, exchange = values(target)[0]
        judge.expect("metrics.live", False, f"200 with the metrics of {account['id']}", exchange)
        return
    late, _ = late_accounts(target)  # if only some are late, fallback.py judges them
    live = [account for account in of_form(target, "value", "live") if account["id"] not in late][:4]
    readings = [reading for account in live if (reading := _live(target, account))]
    require(readings, needs.accounts(1, "account with a live value"))
    deviating = [reading for reading in readings if abs(reading.at - reading.clock) > SKEW]
    is_own_clock = bool(deviating) and _is_organizations_clock(target, readings)
    for reading in readings:
        got = f"captured at {iso(reading.at)}"
        holds = reading not in deviating or is_own_clock
        judge.expect("metrics.live", holds, f"captured about {iso(reading.clock)}", reading.exchange, got=got)
    if not deviating:
        _expect_fresh(target, judge, live[0], readings[0])


def _expect_fresh(target: Target, judge: Judge, account: Account, first: Reading) -> None:
    coarse = not first.at % 1 or not first.clock % 1  # whole seconds
    target.client.pause(1.1 if coarse else 0.05)  # its wait may not advance the service's clock
    second = _live(target, account)
    if second and second.clock - first.clock > (1 if coarse else 0.04):
        _expect_moved(judge, first.exchange, second.exchange)


def _expect_moved(judge: Judge, first: Exchange, second: Exchange) -> None:
    at, later = (each.member("captured_at") for each in (first, second))
    got = f"captured at {later}, as the one before"
    judge.expect("metrics.live", at != later, "a value captured for this call", first, second, got=got)


@check("metrics.live", needs=(needs.ACCOUNTS,))
def live_values_a_moment_apart(target: Target, judge: Judge) -> None:
    """Read live values of several platforms twice, seconds apart: each is captured anew."""
    accounts = list(survey.spread(of_form(target, "value", "live"), _MAX_READ_TWICE[target.options.profile]))
    require(accounts, needs.accounts(1, "account with a live value"))
    clock = _service_time(target)
    first = [read(target, account) for account in accounts]
    target.client.wait(_MOMENT)
    second = [read(target, account) for account in accounts]
    pairs = [pair for pair in zip(first, second, strict=True) if all(each.member("source") == "live" for each in pair)]
    # The clock of the organization may stand, such as that of a test organization; then no value is captured later.
    moves = any(one.member("captured_at") != other.member("captured_at") for one, other in pairs)
    if not moves and pairs and clock is not None:
        at, service = instant(pairs[-1][1].member("captured_at")), _service_time(target)
        moves = bool(at and service and service - clock >= _MOMENT - 1 and abs(at - service) <= SKEW)
    for one, other in pairs if moves else ():
        _expect_moved(judge, one, other)
    require(judge.judged, needs.unexpected("no clock of the deployment moves"))


def _service_time(target: Target) -> float | None:
    service = target.service_health()
    return None if service is None else instant(service.member("time"))


def _live(target: Target, account: Account) -> Reading | None:
    """A reading; None if the value is not live, or the service does not show its time."""
    exchange, clock = read(target, account), _service_time(target)
    at, clock = instant(exchange.member("captured_at")), clock or http_date(exchange.response.headers.get("date"))
    return Reading(exchange, at, clock) if at and clock and exchange.member("source") == "live" else None


def _is_organizations_clock(target: Target, readings: list[Reading]) -> bool:
    """Whether live values that disagree with the service's clock may follow another one, such as the frozen clock of a
    test organization: they agree with each other, and no known event is later."""
    first, last = min(reading.at for reading in readings), max(reading.at for reading in readings)
    if last - first > SKEW:
        return False
    accounts = survey.accounts(target)
    if target.options.access >= Access.PROBE and target.options.probe is None:
        checked_at = instant(target.call(HEALTH, path={"id": accounts[0]["id"]}).member("checked_at"))
        if checked_at:
            return abs(checked_at - last) <= 2 * SKEW
    paths = {reading.exchange.request.path for reading in readings}
    sync_times = [instant(account.get("last_synced_at")) for account in accounts if _metrics_path(account) in paths]
    if sync_times and all(at is not None and abs(at - last) <= SKEW for at in sync_times):
        return True
    names = ("created_at", "updated_at", "last_synced_at")
    times = [at for account in accounts for name in names if (at := instant(account.get(name)))]
    return all(at <= last + SKEW for at in times)


def _metrics_path(account: Account) -> str:
    return f"/social-accounts/{account['id']}/metrics"


@check("metrics.live", access=Access.PROBE, needs=(needs.ACCOUNTS,))
def a_platform_that_was_reached(target: Target, judge: Judge) -> None:
    """If probes reach the platforms, the metrics of some accounts must be live, even if they have snapshots."""
    reachable: list[tuple[Account, Exchange]] = []
    allowed = target.options.probe
    candidates = [account for account, _ in values(target) if allowed is None or account["id"] in allowed]
    for account in candidates[:12]:
        probe = target.call(HEALTH, path={"id": account["id"]})
        if probe.member("healthy") is True and probe.member("checked_live") is True:
            reachable.append((account, read(target, account)))
    if len({account["platform"] for account, _ in reachable}) < 3:
        raise Blocked(needs.accounts(3, "account that a probe reaches"))
    # metrics.value-fields covers any other source.
    live = [exchange for _, exchange in reachable if exchange.member("source") not in ("snapshot", None)]
    live += [exchange for _, exchange in reachable if form(exchange) not in ("value", "none-yet")]
    live += [exchange for _, exchange in reachable if form(exchange) == "value" and exchange.member("source") is None]
    stored = [exchange for account, exchange in reachable if items(read(target, account, WIDE))]
    holds = bool(live) and (not stored or any(exchange in live for exchange in stored))
    witness = (stored or [exchange for _, exchange in reachable])[-1]
    judge.expect("metrics.live", holds, "source: live, because a probe reached the platform just now", witness)


@check(
    *("metrics.value-fields", "metrics.series-switch"),
    assumes=("metrics.missing", "metrics.values", "metrics.metric-sets"),
    needs=(needs.ACCOUNTS,),
)
def the_fields_of_one_value(target: Target, judge: Judge) -> None:
    """Look at the fields of the metrics without a window, of accounts of all platforms."""
    count, looked_at = 0, list[Exchange]()
    for account, metrics in values(target):
        if form(metrics) in ("refused", "none-yet"):
            continue
        # Read again only what was wrong: it may have changed.
        now = metrics if form(metrics) == "value" and not _value_mismatches(metrics, account) else read(target, account)
        if now.status != 200 or (form(now) == "other" and not _is_value(target, account, now)):
            continue
        if form(now) == "series" and not items(now) and not items(read(target, account, WIDE)):
            continue  # instead of the message that there is none yet, which metrics.none-yet covers
        count += 1
        looked_at.append(now)
        judge.expect("metrics.series-switch", form(now) != "series", "one value: no bound was sent", now)
        if form(now) in ("value", "other"):
            got = "; ".join(_value_mismatches(now, account))
            judge.expect("metrics.value-fields", not got, "the documented fields", now, got=got)
    looked_at = [exchange for exchange in looked_at if form(exchange) == "value"]
    observe_numbers(judge, [(exchange, [exchange.json]) for exchange in looked_at])
    observe_sets(judge, looked_at)
    require(count, needs.accounts(1, "account with a value"))


def _is_value(target: Target, account: Account, exchange: Exchange) -> bool:
    """Whether a response of unknown form should be a value, and not the message that there is none yet."""
    return exchange.member("source") == "live" or bool(items(read(target, account, WIDE)))


@check(
    "metrics.series-fields",
    assumes=("metrics.missing", "metrics.values"),
    needs=(needs.ACCOUNTS,),
)
def the_fields_of_a_series(target: Target, judge: Judge) -> None:
    """Look at the fields of whole series and of each of their snapshots."""
    looked_at: list[Exchange] = []
    for account, series in with_items(target, _MAX_SERIES[target.options.profile]):
        looked_at.append(series)
        id, source = series.member("social_account_id"), series.member("source")
        mismatches = [] if is_id(id, account["id"]) else [f"social_account_id is {id!r}"]
        mismatches += [] if source == "snapshot" else [f"source is {source!r}"]
        for index, row in enumerate(items(series)):
            mismatches += [f"data/{index}: {mismatch}" for mismatch in field_mismatches(row, account)]
        mismatches += _passing_times(series, read(target, account, WIDE))
        got = "; ".join(mismatches[:3])
        judge.expect("metrics.series-fields", not mismatches, "the documented fields", series, got=got)
    observe_numbers(judge, [(series, rows(series)) for series in looked_at])
    require(judge.judged, needs.accounts(1, "account with snapshots"))


def _passing_times(series: Exchange, again: Exchange) -> list[str]:
    """The mismatch if all snapshots have other times when they are read again."""
    essences = [[identity(row) for row in rows(each)] for each in (series, again)]
    same = len(essences[0]) == len(essences[1]) > 1 and all(a[1:] == b[1:] for a, b in zip(*essences, strict=True))
    have_moved = same and all(a[0] != b[0] for a, b in zip(*essences, strict=True))
    return ["each captured_at is another when it is read again"] if have_moved else []


def _value_mismatches(exchange: Exchange, account: Account) -> list[str]:
    source = exchange.member("source")
    texts = field_mismatches(exchange.json, account)
    return texts if source in ("live", "snapshot") else [*texts, f"source is {source!r:.60}"]
