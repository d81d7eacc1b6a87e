"""An account's metrics, in the document's three forms: one value, a series, none yet."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from postfuze_fixtures.platforms import METRICS, PLATFORMS
from postfuze_fixtures.timestamps import iso, parse_iso
from postfuze_mock.domain import snapshots
from postfuze_mock.domain.choices import Choices
from postfuze_mock.domain.growth import Growth
from postfuze_mock.domain.health import UNAUTHORIZED, UNPROBED
from postfuze_mock.domain.lifecycle import TOKEN_EXPIRED
from postfuze_mock.domain.windows import Window
from postfuze_mock.records import Account, Hidden

#: The statuses with which a platform refuses the account's token.
_TOKEN_REFUSED: Final = UNPROBED | {TOKEN_EXPIRED}


class Reading(NamedTuple):
    """The response, and the account after the reading: the same objects if nothing changed."""

    response: dict[str, Any]
    account: Account
    hidden: Hidden


def current(account: Account, hidden: Hidden, now: int, choices: Choices) -> Reading:
    """One value: live at `now` (ms), else the latest snapshot, else a message that there is none yet.

    A live pull sets `last_synced_at`; whether it is stored as a snapshot is choice `metrics.live-snapshot`.
    """
    counts = _live_counts(account, hidden, now, choices)
    if counts:
        metrics: dict[str, Any] = {**counts, "raw": _raw(account["platform"], counts)}
        response = _value(account, "live", iso(now), metrics, choices)
        if choices.metrics_live_snapshot == "stored":
            hidden = snapshots.with_snapshot(hidden, {"captured_at": iso(now), **metrics})
        return Reading(response, {**account, "last_synced_at": iso(now)}, hidden)
    latest = snapshots.latest(account, hidden, now, choices)
    if latest is None:
        return Reading(none_yet(account["id"]), account, hidden)
    metrics = {name: latest[name] for name in (*METRICS, "raw") if name in latest}
    return Reading(_value(account, "snapshot", latest["captured_at"], metrics, choices), account, hidden)


def series(account: Account, hidden: Hidden, window: Window, now: int, choices: Choices) -> dict[str, Any]:
    """All stored snapshots of a window, oldest first."""
    data = snapshots.between(account, hidden, window.first(choices), window.last(choices), now, choices)
    empty_form = choices.metrics_inverted_window if window.is_inverted else choices.metrics_empty_series
    if not data and empty_form == "message":
        return none_yet(account["id"])
    raw: dict[str, Any] = {"raw": {}} if choices.metrics_series_raw == "empty" else {}
    rows = [{**_missing(choices), **each, **raw} for each in data]
    return {"social_account_id": account["id"], "source": "snapshot", **window.echo(choices), "data": rows}


def _live_counts(account: Account, hidden: Hidden, now: int, choices: Choices) -> dict[str, int]:
    """The platform's current counts; none if it cannot be reached, has no metrics, or refuses the token (choice
    `metrics.refused-token`).

    Explicit counts win, even for metrics that the platform does not have.
    """
    behaviour, explicit = hidden.get("behaviour", {}), hidden.get("metrics", {})
    if behaviour.get("platform") == "unreachable":
        return {}
    token_refused = account["status"] in _TOKEN_REFUSED or behaviour.get("identity") == UNAUTHORIZED
    if token_refused and choices.metrics_refused_token == "snapshot":
        return {}
    names = PLATFORMS[account["platform"]].live_metrics
    counts = {**Growth(account["id"], parse_iso(account["created_at"])).counts(now), **explicit}
    return {name: counts[name] for name in METRICS if name in names or name in explicit}


def _raw(platform: str, counts: Mapping[str, int]) -> dict[str, Any]:
    """The platform's own payload, with the counts that it has."""
    payload: dict[str, Any] = {}
    for name, (*outer, last) in PLATFORMS[platform].raw.items():
        if name in counts:
            place = payload
            for key in outer:
                place = place.setdefault(key, {})
            place[last] = counts[name]
    return payload


def _value(
    account: Account, source: str, captured_at: str, metrics: Mapping[str, Any], choices: Choices
) -> dict[str, Any]:
    return {
        "social_account_id": account["id"],
        "network": account["platform"],
        "source": source,
        "captured_at": captured_at,
        **_missing(choices),
        **metrics,
    }


def _missing(choices: Choices) -> dict[str, None]:
    """What stands for the metrics that a platform does not provide (choice `metrics.missing`)."""
    return dict.fromkeys(METRICS) if choices.metrics_missing == "null" else {}


def none_yet(id: str) -> dict[str, Any]:
    """The message that nothing has been collected for the account with this id."""
    return {
        "social_account_id": id,
        "metrics": None,
        "message": "No metrics have been collected for this account yet.",
    }
