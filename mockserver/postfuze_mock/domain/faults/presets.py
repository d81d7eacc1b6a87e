"""Presets: a ready-made fault for each failure that the documents describe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from postfuze_mock import spec
from postfuze_mock.domain.faults.effects import Effect
from postfuze_mock.records import Hidden

_OPERATIONS: Final = tuple(spec.operations().values())
_KEYED: Final = tuple(each.id for each in _OPERATIONS if each.definition.get("security") != [])
_SCOPED: Final = tuple(each.id for each in _OPERATIONS if "x-required-scope" in each.definition)
_CONNECTING: Final = tuple(each.id for each in _OPERATIONS if "{sessionToken}" in each.path)
_OF_AN_ACCOUNT: Final = tuple(each.id for each in _OPERATIONS if each.path.startswith("/social-accounts/{id}"))
_OTHERS: Final = tuple(each.id for each in _OPERATIONS if each.id not in _KEYED + _CONNECTING)


class Preset(NamedTuple):
    """A ready-made fault: its effect on calls of `operations`, and the statements of openapi.yaml that it shows."""

    title: str
    description: str
    operations: tuple[str, ...]
    effect: Effect
    statements: tuple[str, ...]


PRESETS: Final[Mapping[str, Preset]] = {
    "token_refresh_fails": Preset(
        "The token cannot be refreshed",
        "A health check that refreshes a token near or past its expiry fails: the account becomes token_expired, for "
        "good, and account.token_expired fires. Advance the clock until a token expires, or patch token_expires_at.",
        ("getSocialAccountHealth",),
        {"behaviour": {"refresh": "fails"}},
        ("health.refresh-failure", "health.error-code", "events.token-expired"),
    ),
    "grant_revoked": Preset(
        "The customer revoked the grant",
        "A health check that refreshes a token near or past its expiry learns that the grant was revoked: the account "
        "becomes token_expired, for good, and account.token_expired, account.reauth_required and account.disconnected "
        "fire. Advance the clock until a token expires, or patch token_expires_at.",
        ("getSocialAccountHealth",),
        {"behaviour": {"refresh": "revoked"}},
        ("health.refresh-failure", "health.error-code", "events.token-expired", "events.reauth-required"),
    ),
    "token_refused": Preset(
        "The platform refuses the token",
        "A health check finds the account not healthy, with error_code unauthorized, although its status looks fine.",
        ("getSocialAccountHealth",),
        {"behaviour": {"identity": "unauthorized"}},
        ("health.catches-unauthorized", "health.error-code"),
    ),
    "platform_down": Preset(
        "The platforms cannot be reached",
        "Metrics fall back to the latest snapshot, health to a check of status and expiry without a probe.",
        ("getSocialAccountMetrics", "getSocialAccountHealth"),
        {"behaviour": {"platform": "unreachable"}},
        ("metrics.snapshot-fallback", "health.fallback"),
    ),
    "no_snapshot_yet": Preset(
        "No metrics have been collected yet",
        "The platforms cannot be reached and no snapshot is stored: metrics are null, with a message; a series is "
        "empty.",
        ("getSocialAccountMetrics",),
        {"behaviour": {"platform": "unreachable", "snapshots": 0}},
        ("metrics.none-yet",),
    ),
    "account_gone": Preset(
        "The account is gone",
        "Reading or disconnecting an account answers 404, as if somebody had disconnected it a moment ago.",
        _OF_AN_ACCOUNT,
        {"status": 404, "detail": "No such account."},
        ("get.deleted",),
    ),
    "session_expired": Preset(
        "The pending session has expired",
        "Listing and finalizing the pages of a session answer 404; nothing is connected.",
        _CONNECTING,
        {"status": 404, "detail": "This session is unknown or has expired."},
        ("connect.expired-session",),
    ),
    "key_revoked": Preset(
        "The API key was revoked",
        "Every call with a key answers 401.",
        _KEYED,
        {"status": 401},
        ("auth.revoked",),
    ),
    "scope_missing": Preset(
        "The API key lacks a scope",
        "Disconnecting an account answers 403, and the account stays as it was.",
        _SCOPED,
        {"status": 403, "detail": "This API key lacks the scope accounts:write."},
        ("delete.needs-scope",),
    ),
    "rate_limited": Preset(
        "A rate limit is used up",
        "Every call of the organization answers 429, with Retry-After.",
        (*_KEYED, *_CONNECTING),
        {"status": 429},
        ("limits.organization", "limits.retry-after"),
    ),
    "service_down": Preset(
        "The service is down",
        "Every call answers 503, with Retry-After; GET /health too, where a key is sent with it.",
        (*_OTHERS, *_KEYED, *_CONNECTING),
        {"status": 503},
        ("limits.retry-after", "errors.problem-document"),
    ),
}


def to_list() -> list[dict[str, Any]]:
    """All presets as the control API lists them; `body` is what to post."""
    return [
        {
            "preset": name,
            "title": preset.title,
            "description": preset.description,
            "statements": list(preset.statements),
            "operations": list(preset.operations),
            "effect": preset.effect,
            "body": {"operation": "*", "preset": name},
        }
        for name, preset in PRESETS.items()
    ]


def with_behaviour(hidden: Hidden, behaviour: Mapping[str, Any] | None) -> Hidden:
    """The hidden part of an account, in which its platform behaves as `behaviour` says; unchanged for None."""
    if behaviour is None:
        return hidden
    result = {**hidden, "behaviour": {**hidden.get("behaviour", {}), **behaviour}}
    if behaviour.get("snapshots") == 0:  # neither generated nor posted ones
        result.pop("collected_from", None)
        result.pop("snapshots", None)
    return result
