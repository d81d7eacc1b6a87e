"""The statuses of accounts, and the changes that fire events."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from postfuze_fixtures.platforms import PLATFORMS
from postfuze_fixtures.timestamps import SECOND_MS, iso
from postfuze_mock.records import Account

ACTIVE: Final = "active"
DISABLED: Final = "disabled"
REVOKED: Final = "revoked"
TOKEN_EXPIRED: Final = "token_expired"

ACCOUNT_CONNECTED: Final = "account.connected"
ACCOUNT_DISCONNECTED: Final = "account.disconnected"
ACCOUNT_TOKEN_EXPIRED: Final = "account.token_expired"
ACCOUNT_REAUTH_REQUIRED: Final = "account.reauth_required"


class Change(NamedTuple):
    """An account after a rule was applied (the same object if nothing changed), and the events to fire."""

    account: Account
    events: tuple[str, ...] = ()


def disconnect(account: Account, now: int) -> Change:
    """The deleted account: it is disabled, and only the receivers of the event see it."""
    return Change(updated(account, now, status=DISABLED), (ACCOUNT_DISCONNECTED,))


def updated(account: Mapping[str, Any], now: int, **fields: Any) -> Account:
    """The account with `fields` changed at `now` (ms).

    `updated_at` is never before `created_at`, even where the clock was set back.
    """
    return {**account, **fields, "updated_at": max(iso(now), account["created_at"])}


def token_expiry(platform: str, now: int) -> str | None:
    """The expiry of an access token that `platform` issues at `now` (ms); None: never."""
    lifetime = PLATFORMS[platform].token_lifetime
    return None if lifetime is None else iso(now + lifetime * SECOND_MS)
