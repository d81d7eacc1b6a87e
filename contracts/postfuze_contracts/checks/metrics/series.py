"""Judges which requests get a series of metrics, its order, and the notations and echoes of its bounds."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import partial
from itertools import pairwise

from postfuze_contracts.checks.metrics.echoes import ECHOES, bound, expect_echo
from postfuze_contracts.checks.metrics.snapshots import (
    FAR_AHEAD,
    LONG_AGO,
    WIDE,
    Snapshot,
    captured_at,
    describe_metrics,
    form,
    identity,
    read,
    rows,
    while_unchanged,
    with_series,
)
from postfuze_contracts.checks.metrics.windows import Window, judge_window, read_all
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Judge, require
from postfuze_contracts.engine.registry import check
from postfuze_contracts.engine.survey import Account
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange, describe
from postfuze_contracts.model.instants import iso
from postfuze_contracts.target.target import Target

_MAX_ACCOUNTS = {"quick": 2, "ci": 4, "deep": 12}  # accounts that are examined
_MILLISECOND = 0.001
_MINUTE = 60
_FAR_AHEAD = (2_200_000_000, 5_000_000_000)  # of the years 2039 and 2128
_NO_MILLISECONDS = needs.unexpected("snapshots do not show their milliseconds")


@check("metrics.window", "metrics.full-series", "metrics.echo", assumes=ECHOES, needs=(needs.ACCOUNTS,))
def bounds_a_millisecond_beside(target: Target, judge: Judge) -> None:
    """Request windows that begin or end a millisecond before or after a snapshot."""
    for account, series in with_series(target, _MAX_ACCOUNTS[target.options.profile]):
        if not _show_milliseconds(rows(series)):
            continue  # a time in whole seconds may be any time within it
        windows = list(_windows(rows(series)))
        whole, parts = while_unchanged(target, account, partial(read_all, target, account, windows))
        for window, part in zip(windows, parts, strict=True):
            judge_window(judge, window, whole, part)
            if _has_fractions(account, series) and form(part) == "series" and not _in_seconds(window, part):
                expect_echo(judge, window, part)
    require(judge.judged, _NO_MILLISECONDS)


def _windows(snapshots: list[Snapshot]) -> Iterator[Window]:
    at = sorted(map(captured_at, snapshots))
    for each in dict.fromkeys((at[0], at[len(at) // 2], at[-1])):
        before, after = iso(each - _MILLISECOND), iso(each + _MILLISECOND)
        yield from ({"since": after}, {"until": before}, {"since": before, "until": after})


def _show_milliseconds(snapshots: list[Snapshot]) -> bool:
    """Whether the snapshots' times are exact: some have milliseconds other than 000, or all are full minutes."""
    texts = [str(row["captured_at"]) for row in snapshots]
    fine = all(re.search(r"\.\d{3}", text) for text in texts)
    return fine and (any(map(_fraction, texts)) or all(captured_at(row) % _MINUTE == 0 for row in snapshots))


def _has_fractions(account: Account, series: Exchange) -> bool:
    """Whether any timestamp of the account has a fraction of a second."""
    times = [account.get(name) for name in ("created_at", "updated_at", "last_synced_at")]
    return any(_fraction(str(time)) for time in (*times, *(row["captured_at"] for row in rows(series))))


def _fraction(time: str) -> bool:
    return re.search(r"\.0*[1-9]", time) is not None


def _in_seconds(window: Window, part: Exchange) -> bool:
    """Whether the bounds are echoed in whole unix seconds, which have no milliseconds."""
    return any(re.fullmatch(r"\d+", str(part.member(name))) for name in window)


_OPENING: list[Window] = [{"since": LONG_AGO}, {"until": FAR_AHEAD}, WIDE]
_OTHERS: list[Window] = [{"since": FAR_AHEAD}, {"until": LONG_AGO}, {"since": "0"}, {"until": "0"}]


@check("metrics.series-switch", needs=(needs.ACCOUNTS,))
def each_bound_alone_and_both(target: Target, judge: Judge) -> None:
    """Request all snapshots, and the far past and future, with either bound alone and with both."""
    for account in survey.spread(survey.accounts(target), 2 * _MAX_ACCOUNTS[target.options.profile]):
        exchanges = [read(target, account, window) for window in _OPENING]
        if all(form(exchange) == "none-yet" and not exchange.member("source") for exchange in exchanges):
            continue  # nothing is stored; see the assumption metrics.empty-series
        if all(form(exchange) == "refused" for exchange in exchanges) and read(target, account).status != 200:
            continue  # refused without a window too
        for exchange in exchanges:
            got = describe_metrics(exchange)
            judge.expect("metrics.series-switch", form(exchange) == "series", "a series", exchange, got=got)
        for exchange in (read(target, account, window) for window in _OTHERS):
            expected, got = "a series, or the message that there is none: a bound was sent", describe_metrics(exchange)
            judge.expect("metrics.series-switch", form(exchange) != "value", expected, exchange, got=got)
    require(judge.judged["metrics.series-switch"], needs.accounts(1, "account with snapshots"))


@check("metrics.oldest-first", needs=(needs.ACCOUNTS,))
def in_the_order_of_time(target: Target, judge: Judge) -> None:
    """Read whole series and parts of them, and compare their order."""
    for account, series in with_series(target, 2 * _MAX_ACCOUNTS[target.options.profile], at_least=2):
        times = sorted(map(captured_at, rows(series)))
        middle = iso(times[len(times) // 2] - 1)
        windows: list[Window] = [{"since": middle}, {"until": FAR_AHEAD}, {"since": iso(times[0] - 1), "until": middle}]
        for exchange in (series, *(read(target, account, window) for window in windows)):
            order = list(map(captured_at, rows(exchange)))
            wrong_order = next((f"{iso(a)} before {iso(b)}" for a, b in pairwise(order) if a > b), "")
            if len(order) > 1:
                judge.expect("metrics.oldest-first", not wrong_order, "the oldest first", exchange, got=wrong_order)


@check("metrics.unix-and-iso", "metrics.echo", assumes=ECHOES, needs=(needs.ACCOUNTS,))
def one_instant_in_many_forms(target: Target, judge: Judge) -> None:
    """Request the same window in unix seconds, also far ahead, in ISO 8601 with and without milliseconds, and with an
    offset."""
    for account, series in with_series(target, _MAX_ACCOUNTS[target.options.profile]):
        at = sorted({captured_at(row) for row in rows(series)})
        low, high = math.floor(at[len(at) // 3]) - 1, math.ceil(at[-(len(at) // 3) - 1]) + 1
        pairs = list(zip(_notations(low), _notations(high), strict=True))
        bounds = [*pairs, (pairs[0][0], pairs[1][1]), (pairs[1][0], pairs[0][1])]
        windows: list[Window] = [{"since": since, "until": until} for since, until in bounds]
        windows += [{name: text} for name in ("since", "until") for text in _notations(low)[:2]]
        # More than 31 and 32 bits.
        windows += [{"since": iso(low), "until": text} for at in _FAR_AHEAD for text in _notations(at)[:2]]
        _judge_forms(target, judge, account, windows)


def _notations(at: int) -> tuple[str, ...]:
    plain = iso(at).replace(".000Z", "Z")
    return iso(at), str(at), plain, iso(at, 2), iso(at, -7), iso(at, 5.5)


def _judge_forms(target: Target, judge: Judge, account: Account, windows: list[Window]) -> None:
    """Compare windows of the same bounds with the first that is not refused. Judge the echo of those that agree."""
    _, exchanges = while_unchanged(target, account, lambda: read_all(target, account, windows))
    pairs = list(zip(windows, exchanges, strict=True))
    first = {_bounds(window): exchange for window, exchange in reversed(pairs) if exchange.status == 200}
    for window, exchange in pairs:
        same = first.get(_bounds(window))
        if same is None:
            continue  # either bound alone must be enough: metrics.series-switch
        got = describe(exchange) if exchange.status != 200 else f"{len(rows(exchange))} snapshots"
        expected = f"the {len(rows(same))} snapshots of the same window in another form"
        holds = exchange.status == 200 and _snapshots(exchange) == _snapshots(same)
        holds = judge.expect("metrics.unix-and-iso", holds, expected, same, exchange, got=got)
        if holds and form(exchange) == "series":
            expect_echo(judge, window, exchange)


def _bounds(window: Window) -> tuple[tuple[str, float | None], ...]:
    """The instants of a window's bounds, which are equal whatever their notation."""
    return tuple((name, bound(text)) for name, text in window.items())


def _snapshots(exchange: Exchange) -> list[object]:
    return [identity(row) for row in rows(exchange)]
