"""The series of stored snapshots: which window it has, what is in it, in which order, and how bounds are written."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import pairwise

from postfuze_contracts import needs, survey
from postfuze_contracts.exchange import Exchange
from postfuze_contracts.instants import instant, iso
from postfuze_contracts.scenario import Blocked, Judge, describe, scenario
from postfuze_contracts.snapshots import (
    EMPTY,
    FAR_AHEAD,
    LONG_AGO,
    NUMBERS,
    WIDE,
    Snapshot,
    captured,
    essence,
    form,
    of_form,
    read,
    rows,
    steady,
    with_series,
)
from postfuze_contracts.survey import Account
from postfuze_contracts.target import Target

_SUBJECTS = {"quick": 2, "ci": 4, "deep": 12}  # accounts that are looked at closely
_PARTS = {"quick": 3, "ci": 5, "deep": 12}  # that the whole window is cut into

Window = Mapping[str, str]


@scenario("metrics.series-switch")
def each_bound_alone_and_both(target: Target, judge: Judge) -> None:
    """Ask for all that is stored with either bound alone, and with both."""
    windows: list[Window] = [{"since": LONG_AGO}, {"until": FAR_AHEAD}, WIDE]
    for account in list(survey.spread(survey.accounts(target), 2 * _SUBJECTS[target.options.profile])):
        answers = [read(target, account, window) for window in windows]
        if all(form(answer) == "none-yet" and not answer.member("source") for answer in answers):
            continue  # nothing is stored; see the assumption metrics.empty-series
        for answer in answers:
            judge.expect("metrics.series-switch", form(answer) == "series", "a series", answer, got=_shown(answer))
    if not judge.judged["metrics.series-switch"]:
        raise Blocked(needs.accounts(1, "account with snapshots"))


def _shown(answer: Exchange) -> str:
    source = answer.member("source")
    return f"one value, of source {source!r}" if form(answer) == "value" else describe(answer)


@scenario("metrics.window", "metrics.full-series")
def windows_cut_from_the_whole(target: Target, judge: Judge) -> None:
    """Cut the whole series into windows that overlap, and compare each with what it should have."""
    for account, series in with_series(target, _SUBJECTS[target.options.profile]):
        windows = list(_windows(target, rows(series)))
        whole, parts = steady(target, account, partial(_read_all, target, account, windows))
        for window, part in zip(windows, parts, strict=True):
            if form(part) == "series" or not rows(part):
                _judge_window(judge, window, whole, part)


def _read_all(target: Target, account: Account, windows: list[Window]) -> list[Exchange]:
    return [read(target, account, window) for window in windows]


def _windows(target: Target, snapshots: list[Snapshot]) -> Iterator[Window]:
    """Windows whose bounds lie a second beside a snapshot's time: what a bound itself holds is an assumption."""
    at = sorted({captured(row) for row in snapshots})
    step = max(len(at) // _PARTS[target.options.profile], 1)
    cuts = at[::step]
    yield {"since": iso(at[len(at) // 2] - 1)}
    yield {"until": iso(at[len(at) // 2] + 1)}
    yield {"since": iso(at[-1] + 1)}
    yield {"until": iso(at[0] - 1)}
    for low, high in pairwise([*cuts, at[-1]]):
        yield {"since": iso(low - 1), "until": iso(high + 1)}
        yield {"since": iso(low + 1), "until": iso(high - 1)}


def _judge_window(judge: Judge, window: Window, whole: Exchange, part: Exchange) -> None:
    since, until = (instant(window.get(name)) for name in ("since", "until"))
    if since is not None and until is not None and since >= until:
        return
    low, high = since or -math.inf, until or math.inf
    expected = [row for row in rows(whole) if low <= captured(row) <= high]
    beyond = [row["captured_at"] for row in rows(part) if not low <= captured(row) <= high]
    judge.expect(
        "metrics.window", not beyond, f"only {_span(window)}", whole, part, got=f"also {', '.join(beyond[:3])}"
    )
    shown, known = {captured(row) for row in rows(part)}, {captured(row) for row in rows(whole)}
    lacking = sorted(captured(row) for row in expected if captured(row) not in shown)
    wanted, got = f"all {len(expected)} snapshots of {_span(window)}", f"not {', '.join(map(iso, lacking[:3]))}"
    if not beyond:
        judge.expect("metrics.full-series", not lacking, wanted, whole, part, got=got)
        unknown = sorted(at for at in shown if at not in known)
        got = f"not {', '.join(map(iso, unknown[:3]))}, which {_span(window)} has"
        judge.expect("metrics.full-series", not unknown, "all snapshots in the widest window", part, whole, got=got)


def _span(window: Window) -> str:
    return " ".join(f"{name} {at}" for name, at in window.items())


@scenario("metrics.oldest-first")
def in_the_order_of_time(target: Target, judge: Judge) -> None:
    """Read whole series and parts of them in their order."""
    for account, series in with_series(target, 2 * _SUBJECTS[target.options.profile], at_least=2):
        middle = iso(sorted(map(captured, rows(series)))[len(rows(series)) // 2] - 1)
        for answer in (series, read(target, account, {"since": middle}), read(target, account, {"until": FAR_AHEAD})):
            times = list(map(captured, rows(answer)))
            turn = next((f"{iso(a)} before {iso(b)}" for a, b in pairwise(times) if a > b), "")
            if len(times) > 1:
                judge.expect("metrics.oldest-first", not turn, "the oldest first", answer, got=turn)


@scenario("metrics.unix-and-iso", "metrics.echo")
def one_instant_in_many_forms(target: Target, judge: Judge) -> None:
    """Ask for the same window in unix seconds, in ISO 8601 with and without milliseconds, and with an offset."""
    for account, series in with_series(target, _SUBJECTS[target.options.profile]):
        at = sorted({captured(row) for row in rows(series)})
        low, high = math.floor(at[len(at) // 3]) - 1, math.ceil(at[-(len(at) // 3) - 1]) + 1
        written = list(zip(_written(low), _written(high), strict=True))
        asked = [*written, (written[0][0], written[1][1]), (written[1][0], written[0][1])]
        windows: list[Window] = [{"since": since, "until": until} for since, until in asked]
        windows += [{name: text} for name in ("since", "until") for text in _written(low)[:2]]
        _, answers = steady(target, account, partial(_read_all, target, account, windows))
        _judge_forms(judge, windows, answers)
        for window, answer in zip(windows, answers, strict=True):
            _judge_echo(judge, window, answer)


def _written(at: int) -> tuple[str, ...]:
    plain = iso(at).replace(".000Z", "Z")
    return iso(at), str(at), plain, iso(at, 2), iso(at, -7)


def _judge_forms(judge: Judge, windows: list[Window], answers: list[Exchange]) -> None:
    reference = {
        tuple(sorted(window)): answer for window, answer in zip(reversed(windows), reversed(answers), strict=True)
    }
    for window, answer in zip(windows, answers, strict=True):
        same = reference[tuple(sorted(window))]
        holds = answer.status == same.status == 200 and list(map(essence, rows(answer))) == list(
            map(essence, rows(same))
        )
        got = describe(answer) if answer.status != 200 else f"{len(rows(answer))} snapshots"
        expected = f"the {len(rows(same))} snapshots of the same window in another form"
        judge.expect("metrics.unix-and-iso", holds, expected, same, answer, got=got)


def _judge_echo(judge: Judge, window: Window, answer: Exchange) -> None:
    if form(answer) != "series":
        return
    for name in ("since", "until"):
        echo = answer.member(name, "omitted")
        if name in window:
            at = _instant(window[name])
            holds = _instant(echo) == at
            judge.expect("metrics.echo", holds, f"{name}: {iso(at or 0)}", answer, got=f"{name}: {echo!r:.60}")
            kind = "verbatim" if str(echo) == window[name] else "iso-milliseconds"
            if window[name].isdigit():
                judge.observe("metrics.window-echo", kind, answer)
        else:
            kinds = {None: "null-echo", "omitted": "omitted"}
            judge.observe("metrics.open-bound", kinds.get(echo, f"{echo!r:.60}"), answer)


def _instant(value: object) -> float | None:
    """A bound's instant, however it is written."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value / 1000 if value > 1e11 else value
    if isinstance(value, str) and value.isdigit() and value.isascii():
        return _instant(int(value))
    return instant(value)


@scenario("metrics.window")
def unusual_windows(target: Target, judge: Judge) -> None:
    """Ask for a window that has nothing, an inverted one, and ones that begin or end at a snapshot; note the ways."""
    account, series = next(with_series(target, 1))
    empty = read(target, account, EMPTY)
    judge.expect("metrics.window", not rows(empty), "no snapshots of a day in 2001", empty, got="some")
    judge.observe(
        "metrics.empty-series", {"series": "empty-data", "none-yet": "message"}.get(form(empty), _shown(empty)), empty
    )
    inverted = read(target, account, {"since": EMPTY["until"], "until": EMPTY["since"]})
    way = {400: "refused", 422: "refused", 200: "empty-data" if form(inverted) == "series" else _shown(inverted)}
    judge.observe("metrics.inverted-window", way.get(inverted.status, describe(inverted)), inverted)
    low, high = min(map(captured, rows(series))), max(map(captured, rows(series)))
    exact = read(target, account, {"since": iso(low), "until": iso(high)})
    shown = {round(captured(row), 3) for row in rows(exact)}
    both = (round(low, 3) in shown, round(high, 3) in shown)
    ways = {(True, True): "inclusive", (True, False): "until-exclusive", (False, True): "since-exclusive"}
    judge.observe("metrics.window-bounds", ways.get(both, "exclusive"), exact)
    _observe_snapshots(target, judge, series)


def _observe_snapshots(target: Target, judge: Judge, series: Exchange) -> None:
    clocks = {iso(captured(row))[11:16] for row in rows(series)}
    known = {"06:00": "daily-0600", "00:00": "daily-0000"}
    judge.observe("metrics.snapshot-time", known.get(clocks.pop(), "another") if len(clocks) == 1 else "others", series)
    absent = any(name not in row for row in rows(series) for name in NUMBERS)
    null = any(name in row and row[name] is None for row in rows(series) for name in NUMBERS)
    judge.observe("metrics.metric-sets", "with nulls" if null else "per-platform" if absent else "all of them", series)
    for account in of_form(target, "value", "live")[:1]:
        live = read(target, account)
        stored = {captured(row) for row in rows(read(target, account, WIDE))}
        if at := instant(live.member("captured_at")):
            judge.observe("metrics.live-snapshot", "stored" if at in stored else "not-stored", live)
