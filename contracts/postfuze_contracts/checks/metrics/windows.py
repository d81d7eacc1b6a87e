"""Judges which snapshots the series of a window has: all that were captured within it, and no others."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from statistics import median

from postfuze_contracts.checks.metrics.snapshots import (
    PASSING,
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
from postfuze_contracts.engine.judge import Judge
from postfuze_contracts.engine.registry import check
from postfuze_contracts.engine.survey import Account
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange
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
