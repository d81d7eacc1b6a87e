"""Judges which snapshots the series of a window has: all that were captured within it, and no others."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from statistics import median

from postfuze_contracts.checks.metrics.snapshots import (
    EMPTY,
    NUMBERS,
    PASSING,
    WIDE,
    Snapshot,
    captured_at,
    describe_metrics,
    form,
    identity,
    of_form,
    read,
    rows,
    while_unchanged,
    with_series,
)
from postfuze_contracts.engine.judge import Judge
from postfuze_contracts.engine.registry import check
from postfuze_contracts.engine.survey import Account
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange, describe
from postfuze_contracts.model.instants import instant, iso
from postfuze_contracts.target.target import Target

_MAX_ACCOUNTS = {"quick": 2, "ci": 4, "deep": 12}  # accounts that are examined
_MAX_PARTS = {"quick": 3, "ci": 5, "deep": 12}  # parts of the whole window
_MAX_GAPS = {"quick": 3, "ci": 6, "deep": 20}  # gaps in the whole series
_DAY = 86_400.0

Window = Mapping[str, str]


@check("metrics.window", "metrics.full-series", "metrics.series-switch", needs=(needs.ACCOUNTS,))
def windows_cut_from_the_whole(target: Target, judge: Judge) -> None:
    """Request wide and narrow windows, and compare each with the same part of the whole series."""
    for account, series in with_series(target, _MAX_ACCOUNTS[target.options.profile]):
        windows = list(_windows(target, rows(series)))
        whole, parts = while_unchanged(target, account, partial(read_all, target, account, windows))
        _expect_each_once(judge, whole)
        for window, part in zip(windows, parts, strict=True):
            judge_window(judge, window, whole, part)


def read_all(target: Target, account: Account, windows: Sequence[Window]) -> list[Exchange]:
    """The series of each window."""
    return [read(target, account, window) for window in windows]


def _windows(target: Target, snapshots: list[Snapshot]) -> Iterator[Window]:
    """Windows whose bounds are a second away from snapshots, because whether bounds are inclusive is an assumption."""
    at = sorted({captured_at(row) for row in snapshots})
    step = max(len(at) // _MAX_PARTS[target.options.profile], 1)
    yield {"since": iso(at[len(at) // 2] - 1)}
    yield {"until": iso(at[len(at) // 2] + 1)}
    yield {"since": iso(at[-1] + 1)}
    yield {"until": iso(at[0] - 1)}
    for low, high in pairwise([*at[::step], at[-1]]):
        yield {"since": iso(low - 1), "until": iso(high + 1)}
        yield {"since": iso(low + 1), "until": iso(high - 1)}
    yield from _narrow_windows(at, _MAX_GAPS[target.options.profile])


def _narrow_windows(at: list[float], maximum: int) -> Iterator[Window]:
    """Windows of gaps, of a few days and of single snapshots, which show what wide ones may not."""
    steps = list(pairwise(at))
    usual = median(high - low for low, high in steps)
    gaps = [(low + 1, high - 1) for low, high in reversed(steps) if high - low > 1.5 * usual]
    days = [(at[-1] - (count + 3) * _DAY + 1, at[-1] - count * _DAY + 1) for count in (0, 3, 6)]
    single = [(each - 1, each + 1) for each in (at[0], at[len(at) // 2], at[-1])]
    for low, high in (*gaps[:maximum], *days, *single):
        yield {"since": iso(low), "until": iso(high)}


def _expect_each_once(judge: Judge, whole: Exchange) -> None:
    """Judge that a series does not repeat its snapshots. A few captures may be equal."""
    identities = [repr(identity(row)) for row in rows(whole)]
    distinct = len(set(identities))
    got = f"{len(identities)} snapshots, of which only {distinct} differ"
    judge.expect("metrics.full-series", 4 * distinct > 3 * len(identities), "each stored snapshot once", whole, got=got)


def judge_window(judge: Judge, window: Window, whole: Exchange, part: Exchange) -> None:
    """Judge a window by the whole series."""
    low, high = (instant(window.get(name)) for name in ("since", "until"))
    low, high = low or -math.inf, high or math.inf
    if low >= high or (part.status != 200 and len(window) == 1) or part.status in (429, *PASSING):
        return  # metrics.series-switch covers a refused single bound
    if form(part) == "value":
        judge.expect("metrics.series-switch", False, f"the series of {_span(window)}", part, got=describe_metrics(part))
        return
    beyond = [row["captured_at"] for row in rows(part) if not low <= captured_at(row) <= high]
    got = f"also {', '.join(beyond[:3])}"
    if judge.expect("metrics.window", not beyond, f"only {_span(window)}", whole, part, got=got):
        _expect_full(judge, window, whole, part, [row for row in rows(whole) if low < captured_at(row) < high])


def _expect_full(judge: Judge, window: Window, whole: Exchange, part: Exchange, inside: list[Snapshot]) -> None:
    times, all_times = ({captured_at(row) for row in rows(each)} for each in (part, whole))
    missing = sorted(captured_at(row) for row in inside if captured_at(row) not in times)
    expected, got = f"all {len(inside)} snapshots of {_span(window)}", f"not {', '.join(map(iso, missing[:3]))}"
    judge.expect("metrics.full-series", not missing, expected, whole, part, got=got if part.status == 200 else None)
    unknown = sorted(at for at in times if at not in all_times)
    got = f"not {', '.join(map(iso, unknown[:3]))}, which {_span(window)} has"
    judge.expect("metrics.full-series", not unknown, "all snapshots in the widest window", part, whole, got=got)


def _span(window: Window) -> str:
    return " ".join(f"{name} {at}" for name, at in window.items())


@check("metrics.window", "metrics.echo", needs=(needs.ACCOUNTS,))
def unusual_windows(target: Target, judge: Judge) -> None:
    """Request an empty window, an inverted one, and one that begins and ends at a snapshot."""
    account, series = next(with_series(target, 1))
    empty = read(target, account, EMPTY)
    judge.expect("metrics.window", not rows(empty), "no snapshots of a day in 2001", empty, got="some")
    choices = {"series": "empty-data", "none-yet": "message"}
    judge.observe("metrics.empty-series", choices.get(form(empty), describe_metrics(empty)), empty)
    if form(empty) == "series":
        expect_echo(judge, EMPTY, empty)
    low, high = min(map(captured_at, rows(series))), max(map(captured_at, rows(series)))
    inverted = read(target, account, {"since": iso(high + 1), "until": iso(low - 1)})
    expected = "no snapshots: none is after `since` and before `until`"
    judge.expect("metrics.window", not rows(inverted), expected, inverted, got=f"{len(rows(inverted))} of them")
    in_200 = "empty-data" if form(inverted) == "series" else describe_metrics(inverted)
    choice = {400: "refused", 422: "refused", 200: in_200}.get(inverted.status, describe(inverted))
    judge.observe("metrics.inverted-window", choice, inverted)
    exact = read(target, account, {"since": iso(low), "until": iso(high)})
    times = {round(captured_at(row), 3) for row in rows(exact)}
    both = (round(low, 3) in times, round(high, 3) in times)
    bounds = {(True, True): "inclusive", (True, False): "until-exclusive", (False, True): "since-exclusive"}
    judge.observe("metrics.window-bounds", bounds.get(both, "exclusive"), exact)
    _observe_snapshots(target, judge, series)


def expect_echo(judge: Judge, window: Window, exchange: Exchange) -> None:
    """Judge the bounds that a series echoes, and record the echo of absent ones."""
    for name in ("since", "until"):
        echo = exchange.member(name, "omitted")
        if name in window:
            at = _instant(window[name])
            holds = _instant(echo) == at
            judge.expect("metrics.echo", holds, f"{name}: {iso(at or 0)}", exchange, got=f"{name}: {echo!r:.60}")
            kind = "verbatim" if str(echo) == window[name] else "iso-milliseconds"
            if window[name].isdigit():
                judge.observe("metrics.window-echo", kind, exchange)
        else:
            kinds = {None: "null-echo", "omitted": "omitted"}
            judge.observe("metrics.open-bound", kinds.get(echo, f"{echo!r:.60}"), exchange)


def _instant(value: object) -> float | None:
    """The instant of a bound in any notation."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value / 1000 if value > 1e11 else value
    if isinstance(value, str) and value.isdigit() and value.isascii():
        return _instant(int(value))
    return instant(value)


def _observe_snapshots(target: Target, judge: Judge, series: Exchange) -> None:
    clocks = {iso(captured_at(row))[11:16] for row in rows(series)}
    choices = {"06:00": "daily-0600", "00:00": "daily-0000"}
    judge.observe(
        "metrics.snapshot-time", choices.get(clocks.pop(), "another") if len(clocks) == 1 else "others", series
    )
    absent = any(name not in row for row in rows(series) for name in NUMBERS)
    null = any(name in row and row[name] is None for row in rows(series) for name in NUMBERS)
    judge.observe("metrics.metric-sets", "with nulls" if null else "per-platform" if absent else "all of them", series)
    for account in of_form(target, "value", "live")[:1]:
        live = read(target, account)
        stored = {captured_at(row) for row in rows(read(target, account, WIDE))}
        if at := instant(live.member("captured_at")):
            judge.observe("metrics.live-snapshot", "stored" if at in stored else "not-stored", live)
