"""An account's life: the states it can be in, the events that tell of a change, and its end."""

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
    """What a rule made of an account, and the events that tell of it; the very account where nothing changed."""

    account: Account
    events: tuple[str, ...] = ()


def disconnect(account: Account, now: int) -> Change:
    """The account as it is deleted: disabled, for nobody to read but those who get the event."""
    return Change(updated(account, now, status=DISABLED), (ACCOUNT_DISCONNECTED,))


def updated(account: Mapping[str, Any], now: int, **fields: Any) -> Account:
    """The account with `fields` changed at `now` (ms).

    A clock may be set back behind the account's creation; still no account was updated before it was created.
    """
    return {**account, **fields, "updated_at": max(iso(now), account["created_at"])}


def token_expiry(platform: str, now: int) -> str | None:
    """When an access token expires that `platform` issues at `now` (ms); None: never."""
    lifetime = PLATFORMS[platform].token_lifetime
    return None if lifetime is None else iso(now + lifetime * SECOND_MS)
