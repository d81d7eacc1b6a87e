"""The model of health checks and metrics: responses and effects, as documented."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.mockserver.model.organization import (
    Account,
    ModelAccount,
    Organization,
    changed,
    expires_within,
    fresh_token,
)

from postfuze_fixtures.platforms import PLATFORMS
from postfuze_fixtures.timestamps import DAY_MS, HOUR_MS, MINUTE_MS, iso

NEAR_EXPIRY: Final = 10 * MINUTE_MS
CAPTURE: Final = 6 * HOUR_MS  # after midnight UTC
METRICS: Final = ("followers", "following", "posts_count", "impressions", "reach", "profile_views")


def probed(model: ModelAccount) -> bool:
    """Whether the health check probes the platform."""
    account = model.fields
    reachable = PLATFORMS[account["platform"]].probed and model.behaviour["platform"] == "reachable"
    return reachable and account["status"] not in ("disabled", "revoked")


def check_health(organization: Organization, model: ModelAccount) -> dict[str, Any]:
    """The result of a health check, which may refresh the token, or flip the account and fire an event."""
    live = probed(model)
    error = _probe(organization, model) if live else _stored_error(model.fields, organization.now)
    if live and error is None:
        model.fields = {**model.fields, "last_synced_at": iso(organization.now)}
    account = model.fields
    return {
        "id": account["id"],
        "network": account["platform"],
        "healthy": error is None,
        "status": account["status"],
        "error_code": error,
        "token_expires_at": account["token_expires_at"],
        "checked_live": live,
        "checked_at": iso(organization.now),
    }


def _probe(organization: Organization, model: ModelAccount) -> str | None:
    flipped = model.fields["status"] == "token_expired"
    if flipped or expires_within(model.fields, organization.now, NEAR_EXPIRY):
        _refresh(organization, model)
    status: str = model.fields["status"]
    if status != "active":
        return status
    return "unauthorized" if model.behaviour["identity"] == "unauthorized" else None


def _refresh(organization: Organization, model: ModelAccount) -> None:
    account, now = model.fields, organization.now
    if model.behaviour["refresh"] == "ok":
        token = fresh_token(account["platform"], now)
        model.fields = {**changed(account, now), "status": "active", "token_expires_at": token}
        model.revocation_found = False
        return
    flips = account["status"] != "token_expired"
    if flips:
        model.fields = {**changed(account, now), "status": "token_expired"}
        model.revocation_found = False
        organization.events.append(("account.token_expired", account["id"]))
    if model.behaviour["refresh"] == "revoked" and not model.revocation_found:
        model.revocation_found = True
        organization.events += [("account.reauth_required", account["id"]), ("account.disconnected", account["id"])]


def _stored_error(account: Account, now: int) -> str | None:
    if account["status"] != "active":
        status: str = account["status"]
        return status
    return "token_expired" if expires_within(account, now, 1) else None


def pulls_live(model: ModelAccount) -> bool:
    """Whether metrics come from the platform: it has live metrics and is reachable, whatever the account's status."""
    return model.behaviour["platform"] == "reachable" and bool(PLATFORMS[model.fields["platform"]].live_metrics)


def captures(model: ModelAccount, now: int) -> list[int]:
    """The capture times of the snapshots stored by `now`, oldest first (ms)."""
    daily = () if model.daily_from is None else range(model.daily_from, now + 1, DAY_MS)
    return sorted({*daily, *model.snapshots})


def first_daily(now: int, count: int) -> int | None:
    """The capture time of the first of `count` daily snapshots, the last being the latest before `now` (ms)."""
    return (now - CAPTURE) // DAY_MS * DAY_MS + CAPTURE - (count - 1) * DAY_MS if count else None


def counts_at(account: Account, snapshot: Mapping[str, Any], at: int) -> dict[str, Any]:
    """A stored snapshot as the series shows it."""
    return {
        "social_account_id": account["id"],
        "network": account["platform"],
        **{name: snapshot[name] for name in METRICS if name in snapshot},
        "raw": {},
        "captured_at": iso(at),
    }


def numbers(value: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The metrics that a value has."""
    return ((name, value[name]) for name in METRICS if name in value)
