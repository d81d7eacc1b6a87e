"""Judges windows that are empty, inverted, or end at a snapshot, and records when and how snapshots are stored."""

from __future__ import annotations

from collections import Counter

from postfuze_contracts.checks.metrics.echoes import ECHOES, expect_echo
from postfuze_contracts.checks.metrics.snapshots import (
    EMPTY,
    WIDE,
    captured_at,
    describe_metrics,
    form,
    of_form,
    read,
    rows,
    with_series,
)
from postfuze_contracts.engine.judge import Judge
from postfuze_contracts.engine.registry import check
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange, describe
from postfuze_contracts.model.instants import agree, decimals, instant, iso
from postfuze_contracts.target.target import Target

_MOMENT = 1.1  # seconds in which a live value may be stored
_MINUTE = 60


@check(
    *("metrics.window", "metrics.echo"),
    assumes=(*ECHOES, "metrics.empty-series", "metrics.inverted-window", "metrics.window-bounds"),
    needs=(needs.ACCOUNTS,),
)
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
    in_200 = {"series": "empty-data", "none-yet": "message"}.get(form(inverted), describe_metrics(inverted))
    choice = {400: "refused", 422: "refused", 200: in_200}.get(inverted.status, describe(inverted))
    judge.observe("metrics.inverted-window", choice, inverted)
    _observe_bounds(judge, series, read(target, account, _at_snapshots(series)))


def _at_snapshots(series: Exchange) -> dict[str, str]:
    """The window from the first to the last snapshot, exactly as these show their times."""
    order = sorted(rows(series), key=captured_at)
    return {"since": str(order[0]["captured_at"]), "until": str(order[-1]["captured_at"])}


def _observe_bounds(judge: Judge, series: Exchange, exact: Exchange) -> None:
    """Record whether a window has snapshots at its bounds. One that has none of a bound proves this only if times are
    shown to their last digit: else the snapshot may be later, or earlier, than it shows."""
    if exact.status != 200:
        return
    window = _at_snapshots(series)
    has = {name: any(agree(row["captured_at"], at) for row in rows(exact)) for name, at in window.items()}
    bounds = {(True, True): "inclusive", (True, False): "until-exclusive", (False, True): "since-exclusive"}
    choice = bounds.get((has["since"], has["until"]), "exclusive")
    if choice == "inclusive" or _are_exact(series):
        judge.observe("metrics.window-bounds", choice, exact)


def _are_exact(series: Exchange) -> bool:
    """Whether snapshots show their times to the last digit: full minutes, or more than milliseconds."""
    snapshots = rows(series)
    are_minutes = all(captured_at(row) % _MINUTE == 0 for row in snapshots)
    return are_minutes or all(decimals(row["captured_at"]) > 3 for row in snapshots)


@check(assumes=("metrics.snapshot-time", "metrics.live-snapshot", "metrics.series-raw"), needs=(needs.ACCOUNTS,))
def what_is_stored(target: Target, judge: Judge) -> None:
    """Look at the times of snapshots, and at whether a live value is stored as one."""
    _, series = next(with_series(target, 1))
    judge.observe("metrics.snapshot-time", _snapshot_time(series), series)
    for account in of_form(target, "value", "live")[:1]:
        live = read(target, account)
        target.client.wait(_MOMENT)
        stored = [row for row in rows(read(target, account, WIDE)) if _shows(row, live)]
        if instant(live.member("captured_at")) is not None and live.member("source") == "live":
            judge.observe("metrics.live-snapshot", "stored" if stored else "not-stored", live)
            observe_raw(judge, live, stored[0] if stored else {})


def _snapshot_time(series: Exchange) -> str:
    """The time of day of most snapshots. Others may be live values that were stored."""
    clocks = Counter(iso(captured_at(row))[11:16] for row in rows(series))
    clock, count = clocks.most_common(1)[0]
    if 2 * count <= clocks.total():
        return "others"
    return {"06:00": "daily-0600", "00:00": "daily-0000"}.get(clock, f"daily, {clock}")


def _shows(row: dict[str, object], live: Exchange) -> bool:
    return agree(row["captured_at"], live.member("captured_at"))


def observe_raw(judge: Judge, value: Exchange, row: dict[str, object]) -> None:
    """Record whether a snapshot of a series has the payload of the same snapshot as the only value."""
    raw, stored = value.member("raw"), row.get("raw")
    if isinstance(raw, dict) and isinstance(stored, dict) and raw:
        choice = "same" if stored == raw else "another" if stored else "empty"
        judge.observe("metrics.series-raw", choice, value)
