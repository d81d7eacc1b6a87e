"""Bounds told to the millisecond: which snapshots they leave, and that they are repeated as they were given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from postfuze_contracts.checks.metrics.snapshots import Snapshot, captured, form, rows, steady, with_series
from postfuze_contracts.checks.metrics.windows import Window, expect_echo, judge_window, read_all
from postfuze_contracts.engine.judge import Blocked, Judge
from postfuze_contracts.engine.registry import check
from postfuze_contracts.engine.survey import Account
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.instants import iso
from postfuze_contracts.target.target import Target

_SUBJECTS = {"quick": 2, "ci": 4, "deep": 12}  # accounts that are looked at
_MILLISECOND = 0.001
_MINUTE = 60
_UNTOLD = needs.unexpected("snapshots do not tell their milliseconds")


@check("metrics.window", "metrics.full-series", "metrics.echo", needs=(needs.ACCOUNTS,))
def bounds_a_millisecond_beside(target: Target, judge: Judge) -> None:
    """Ask for windows that begin or end a millisecond beside a snapshot."""
    for account, series in with_series(target, _SUBJECTS[target.options.profile]):
        if not _tell_milliseconds(rows(series)):
            continue  # what is shown as of one second may be of any time in it
        windows = list(_windows(rows(series)))
        whole, parts = steady(target, account, partial(read_all, target, account, windows))
        for window, part in zip(windows, parts, strict=True):
            judge_window(judge, window, whole, part)
            if _shows_fractions(account, series) and form(part) == "series" and not _in_seconds(window, part):
                expect_echo(judge, window, part)
    if not judge.judged:
        raise Blocked(_UNTOLD)


def _windows(snapshots: list[Snapshot]) -> Iterator[Window]:
    at = sorted(map(captured, snapshots))
    for each in dict.fromkeys((at[0], at[len(at) // 2], at[-1])):
        before, after = iso(each - _MILLISECOND), iso(each + _MILLISECOND)
        yield from ({"since": after}, {"until": before}, {"since": before, "until": after})


def _tell_milliseconds(snapshots: list[Snapshot]) -> bool:
    """Whether their times are those of their capture to the millisecond: some have other milliseconds than none, or
    all were captured on the minute."""
    texts = [str(row["captured_at"]) for row in snapshots]
    fine = all(re.search(r"\.\d{3}", text) for text in texts)
    return fine and (any(map(_fraction, texts)) or all(captured(row) % _MINUTE == 0 for row in snapshots))


def _shows_fractions(account: Account, series: Exchange) -> bool:
    """Whether any time that the deployment shows of the account is between two seconds."""
    times = [account.get(name) for name in ("created_at", "updated_at", "last_synced_at")]
    return any(_fraction(str(time)) for time in (*times, *(row["captured_at"] for row in rows(series))))


def _fraction(time: str) -> bool:
    return re.search(r"\.0*[1-9]", time) is not None


def _in_seconds(window: Window, part: Exchange) -> bool:
    """Whether the bounds are repeated as whole numbers of unix seconds: a form that has no milliseconds."""
    return any(re.fullmatch(r"\d+", str(part.member(name))) for name in window)
