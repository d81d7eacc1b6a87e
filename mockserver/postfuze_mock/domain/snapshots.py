"""Metric snapshots: posted ones, and daily ones, which are computed when they are read."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from postfuze_fixtures.platforms import METRICS, PLATFORMS
from postfuze_fixtures.timestamps import DAY_MS, HOUR_MS, iso, parse_iso
from postfuze_mock.domain.choices import Choices
from postfuze_mock.domain.growth import Growth
from postfuze_mock.records import Account, Hidden

#: A snapshot of a series.
Snapshot = dict[str, Any]

#: How many daily captures there are at most (ten years): a clock may be set far ahead.
MAX_DAILY: Final = 3650

#: How many posted snapshots an account can have, and their size together, as JSON in bytes; the schemas of states and
#: of world files have the same number.
MAX_POSTED: Final = 3650
MAX_POSTED_SIZE: Final = 4 << 20

#: The time of day (ms after midnight UTC) of the daily capture, by choice `metrics.snapshot-time`.
CAPTURED: Final = {"daily-0600": 6 * HOUR_MS, "daily-0000": 0}


def between(
    account: Account, hidden: Hidden, first: int | None, last: int | None, now: int, choices: Choices
) -> list[Snapshot]:
    """All snapshots captured from `first` to `last` (ms, both included; None: no bound), oldest first.

    A posted one replaces a daily one of the same instant. Daily ones end at `now`; posted ones do not, because the
    clock may have been set back since.
    """
    return [*newest_first(account, hidden, first, last, now, choices)][::-1]


def newest_first(
    account: Account, hidden: Hidden, first: int | None, last: int | None, now: int, choices: Choices
) -> Iterator[Snapshot]:
    """The snapshots of `between`, the newest first, each computed when it is needed."""
    explicit = {
        at: snapshot
        for at, snapshot in _explicit(hidden).items()
        if (first is None or first <= at) and (last is None or at <= last)
    }
    growth = _growth(account)
    for at in sorted(explicit.keys() | set(_daily(hidden, first, last, now, choices)), reverse=True):
        yield _from_explicit(account, explicit[at], at) if at in explicit else _computed(account, growth, at)


def count(hidden: Hidden, now: int, choices: Choices) -> int:
    """How many snapshots there are at `now` (ms), with the explicit ones of a later time."""
    return len(_explicit(hidden).keys() | set(_daily(hidden, None, None, now, choices)))


def latest(account: Account, hidden: Hidden, now: int, choices: Choices) -> Snapshot | None:
    """The latest snapshot; None if there is none."""
    explicit = _explicit(hidden)
    at = max([*_daily(hidden, None, None, now, choices)[-1:], *explicit], default=None)
    if at is None:
        return None
    return _from_explicit(account, explicit[at], at) if at in explicit else _computed(account, _growth(account), at)


def daily_count(hidden: Hidden, now: int, choices: Choices) -> int:
    """How many daily snapshots there are at `now` (ms)."""
    return len(_daily(hidden, None, None, now, choices))


def with_snapshot(hidden: Hidden, snapshot: Mapping[str, Any]) -> Hidden:
    """`hidden` with another posted snapshot, which replaces one of the same instant, or the oldest if there are too
    many."""
    others = {at: each for at, each in _explicit(hidden).items() if at != parse_iso(snapshot["captured_at"])}
    if len(others) >= MAX_POSTED:
        del others[min(others)]
    return {**hidden, "snapshots": [*others.values(), dict(snapshot)]}


def _explicit(hidden: Hidden) -> dict[int, Mapping[str, Any]]:
    return {parse_iso(snapshot["captured_at"]): snapshot for snapshot in hidden.get("snapshots", ())}


def _daily(hidden: Hidden, first: int | None, last: int | None, now: int, choices: Choices) -> range:
    """The instants of the daily captures from `first` to `last`, up to `now`.

    `collected_from` is the first capture at 06:00; with another time of day the first is on the same day.
    """
    if "collected_from" not in hidden:
        return range(0)
    time = CAPTURED[choices.metrics_snapshot_time]
    oldest = -((CAPTURED["daily-0600"] - hidden["collected_from"]) // DAY_MS) * DAY_MS + time
    oldest += max(0, (now - oldest) // DAY_MS - MAX_DAILY + 1) * DAY_MS
    start = oldest if first is None else max(oldest, -((time - first) // DAY_MS) * DAY_MS + time)
    return range(start, (now if last is None else min(now, last)) + 1, DAY_MS)


def _growth(account: Account) -> Growth:
    return Growth(account["id"], parse_iso(account["created_at"]))


def _computed(account: Account, growth: Growth, at: int) -> Snapshot:
    counts = growth.counts(at)
    metrics = {name: counts[name] for name in PLATFORMS[account["platform"]].stored_metrics}
    return _snapshot(account, metrics, {}, at)


def _from_explicit(account: Account, snapshot: Mapping[str, Any], at: int) -> Snapshot:
    metrics = {name: snapshot[name] for name in METRICS if snapshot.get(name) is not None}
    return _snapshot(account, metrics, snapshot.get("raw", {}), at)


def _snapshot(account: Account, metrics: Mapping[str, int], raw: Mapping[str, Any], at: int) -> Snapshot:
    return {
        "social_account_id": account["id"],
        "network": account["platform"],
        **metrics,
        "raw": raw,
        "captured_at": iso(at),
    }
