"""Correct: organizations with other data, and data that changes during the run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import CORRECT, Variant, correct

from postfuze_mock.domain.health import UNPROBED
from postfuze_mock.records import encode
from postfuze_mock.worlds.accounts import accounts, editing
from postfuze_mock.worlds.world import World


@correct("an organization without accounts")
def empty(mock: Mock) -> None:
    mock.document = {"generate": 0}


@correct("an organization with one account")
def one_account(mock: Mock) -> None:
    mock.document = {"generate": {"facebook": 1}}


@correct("an organization with three accounts, one of each state")
def three_accounts(mock: Mock) -> None:
    states = ("active", "disabled", "token_expired")
    mock.document = {"generate": 0, "accounts": [{"platform": "linkedin", "status": state} for state in states]}


@correct("an organization whose accounts have neither usernames nor tenants")
def bare_accounts(mock: Mock) -> None:
    nulls = dict.fromkeys(("username", "display_name", "tenant_id", "profile_image_url", "account_type"))
    mock.document = {"generate": 0, "accounts": [{"platform": each, **nulls} for each in ("x", "tiktok", "youtube")]}


@correct("an organization with 300 accounts of one platform")
def three_hundred(mock: Mock) -> None:
    mock.document = {"generate": {"instagram": 300}}


@correct("usernames that were cut within a character outside the basic plane")
def cut_usernames(mock: Mock) -> None:
    for operation in ("listSocialAccounts", "getSocialAccount"):
        mock.bodies(operation, _cut_usernames)


def _cut_usernames(document: Any) -> Any:
    """Some usernames end with a lone surrogate, as JavaScript cuts them, but not those of pages to connect."""
    for row in document.get("data", [document]):
        if row["platform"] != "facebook" and len(row["username"] or "") % 2:
            row["username"] += "\ud83d"
    return document


def _comes(world: World, count: int) -> None:
    """Create, change and delete accounts."""
    id = editing.create_account(world, {"platform": ("x", "facebook", "reddit")[count % 3]}).account()["id"]
    rows = world.store.page({}, None, 40)
    row = rows[count % len(rows)]
    if row.account()["status"] not in UNPROBED:
        account = {**row.account(), "last_synced_at": world.now(), "display_name": f"Name {count}"}
        world.store.compare_and_set(row.account()["id"], row, encode(account, row.unseen()))
    if count % 2:
        accounts.delete(world, id)


@correct("accounts come, change and go continuously")
def churn(mock: Mock) -> None:
    mock.background.append(_comes)


@correct("accounts come continuously")
def growth(mock: Mock) -> None:
    def comes(world: World, count: int) -> None:
        if count % 5 == 0:
            editing.create_account(world, {"platform": "x", "tenant_id": "tenant_42"})

    mock.background.append(comes)


def _generated(number: int) -> Variant:
    def change(mock: Mock) -> None:
        mock.document = {"generate": number}

    return Variant(f"correct_data.accounts_{number}", None, f"an organization with {number} accounts", change)


CORRECT += [_generated(number) for number in (2, 5)]


@correct("accounts have unusual but valid values")
def unusual_values(mock: Mock) -> None:
    odd = {
        "profile_image_url": "https://pbs.example/%C3%BC?a=b&c=%2F",
        "network_unique_id": "ünïque",
        "display_name": "\u202eAcme",
    }
    mock.document = {"generate": 20, "accounts": [{"platform": each, **odd} for each in ("x", "tiktok")]}


@correct("`created_at` has a fraction, an update in the same second has none")
def updated_to_the_second(mock: Mock) -> None:
    at = {"created_at": "2026-05-01T12:00:00.900Z", "updated_at": "2026-05-01T12:00:00Z"}
    for operation in ("listSocialAccounts", "getSocialAccount"):
        mock.bodies(
            operation,
            lambda body: {**body, "data": [_cut(row) for row in body["data"]]} if "data" in body else _cut(body),
        )
    mock.document = {"generate": 10, "accounts": [{"platform": "x", **at}]}


def _cut(account: dict[str, Any]) -> dict[str, Any]:
    return {**account, "updated_at": account["updated_at"][:19] + "Z"}


def _clock(name: str, sentence: str, setting: str) -> Variant:
    def change(mock: Mock) -> None:
        mock.settings = replace(mock.settings, clock=setting)
        mock.time_stands = setting.endswith("frozen")

    return Variant(f"correct_data.{name}", None, sentence, change)


CORRECT += [
    _clock("leap_day", "a clock that stands on a leap day", "2020-02-29T12:00:00.000Z,frozen"),
    _clock("years_ahead", "a clock that is years ahead", "2031-01-01T00:00:00.000Z"),
]
