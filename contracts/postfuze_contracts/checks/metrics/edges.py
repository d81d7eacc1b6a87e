"""Judges windows that are empty, inverted, or end at a snapshot, and records when and how snapshots are stored."""

from __future__ import annotations

from collections import Counter

from postfuze_contracts.checks.metrics.echoes import ECHOES, expect_echo
from postfuze_contracts.checks.metrics.snapshots import (
    EMPTY,
    WIDE,
    Snapshot,
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
from postfuze_contracts.engine.survey import Account
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange, describe
from postfuze_contracts.model.instants import agree, decimals, exact, instant, iso
from postfuze_contracts.target.target import Target

_MOMENT = 1.1  # seconds in which a live value may be stored
_MINUTE = 60
_MAX_SERIES = 3  # accounts whose snapshots are looked at
_MOST = 0.75  # of the snapshots: live values may be stored among them


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
    in_200 = choices.get(form(inverted), describe_metrics(inverted))
    choice = {400: "refused", 422: "refused", 200: in_200}.get(inverted.status, describe(inverted))
    judge.observe("metrics.inverted-window", choice, inverted)
    _observe_bounds(target, judge, account, series)


def _observe_bounds(target: Target, judge: Judge, account: Account, series: Exchange) -> None:
    """Record whether a window has the snapshots at its bounds. That it has one of them not proves this only if times
    are shown, and bounds read, to their last digit: else the snapshot may be later, or earlier, than it shows."""
    order = sorted(_exact(rows(series)) or rows(series), key=captured_at)
    window = {"since": str(order[0]["captured_at"]), "until": str(order[-1]["captured_at"])}
    part = read(target, account, window)
    if part.status != 200:
        return
    has = {name: any(agree(row["captured_at"], at) for row in rows(part)) for name, at in window.items()}
    bounds = {(True, True): "inclusive", (True, False): "until-exclusive", (False, True): "since-exclusive"}
    choice = bounds.get((has["since"], has["until"]), "exclusive")
    is_read = all(exact(part.member(name)) == exact(at) for name, at in window.items())
    if choice == "inclusive" or (is_read and _exact(rows(series))):
        judge.observe("metrics.window-bounds", choice, part)


def _exact(snapshots: list[Snapshot]) -> list[Snapshot]:
    """The snapshots that show their times to the last digit: those of full minutes if most are, or all if they have
    more than milliseconds."""
    minutes = [row for row in snapshots if captured_at(row) % _MINUTE == 0]
    if len(minutes) > 2 and _MOST * len(snapshots) <= len(minutes):
        return minutes
    return snapshots if all(decimals(row["captured_at"]) > 3 for row in snapshots) else []


@check(assumes=("metrics.snapshot-time", "metrics.live-snapshot", "metrics.series-raw"), needs=(needs.ACCOUNTS,))
def what_is_stored(target: Target, judge: Judge) -> None:
    """Look at the times of snapshots, and at whether a live value is stored as one."""
    every = [each for _, each in with_series(target, _MAX_SERIES)]
    judge.observe("metrics.snapshot-time", _snapshot_time(every), every[0])
    for account in of_form(target, "value", "live")[:1]:
        live = read(target, account)
        target.client.wait(_MOMENT)
        stored = [row for row in rows(read(target, account, WIDE)) if _shows(row, live)]
        if instant(live.member("captured_at")) is not None and live.member("source") == "live":
            judge.observe("metrics.live-snapshot", "stored" if stored else "not-stored", live)
            observe_raw(judge, live, stored[0] if stored else {})


def _snapshot_time(every: list[Exchange]) -> str:
    """The time of day of most snapshots of several accounts. Others may be live values that were stored."""
    clocks = Counter(iso(captured_at(row))[11:16] for series in every for row in rows(series))
    clock, count = clocks.most_common(1)[0]
    if count < _MOST * clocks.total():
        return "at several times of the day"
    return {"06:00": "daily-0600", "00:00": "daily-0000"}.get(clock, f"at {clock}")


def _shows(row: dict[str, object], live: Exchange) -> bool:
    return agree(row["captured_at"], live.member("captured_at"))


def observe_raw(judge: Judge, value: Exchange, row: dict[str, object]) -> None:
    """Record whether a snapshot of a series has the payload of the same snapshot as the only value."""
    raw, stored = value.member("raw"), row.get("raw")
    if isinstance(raw, dict) and isinstance(stored, dict) and raw:
        choice = "same" if stored == raw else "another" if stored else "empty"
        judge.observe("metrics.series-raw", choice, value)
