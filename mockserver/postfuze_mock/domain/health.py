"""Whether an account is ready to publish: by a probe of its platform where possible, else by its stored state."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from postfuze_fixtures.platforms import PLATFORMS
from postfuze_fixtures.timestamps import iso, parse_iso
from postfuze_mock.domain.choices import DURATIONS, Choices
from postfuze_mock.domain.lifecycle import (
    ACCOUNT_DISCONNECTED,
    ACCOUNT_REAUTH_REQUIRED,
    ACCOUNT_TOKEN_EXPIRED,
    ACTIVE,
    DISABLED,
    REVOKED,
    TOKEN_EXPIRED,
    Change,
    token_expiry,
    updated,
)
from postfuze_mock.records import Account

UNPROBED: Final = frozenset({DISABLED, REVOKED})
UNAUTHORIZED: Final = "unauthorized"
UNREACHABLE: Final = "unreachable"
EXPIRY_UNKNOWN: Final = "expiry_unknown"

#: The scope with which a token can be refreshed, where a choice depends on it.
REFRESHING: Final = "offline.access"


class Check(NamedTuple):
    """The response, the account after the check (the same object if nothing changed), and the events to fire."""

    response: dict[str, Any]
    account: Account
    events: tuple[str, ...] = ()


def check(account: Account, behaviour: Mapping[str, Any], now: int, choices: Choices) -> Check:
    """The account's health at `now` (ms). `behaviour` is that of its platform (entries may be absent), with what is
    hidden of the account: `refreshed_until` and `grant_revoked`, if it has them."""
    if not _probeable(account, behaviour):
        return Check(_unprobed(account, now, choices), account)
    after, events = _refresh(account, behaviour, now, choices)
    error = _probe_error(after, behaviour)
    if error is None and _is_lost(after, behaviour, now, choices):
        error = TOKEN_EXPIRED
    if error is None:
        after = {**after, "last_synced_at": iso(now)}
    response = _response(after, error, now, live=True)
    if choices.health_expiry_reread == "before":
        response["token_expires_at"] = account["token_expires_at"]
    return Check(response, after, events)


def grant_revoked(check: Check, before: bool) -> bool:
    """Whether it is known after `check` that the grant of the `token_expired` account was revoked; `before` says
    whether it was known."""
    if check.events:
        return ACCOUNT_REAUTH_REQUIRED in check.events
    return before and check.account["status"] == TOKEN_EXPIRED


def _probeable(account: Account, behaviour: Mapping[str, Any]) -> bool:
    reachable = PLATFORMS[account["platform"]].probed and behaviour.get("platform") != "unreachable"
    return reachable and account["status"] not in UNPROBED


def _unprobed(account: Account, now: int, choices: Choices) -> dict[str, Any]:
    """The response without a probe. Choice `health.unreachable` says what it is if the platform cannot be reached, and
    `health.no-expiry` what an unknown expiry means."""
    error = _stored_error(account, now)
    if error is None and account["token_expires_at"] is None and choices.health_no_expiry == "not-healthy":
        error = EXPIRY_UNKNOWN
    if choices.health_unreachable == "fallback" or not _probeable(account, {}):
        return _response(account, error, now, live=False)
    error = UNREACHABLE if account["status"] == ACTIVE else error
    return _response(account, error, now, live=choices.health_unreachable == "probe-failed")


def _refresh(account: Account, behaviour: Mapping[str, Any], now: int, choices: Choices) -> Change:
    """Refreshes the token if needed. Only the first failure changes the account and fires an event."""
    is_expired = account["status"] == TOKEN_EXPIRED
    if is_expired and choices.health_recovery == "stays-flipped":
        return Change(account)
    if not is_expired and not _near_expiry(account["token_expires_at"], now, choices):
        return Change(account)
    if _is_accepted(account, now, choices) or _is_lost(account, behaviour, now, choices):
        return Change(account)
    match behaviour.get("refresh", "ok"):
        case "revoked":
            return _find_revoked(account, behaviour, now, choices)
        case "fails":
            flipped = updated(account, now, status=TOKEN_EXPIRED)
            return Change(account) if is_expired else Change(flipped, (ACCOUNT_TOKEN_EXPIRED,))
    status = ACTIVE if is_expired else account["status"]
    return Change(updated(account, now, status=status, token_expires_at=_new_expiry(account, behaviour, now, choices)))


def _is_accepted(account: Account, now: int, choices: Choices) -> bool:
    """Whether the platform accepts an expired token that has no scope for a refresh (choice `health.expired-token`)."""
    if choices.health_expired_token == "never-healthy" or REFRESHING in account["scopes"]:
        return False
    return account["token_expires_at"] is not None and parse_iso(account["token_expires_at"]) <= now


def _is_lost(account: Account, behaviour: Mapping[str, Any], now: int, choices: Choices) -> bool:
    """Whether the account keeps its status although its token cannot be refreshed (choice `health.unrefreshable`)."""
    if choices.health_unrefreshable == "flips" or behaviour.get("refresh", "ok") == "ok":
        return False
    is_due = account["status"] == ACTIVE and _near_expiry(account["token_expires_at"], now, choices)
    return is_due and REFRESHING not in account["scopes"] and not _is_accepted(account, now, choices)


def _find_revoked(account: Account, behaviour: Mapping[str, Any], now: int, choices: Choices) -> Change:
    """The account after a refresh that failed because the grant was revoked (choices `health.revoked-grant` and
    `events.revoked-grant`). If it was `token_expired` already, the failure before may have had another reason."""
    status = REVOKED if choices.health_revoked_grant == "revoked" else TOKEN_EXPIRED
    was_expired = account["status"] == TOKEN_EXPIRED
    events = [ACCOUNT_TOKEN_EXPIRED] if status == TOKEN_EXPIRED and not was_expired else []
    if not (was_expired and behaviour.get("grant_revoked")):
        events.append(ACCOUNT_REAUTH_REQUIRED)
        if status == REVOKED or choices.events_revoked_grant == "disconnected-too":
            events.append(ACCOUNT_DISCONNECTED)
    return Change(account if account["status"] == status else updated(account, now, status=status), tuple(events))


def _new_expiry(account: Account, behaviour: Mapping[str, Any], now: int, choices: Choices) -> str | None:
    """The expiry of the token that a refresh returns."""
    explicit: str | None = behaviour.get("refreshed_until")
    if explicit is not None and not _near_expiry(explicit, now, choices):
        return explicit
    return token_expiry(account["platform"], now)


def _near_expiry(expires_at: str | None, now: int, choices: Choices) -> bool:
    return expires_at is not None and parse_iso(expires_at) - now < DURATIONS[choices.health_near_expiry]


def _probe_error(account: Account, behaviour: Mapping[str, Any]) -> str | None:
    """The error of a probed account: no usable token, else the refusal of the platform, else the status; None if it is
    `active`."""
    status: str = account["status"]
    if status in (TOKEN_EXPIRED, REVOKED):
        return status
    if behaviour.get("identity") == UNAUTHORIZED:
        return UNAUTHORIZED
    return None if status == ACTIVE else status


def _stored_error(account: Account, now: int) -> str | None:
    """The error of an account that is not probed: its status or, if it is active, an expired token."""
    status: str = account["status"]
    if status != ACTIVE:
        return status
    expires_at = account["token_expires_at"]
    return TOKEN_EXPIRED if expires_at is not None and parse_iso(expires_at) <= now else None


def _response(account: Account, error: str | None, now: int, *, live: bool) -> dict[str, Any]:
    return {
        "id": account["id"],
        "network": account["platform"],
        "healthy": error is None,
        "status": account["status"],
        "error_code": error,
        "token_expires_at": account["token_expires_at"],
        "checked_live": live,
        "checked_at": iso(now),
    }
