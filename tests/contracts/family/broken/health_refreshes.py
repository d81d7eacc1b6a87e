"""Broken: refreshes of tokens, and checks that are of another account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.contracts.family import races
from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import broken

from postfuze_fixtures.timestamps import parse_iso
from postfuze_mock.domain import health as rules
from postfuze_mock.domain.choices import Choices
from postfuze_mock.domain.lifecycle import ACTIVE, REVOKED, TOKEN_EXPIRED, Change, updated
from postfuze_mock.records import Account

HEALTH = "getSocialAccountHealth"
PAST = "2026-01-01T00:00:00.000Z"
_refresh, _check = rules._refresh, rules.check


def _failing(platform: str) -> dict[str, Any]:
    return {"platform": platform, "token_expires_at": PAST, "behaviour": {"refresh": "fails"}}


@broken("health.refresh-failure", "the next probe undoes a flip without another refresh")
def flip_undone(mock: Mock) -> None:
    mock.document = {"accounts": [_failing("x"), _failing("x")]}

    def refresh(account: Account, behaviour: Mapping[str, Any], now: int, choices: Choices) -> Change:
        if account["status"] == TOKEN_EXPIRED:
            return Change(updated(account, now, status=ACTIVE))
        return _refresh(account, behaviour, now, choices)

    mock.replace(rules, "_refresh", refresh)


def _choosing(mock: Mock, id: str, alternative: str) -> None:
    """Check health by an alternative of an assumption."""

    def check(account: Account, behaviour: Mapping[str, Any], now: int, choices: Choices) -> rules.Check:
        return _check(account, behaviour, now, choices.with_overrides({id: alternative}))

    mock.replace(rules, "check", check)


@broken("health.unrefreshable", "a token that cannot be refreshed leaves the account active")
def kept_active(mock: Mock) -> None:
    mock.document = {"accounts": [_failing("reddit")]}
    _choosing(mock, "health.unrefreshable", "kept")


@broken("health.expired-token", "platforms still accept tokens that have expired")
def expired_and_accepted(mock: Mock) -> None:
    mock.document = {"accounts": [{"platform": "bluesky", "token_expires_at": PAST}]}
    _choosing(mock, "health.expired-token", "may-be-healthy")


@broken("health.near-expiry", "a token is refreshed in its last minute")
def refreshed_late(mock: Mock) -> None:
    def near(expires_at: str | None, now: int, _choices: Choices) -> bool:
        return expires_at is not None and parse_iso(expires_at) - now < 60_000

    mock.replace(rules, "_near_expiry", near)


@broken("health.unreachable", "while the platform cannot be reached, no account is healthy")
def unreached_is_ill(mock: Mock) -> None:
    _choosing(mock, "health.unreachable", "not-healthy")


@broken("health.unreachable", "while the platform cannot be reached, the probe fails")
def unreached_fails(mock: Mock) -> None:
    _choosing(mock, "health.unreachable", "probe-failed")


@broken("health.revoked-grant", "a refresh that finds the grant revoked makes the account revoked")
def grant_revoked(mock: Mock) -> None:
    revoked = {**_failing("x"), "behaviour": {"refresh": "revoked"}}
    mock.document = {"accounts": [revoked, {**revoked, "platform": "tiktok"}]}

    def refresh(account: Account, behaviour: Mapping[str, Any], now: int, choices: Choices) -> Change:
        change = _refresh(account, behaviour, now, choices)
        is_revoked = behaviour.get("refresh") == "revoked" and change.account["status"] == TOKEN_EXPIRED
        return Change({**change.account, "status": REVOKED}, change.events) if is_revoked else change

    mock.replace(rules, "_refresh", refresh)


@broken("health.unknown", "an id may be longer than an account's")
def longer_ids(mock: Mock) -> None:
    mock.requests(HEALTH, lambda request: request.replace(path=f"/social-accounts/{request.id[:36]}/health"))


@broken("health.fields", "of checks at the same time, some are of another account")
def mixed_up(mock: Mock) -> None:
    races.mixed_up(mock, HEALTH)
