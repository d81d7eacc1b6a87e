"""The objects that the control API accepts; members may be left out unless they are `Required`."""

from collections.abc import Sequence
from typing import Any, Literal, Required, TypeAlias, TypedDict

#: A JSON object of a response.
Json: TypeAlias = dict[str, Any]


class Behaviour(TypedDict, total=False):
    """How the platform treats an account; never part of a response of the API."""

    platform: Literal["reachable", "unreachable"]
    identity: Literal["ok", "unauthorized"]
    refresh: Literal["ok", "fails", "revoked"]
    snapshots: int


class AccountFields(TypedDict, total=False):
    """Any members of a social account, and its behaviour. Times are RFC 3339."""

    id: str
    platform: str
    tenant_id: str | None
    social_network_id: str
    network_unique_id: str
    username: str | None
    display_name: str | None
    profile_image_url: str | None
    account_type: str | None
    status: str
    scopes: list[str]
    token_expires_at: str | None
    last_synced_at: str | None
    created_at: str
    updated_at: str
    behaviour: Behaviour


class SnapshotFields(TypedDict, total=False):
    """A metric snapshot."""

    captured_at: Required[str]
    followers: float
    following: float
    posts_count: float
    impressions: float
    reach: float
    profile_views: float
    raw: Json


class PageFields(TypedDict, total=False):
    """A connectable page of a session."""

    id: str
    type: str
    name: str
    username: str | None
    profilePictureUrl: str | None


class Corruption(TypedDict):
    """What goes wrong in a successful response: `path` is a JSON pointer."""

    path: str
    how: Literal["remove", "type", "enum"]


class Effect(TypedDict, total=False):
    """What a fault does to a call. `delay_ms` is a duration, or its minimum and maximum; `processed` says whether the
    call is carried out before it fails."""

    status: int
    retry_after: int
    delay_ms: int | Sequence[int]
    drop: Literal["reset", "empty"]
    corrupt: Corruption
    processed: bool


EventName: TypeAlias = Literal[
    "account.connected", "account.disconnected", "account.token_expired", "account.reauth_required"
]


class WebhookFields(TypedDict, total=False):
    """A receiver of events: of all events, unless `events` lists some."""

    url: Required[str]
    events: list[EventName]
    description: str | None
    signing_secret: str
