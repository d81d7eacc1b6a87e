"""A plain model of an organization's accounts and sessions, as documented. Where the documents are silent, it follows
the first choice of openapi.yaml's `x-assumptions`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from postfuze_fixtures.platforms import PLATFORMS
from postfuze_fixtures.timestamps import SECOND_MS, iso, parse_iso

ACCOUNT_FIELDS: Final = (
    "id", "platform", "tenant_id", "social_network_id", "network_unique_id", "username", "display_name",
    "profile_image_url", "account_type", "status", "scopes", "token_expires_at", "last_synced_at", "created_at",
    "updated_at",
)  # fmt: skip
REACHABLE: Final = {"platform": "reachable", "identity": "ok", "refresh": "ok"}

Account = dict[str, Any]
Key = tuple[str, str]  # by which lists are ordered: (created_at, id)


def key_of(account: Account) -> Key:
    return account["created_at"], account["id"]


@dataclass
class ModelAccount:
    """An account: its public fields, and what determines its health and metrics. `snapshots` maps instants (ms) to
    stored snapshots; daily ones begin at `daily_from` (ms; None: no daily ones)."""

    fields: Account
    behaviour: dict[str, str] = field(default_factory=lambda: dict(REACHABLE))
    snapshots: dict[int, dict[str, Any]] = field(default_factory=dict)
    daily_from: int | None = None
    deleted: bool = False
    revocation_found: bool = False

    def matches(self, filters: Mapping[str, str]) -> bool:
        return not self.deleted and filters.items() <= self.fields.items()


@dataclass
class Offer:
    """A pending session. Once seen expired it is not used again: the documents do not say whether setting the clock
    back revives it."""

    network: str
    tenant_id: str | None
    expires_at: int | None
    pages: list[dict[str, Any]]
    over: bool = False


@dataclass
class Organization:
    """One organization; `now` is in ms, `events` are (name, account id) in order."""

    now: int
    accounts: dict[str, ModelAccount] = field(default_factory=dict)
    offers: dict[str, Offer] = field(default_factory=dict)
    events: list[tuple[str, str]] = field(default_factory=list)

    def find(self, filters: Mapping[str, str]) -> list[Account]:
        """All accounts that match, newest first."""
        return sorted(
            (model.fields for model in self.accounts.values() if model.matches(filters)), key=key_of, reverse=True
        )

    def page(self, filters: Mapping[str, str], after: Key | None, limit: int) -> tuple[list[Account], bool]:
        """The page after `after`, and whether another one follows."""
        rest = [account for account in self.find(filters) if after is None or key_of(account) < after]
        return rest[:limit], len(rest) > limit

    def account(self, id: str) -> ModelAccount | None:
        """The account, unless it is unknown or deleted."""
        model = self.accounts.get(id)
        return None if model is None or model.deleted else model

    def delete(self, id: str) -> None:
        """Soft-delete: the account is no longer visible, its id stays reserved."""
        model = self.accounts[id]
        model.deleted = True
        model.fields = {**changed(model.fields, self.now), "status": "disabled"}
        self.events.append(("account.disconnected", id))

    def patch(self, id: str, fields: Mapping[str, Any]) -> None:
        model = self.accounts[id]
        public = {name: value for name, value in fields.items() if name != "behaviour"}
        model.behaviour.update(fields.get("behaviour", {}))
        model.fields = {**changed(model.fields, self.now), **public}

    def offer(self, token: str) -> Offer | None:
        """The pending session, unless it is unknown, used or expired."""
        offer = self.offers.get(token)
        if offer is None or (offer.expires_at is not None and offer.expires_at <= self.now):
            return None
        return offer

    def reconnectable(self, network: str, page_id: str) -> set[str]:
        """The accounts as which the page may be reconnected."""
        return {account["id"] for account in self.find({"platform": network, "network_unique_id": page_id})}

    def finalize(self, token: str, page_ids: Sequence[str], connected: Sequence[Mapping[str, Any]]) -> None:
        """Consume the session: each selected page becomes an account once, with the ids of `connected`."""
        offer = self.offers.pop(token)
        pages = {page["id"]: page for page in offer.pages}
        selected = [pages[page_id] for page_id in dict.fromkeys(page_ids)]
        for page, response in zip(selected, connected, strict=True):
            before = self.reconnectable(offer.network, page["id"])
            assert response["id"] in before if before else response["id"] not in self.accounts
            assert response == {
                "id": response["id"],
                "nickname": page["name"] if page["username"] is None else page["username"],
                "username": page["username"],
                "network": offer.network,
                "accountType": page["type"],
            }
            self._connect(response["id"], offer, page)

    def _connect(self, id: str, offer: Offer, page: Mapping[str, Any]) -> None:
        model = self.accounts.setdefault(id, ModelAccount({"id": id, "created_at": iso(self.now)}))
        model.fields = {
            **changed(model.fields, self.now),
            "platform": offer.network,
            "tenant_id": offer.tenant_id,
            "network_unique_id": page["id"],
            "username": page["username"],
            "display_name": page["name"],
            "profile_image_url": page["profilePictureUrl"],
            "account_type": page["type"],
            "status": "active",
            "scopes": list(PLATFORMS[offer.network].scopes),
            "token_expires_at": fresh_token(offer.network, self.now),
            "last_synced_at": iso(self.now),
        }
        self.events.append(("account.connected", id))


def changed(account: Account, now: int) -> Account:
    """The account, changed at `now` (ms). `updated_at` is never before `created_at`, even if the clock was set back."""
    return {**account, "updated_at": max(iso(now), account["created_at"])}


def fresh_token(platform: str, now: int) -> str | None:
    """The expiry of a token that the platform issues at `now` (ms)."""
    lifetime = PLATFORMS[platform].token_lifetime
    return None if lifetime is None else iso(now + lifetime * SECOND_MS)


def expires_within(account: Account, now: int, milliseconds: int) -> bool:
    """Whether the account's token has expired, or expires less than this many ms after `now`."""
    expires_at = account["token_expires_at"]
    return expires_at is not None and parse_iso(expires_at) - now < milliseconds
