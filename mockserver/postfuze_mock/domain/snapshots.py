"""Stored metric snapshots: those that were stored explicitly, and a daily one that is computed when it is read."""

from collections.abc import Mapping
from typing import Any, Final

from postfuze_fixtures.platforms import METRICS, PLATFORMS
from postfuze_fixtures.timestamps import DAY_MS, HOUR_MS, iso, parse_iso
from postfuze_mock.domain.choices import Choices
from postfuze_mock.domain.growth import Growth
from postfuze_mock.records import Account, Hidden

#: A snapshot as a series shows it.
Snapshot = dict[str, Any]

#: A clock may be put ages ahead: of the daily captures, so many are kept at most (ten years of them).
MAX_DAILY: Final = 3650

#: The time of day (ms after midnight UTC) of the daily capture, by choice `metrics.snapshot-time`.
CAPTURED: Final = {"daily-0600": 6 * HOUR_MS, "daily-0000": 0}


def between(
    account: Account, hidden: Hidden, first: int | None, last: int | None, now: int, choices: Choices
) -> list[Snapshot]:
    """All snapshots captured from `first` to `last` (ms, both included; None: no bound), oldest first.

    Where an explicit one and a daily one are of the same instant, the explicit one stands. Daily ones come up to
    `now`; explicit ones whenever they say, also where the clock was set back since.
    """
    explicit = {
        at: snapshot
        for at, snapshot in _explicit(hidden).items()
        if (first is None or first <= at) and (last is None or at <= last)
    }
    growth = _growth(account)
    return [
        _posted(account, explicit[at], at) if at in explicit else _computed(account, growth, at)
        for at in sorted(explicit.keys() | set(_daily(hidden, first, last, now, choices)))
    ]


def latest(account: Account, hidden: Hidden, now: int, choices: Choices) -> Snapshot | None:
    """The last snapshot that was captured; None where there is none."""
    explicit = _explicit(hidden)
    at = max([*_daily(hidden, None, None, now, choices)[-1:], *explicit], default=None)
    if at is None:
        return None
    return _posted(account, explicit[at], at) if at in explicit else _computed(account, _growth(account), at)


def daily_count(hidden: Hidden, now: int, choices: Choices) -> int:
    """How many daily snapshots have been captured by `now` (ms)."""
    return len(_daily(hidden, None, None, now, choices))


def stored(hidden: Hidden, snapshot: Mapping[str, Any]) -> Hidden:
    """`hidden` with one more explicit snapshot, which replaces one of the same instant."""
    kept = {at: each for at, each in _explicit(hidden).items() if at != parse_iso(snapshot["captured_at"])}
    return {**hidden, "snapshots": [*kept.values(), dict(snapshot)]}


def _explicit(hidden: Hidden) -> dict[int, Mapping[str, Any]]:
    return {parse_iso(snapshot["captured_at"]): snapshot for snapshot in hidden.get("snapshots", ())}


def _daily(hidden: Hidden, first: int | None, last: int | None, now: int, choices: Choices) -> range:
    """The instants of the daily captures from `first` to `last` that have come by `now`.

    `collected_from` is the first capture at 06:00; another time of day begins on the same day.
    """
    if "collected_from" not in hidden:
        return range(0)
    time = CAPTURED[choices.metrics_snapshot_time]
    begun = -((CAPTURED["daily-0600"] - hidden["collected_from"]) // DAY_MS) * DAY_MS + time
    begun += max(0, (now - begun) // DAY_MS - MAX_DAILY + 1) * DAY_MS
    start = begun if first is None else max(begun, -((time - first) // DAY_MS) * DAY_MS + time)
    return range(start, (now if last is None else min(now, last)) + 1, DAY_MS)


def _growth(account: Account) -> Growth:
    return Growth(account["id"], parse_iso(account["created_at"]))


def _computed(account: Account, growth: Growth, at: int) -> Snapshot:
    counts = growth.counts(at)
    metrics = {name: counts[name] for name in PLATFORMS[account["platform"]].stored_metrics}
    return _shown(account, metrics, {}, at)


def _posted(account: Account, snapshot: Mapping[str, Any], at: int) -> Snapshot:
    metrics = {name: snapshot[name] for name in METRICS if snapshot.get(name) is not None}
    return _shown(account, metrics, snapshot.get("raw", {}), at)


def _shown(account: Account, metrics: Mapping[str, int], raw: Mapping[str, Any], at: int) -> Snapshot:
    return {
        "social_account_id": account["id"],
        "network": account["platform"],
        **metrics,
        "raw": raw,
        "captured_at": iso(at),
    }
