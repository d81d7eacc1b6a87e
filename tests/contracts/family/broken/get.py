"""Broken: retrieving an account, and the fields of accounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Request, Response

from postfuze_mock.problems import Problem
from postfuze_mock.records import Row
from postfuze_mock.worlds.accounts import accounts
from postfuze_mock.worlds.world import World

GET, LIST = "getSocialAccount", "listSocialAccounts"
_get = accounts.get


@broken("get.by-id", "an id that begins with a letter late in the alphabet retrieves the newest account")
def another_account(mock: Mock) -> None:
    mock.replace(
        accounts,
        "get",
        lambda world, id, **_: world.store.page({}, None, 1)[0] if id[0] in "cdef" else _get(world, id),
    )


@broken("get.by-id", "a retrieved account is wrapped in `data`")
def wrapped(mock: Mock) -> None:
    mock.bodies(GET, lambda body: {"data": body})


@broken("get.by-id", "a retrieved account has another username than in the list")
def another_username(mock: Mock) -> None:
    mock.bodies(GET, lambda body: {**body, "username": f"@{body['username']}"})


@broken("get.by-id", "a retrieved account has no scopes")
def no_scopes(mock: Mock) -> None:
    mock.bodies(GET, lambda body: {**body, "scopes": []})


@broken("get.by-id", "disabled accounts cannot be retrieved, yet are listed")
def disabled_not_found(mock: Mock) -> None:
    def change(_request: Request, response: Response) -> Response:
        is_disabled = response.status == 200 and response.json["status"] == "disabled"
        return Response.of(404, accounts.missing().document(), "application/problem+json") if is_disabled else response

    mock.responses(GET, change)


def _unknown(mock: Mock, response: Response) -> None:
    mock.responses(GET, lambda _, real: response if real.status == 404 else real)


@broken("get.unknown", "an unknown id answers 200 with null")
def unknown_is_null(mock: Mock) -> None:
    _unknown(mock, Response.of(200, None))


@broken("get.unknown", "an unknown id answers 403")
def unknown_is_403(mock: Mock) -> None:
    _unknown(mock, Response.of(403, Problem(403, None).document(), "application/problem+json"))


@broken("get.unknown", "an unknown id answers 204")
def unknown_is_204(mock: Mock) -> None:
    _unknown(mock, Response(204, {}, b""))


@broken("get.unknown", "an unknown id answers 410")
def unknown_is_410(mock: Mock) -> None:
    _unknown(mock, Response.of(410, Problem(410, None).document(), "application/problem+json"))


def _deleted(mock: Mock, deal: Callable[[Row], Row]) -> None:
    def get(world: World, id: str, **_: str) -> Row:
        row = world.store.get(id.lower())
        return deal(row) if row is not None and row.deleted else _get(world, id)

    delete = accounts.delete

    def careful(world: World, id: str) -> dict[str, Any]:
        row = world.store.get(id.lower())
        if row is not None and row.deleted:
            raise accounts.missing()
        return delete(world, id)

    mock.replace(accounts, "get", get)
    mock.replace(accounts, "delete", careful)


@broken("get.deleted", "a deleted account can be retrieved, disabled")
def deleted_is_shown(mock: Mock) -> None:
    _deleted(mock, lambda row: row)


@broken("get.deleted", "a deleted account answers 410")
def deleted_is_410(mock: Mock) -> None:
    def is_gone(_row: Row) -> Row:
        raise Problem(410, "This account was disconnected.")

    _deleted(mock, is_gone)


@broken("get.deleted", "an account retrieved before its deletion stays retrievable")
def deleted_from_cache(mock: Mock) -> None:
    copies: dict[str, Response] = {}

    def change(request: Request, response: Response) -> Response:
        if response.status == 200:
            copies[request.id] = response
        return (
            copies.get(request.id, response)
            if response.status == 404 and "authorization" in request.headers
            else response
        )

    mock.responses(GET, change)


def _shown(mock: Mock, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Change accounts in lists and retrievals."""
    mock.bodies(GET, change)
    mock.bodies(LIST, lambda body: {**body, "data": [change(row) for row in body["data"]]})


@broken("fields.null", "fields that are null are left out")
def nulls_left_out(mock: Mock) -> None:
    _shown(mock, lambda row: {name: value for name, value in row.items() if value is not None})


@broken("account.fields", "scopes are one string")
def scopes_in_a_text(mock: Mock) -> None:
    _shown(mock, lambda row: {**row, "scopes": " ".join(row["scopes"])})


@broken("fields.null", "there is no `account_type`")
def no_account_type(mock: Mock) -> None:
    _shown(mock, lambda row: {name: value for name, value in row.items() if name != "account_type"})


@broken("account.fields", "ids of a platform that are digits are numbers")
def numbers_for_ids(mock: Mock) -> None:
    def change(row: dict[str, Any]) -> dict[str, Any]:
        id = row["network_unique_id"]
        return {**row, "network_unique_id": int(id) if id.isdigit() else id}

    _shown(mock, change)


@broken("account.nulls", "an account without scopes has null for them")
def null_scopes(mock: Mock) -> None:
    _shown(mock, lambda row: {**row, "scopes": None} if row["status"] == "revoked" else row)


@broken("account.nulls", "disabled accounts have no `social_network_id`")
def null_network(mock: Mock) -> None:
    _shown(mock, lambda row: {**row, "social_network_id": None} if row["status"] == "disabled" else row)


@broken("account.nulls", "`updated_at` is null until something is updated")
def null_updated(mock: Mock) -> None:
    _shown(mock, lambda row: {**row, "updated_at": None if row["id"][0] in "01234567" else row["updated_at"]})


@broken("account.platform-values", "x goes by its old name")
def twitter(mock: Mock) -> None:
    _shown(mock, lambda row: {**row, "platform": "twitter" if row["platform"] == "x" else row["platform"]})


@broken("account.platform-values", "platforms are written with a capital")
def capitals(mock: Mock) -> None:
    _shown(mock, lambda row: {**row, "platform": row["platform"].capitalize()})


@broken("account.status", "the status is empty if the account is active")
def empty_status(mock: Mock) -> None:
    _shown(mock, lambda row: {**row, "status": "" if row["status"] == "active" else row["status"]})


@broken("account.status", "the status is a number")
def numbered_status(mock: Mock) -> None:
    _shown(mock, lambda row: {**row, "status": ["active", "disabled"].count(row["status"])})


@broken("account.timestamps", "`created_at` has no offset")
def no_offset(mock: Mock) -> None:
    _shown(mock, lambda row: {**row, "created_at": row["created_at"].removesuffix("Z")})


@broken("account.update-order", "`updated_at` is before `created_at`")
def updated_before(mock: Mock) -> None:
    _shown(mock, lambda row: {**row, "updated_at": "2020-01-01T00:00:00.000Z"})


@broken("account.timestamps", "`token_expires_at` has a space where RFC 3339 has a T, and no offset")
def of_a_database(mock: Mock) -> None:
    def change(row: dict[str, Any]) -> dict[str, Any]:
        at = row["token_expires_at"]
        return {**row, "token_expires_at": at and at[:19].replace("T", " ")}

    _shown(mock, change)


@broken("account.timestamps", "`last_synced_at` is a date")
def date_only(mock: Mock) -> None:
    _shown(mock, lambda row: {**row, "last_synced_at": row["last_synced_at"] and row["last_synced_at"][:10]})


@broken("account.id", "accounts of one platform share an id")
def shared_ids(mock: Mock) -> None:
    def change(body: dict[str, Any]) -> dict[str, Any]:
        ids: dict[str, str] = {}
        rows = [
            {**row, "id": ids.setdefault(row["platform"], row["id"])} if row["platform"] == "reddit" else row
            for row in body["data"]
        ]
        return {**body, "data": rows}

    mock.bodies(LIST, change)


@broken("account.id", "the third account is stored twice, under one id")
def stored_twice(mock: Mock) -> None:
    def change(body: dict[str, Any]) -> dict[str, Any]:
        rows = body["data"]
        return (
            {**body, "data": [{**rows[1], "id": rows[2]["id"]} if row == rows[1] else row for row in rows]}
            if len(rows) > 20
            else body
        )

    mock.bodies(LIST, change)
