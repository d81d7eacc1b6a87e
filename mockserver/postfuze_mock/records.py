"""The plain records that all layers share: an account, its stored row, a connect attempt and its session."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple, NotRequired, TypedDict

import orjson

#: An account of the API: the 15 fields of `ACCOUNT_FIELDS`, in that order.
Account = dict[str, Any]

#: What only the mock knows about an account. All entries are optional: `behaviour` (what differs from the defaults),
#: `collected_from` (ms: the first capture of its generated daily snapshots), `grant_revoked` (true once a refresh found
#: that; it counts only while the account is `token_expired`), `metrics` (explicit live counts), `refreshed_until` (the
#: expiry of the token that a refresh returns), `snapshots` (posted ones, each with its `captured_at`).
Hidden = dict[str, Any]

ACCOUNT_FIELDS: Final = (
    "id",
    "platform",
    "tenant_id",
    "social_network_id",
    "network_unique_id",
    "username",
    "display_name",
    "profile_image_url",
    "account_type",
    "status",
    "scopes",
    "token_expires_at",
    "last_synced_at",
    "created_at",
    "updated_at",
)

#: Characters of the timestamp that a sort key starts with; the account's id is the rest.
TIMESTAMP_WIDTH: Final = len("2026-06-14T12:10:00.000Z")

NOTHING_HIDDEN: Final = b"{}"
_BUFFER: Final = 8192


class Row(NamedTuple):
    """A stored account: encoded once, when it is written, and sent unchanged."""

    json: bytes
    hidden: bytes = NOTHING_HIDDEN
    deleted: bool = False

    def account(self) -> Account:
        """The account's fields, decoded."""
        account: Account = orjson.loads(self.json)
        return account

    def unseen(self) -> Hidden:
        """The hidden part of the account, decoded."""
        hidden: Hidden = {} if self.hidden == NOTHING_HIDDEN else orjson.loads(self.hidden)
        return hidden


class Page(TypedDict):
    """One connectable page of a pending session, with the names of the documents."""

    id: str
    type: str
    name: str
    username: str | None
    profilePictureUrl: str | None


class Session(TypedDict):
    """A pending connection. One without `expires_at` never expires; new accounts get the `account_ids`, if any, in
    order."""

    session_token: str
    network: str
    tenant_id: str | None
    expires_at: str | None
    pages: list[Page]
    account_ids: NotRequired[list[str]]


class Authorization(TypedDict):
    """A connect attempt, the world's `count`th. Without a `redirect_uri` it ends on a page of the mock. `decided` says
    whether the customer has decided."""

    count: int
    platform: str
    redirect_uri: str | None
    tenant_id: str | None
    expires_at: str
    decided: bool


def encode(account: Mapping[str, Any], hidden: Mapping[str, Any] | None = None, *, deleted: bool = False) -> Row:
    """The row of `account`, whose fields must be in the document's order."""
    return Row(encoded(account), encoded(hidden) if hidden else NOTHING_HIDDEN, deleted)


def encoded(value: Mapping[str, Any]) -> bytes:
    """`value` as JSON for storage, also in the journal. A short one is copied, because the result of orjson holds a
    buffer of about 8 KiB."""
    result = orjson.dumps(value)
    return bytes(memoryview(result)) if len(result) < _BUFFER else result


def sort_key(account: Mapping[str, Any]) -> str:
    """`created_at` and `id` in one string, which sorts like the pair: the timestamp has a fixed width."""
    key: str = account["created_at"] + account["id"]
    return key
