"""Broken: the fields of an account, in less common ways."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import broken

from postfuze_fixtures.timestamps import parse_iso

GET, LIST = "getSocialAccount", "listSocialAccounts"
Row = dict[str, Any]


def _listed(mock: Mock, change: Callable[[Row], Row]) -> None:
    mock.bodies(LIST, lambda body: {**body, "data": [change(row) for row in body["data"]]})


def _shown(mock: Mock, change: Callable[[Row], Row]) -> None:
    mock.bodies(GET, change)
    _listed(mock, change)


@broken("account.status", "states are written in capitals")
def capitals(mock: Mock) -> None:
    _shown(mock, lambda row: {**row, "status": row["status"].upper()})


@broken("account.status", "the state is an object")
def status_object(mock: Mock) -> None:
    _shown(mock, lambda row: {**row, "status": {"name": row["status"]}})


@broken("account.timestamps", "`created_at` is as in an email")
def of_an_email(mock: Mock) -> None:
    def change(row: Row) -> Row:
        at = datetime.fromtimestamp(parse_iso(row["created_at"]) / 1000, UTC)
        return {**row, "created_at": format_datetime(at)}

    _shown(mock, change)


@broken("account.timestamps", "a token that does not expire has an empty `token_expires_at`")
def empty_expiry(mock: Mock) -> None:
    _shown(mock, lambda row: {**row, "token_expires_at": row["token_expires_at"] or ""})


@broken("account.update-order", "`created_at` is of local time without saying so, hours after `updated_at`")
def local_time(mock: Mock) -> None:
    def change(row: Row) -> Row:
        at = parse_iso(row["updated_at"]) / 1000 + 7200
        return {**row, "created_at": datetime.fromtimestamp(at, UTC).isoformat()}

    _shown(mock, change)


@broken("account.fields", "scopes hold nulls")
def scopes_of_null(mock: Mock) -> None:
    _shown(mock, lambda row: {**row, "scopes": [*row["scopes"], None]})


@broken("account.fields", "scopes are an object")
def scopes_in_an_object(mock: Mock) -> None:
    _shown(mock, lambda row: {**row, "scopes": dict.fromkeys(row["scopes"], True)})


@broken("account.fields", "tenants are numbers")
def numbered_tenants(mock: Mock) -> None:
    _shown(mock, lambda row: {**row, "tenant_id": row["tenant_id"] and len(row["tenant_id"])})


@broken("account.fields", "timestamps are unix milliseconds")
def milliseconds(mock: Mock) -> None:
    _shown(mock, lambda row: {**row, "last_synced_at": row["last_synced_at"] and parse_iso(row["last_synced_at"])})


@broken("account.fields", "the list leaves out what only a retrieval shows")
def short_list(mock: Mock) -> None:
    _listed(mock, lambda row: {name: row[name] for name in row if name != "scopes"})


@broken("account.fields", "a retrieved account has names like `displayName`")
def camel_case(mock: Mock) -> None:
    mock.bodies(GET, lambda row: {"displayName" if name == "display_name" else name: row[name] for name in row})


@broken("account.fields", "after the first page, accounts have no `profile_image_url`")
def later_pages(mock: Mock) -> None:
    def change(row: Row) -> Row:
        return {name: row[name] for name in row if name != "profile_image_url"}

    mock.responses(
        LIST,
        lambda request, response: (
            response.with_body({**response.json, "data": [change(row) for row in response.json["data"]]})
            if response.status == 200 and "cursor" in request.parameters
            else response
        ),
    )


@broken("account.nulls", "the ids of accounts on one platform are null")
def null_platform_ids(mock: Mock) -> None:
    _shown(mock, lambda row: {**row, "network_unique_id": None} if row["platform"] == "bluesky" else row)


@broken("account.nulls", "a retrieved account has null for `created_at`")
def null_created(mock: Mock) -> None:
    mock.bodies(GET, lambda row: {**row, "created_at": None})


@broken("account.platform-values", "google_business is written `google-business`")
def hyphen(mock: Mock) -> None:
    _shown(mock, lambda row: {**row, "platform": row["platform"].replace("_", "-")})


@broken("account.platform", "platforms are empty for what is not known any more")
def empty_platform(mock: Mock) -> None:
    _shown(mock, lambda row: {**row, "platform": "" if row["platform"] == "reddit" else row["platform"]})


@broken("ids.form", "ids have no dashes")
def bare_ids(mock: Mock) -> None:
    _shown(mock, lambda row: {**row, "id": row["id"].replace("-", "")})


@broken("account.fields", "a list leaves out what is read from another table, and is not null")
def joined_late(mock: Mock) -> None:
    _listed(mock, lambda row: {name: row[name] for name in row if name != "last_synced_at"})


@broken("account.id", "accounts of different pages of the list share ids")
def shared_between_pages(mock: Mock) -> None:
    first: list[str] = []

    def change(body: Row) -> Row:
        rows = body["data"]
        if len(rows) > 60:
            first[:] = [rows[0]["id"]]
        elif first and len(rows) > 10:
            rows = [{**rows[0], "id": first[0]}, *rows[1:]]
        return {**body, "data": rows}

    mock.bodies(LIST, change)
