"""Broken: pages whose size or order is wrong in some cases only, empty pages, deleted accounts that come back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.contracts.family.broken.list import _falling, _ordered
from tests.contracts.family.lookups import Where, stored_page
from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Request, Response

from postfuze_mock import spec
from postfuze_mock.problems import Problem
from postfuze_mock.records import Row, sort_key
from postfuze_mock.state.memory.store import MemoryStore

LIST = "listSocialAccounts"
FILTERS = {"id", "tenant_id", "platform", "username", "network_unique_id", "networkUniqueId"}


def _limited(mock: Mock, when: Callable[[Request], bool], limit: str) -> None:
    mock.requests(LIST, lambda request: request.with_query(limit=limit) if when(request) else request)


def unlimited(request: Request) -> bool:
    return "limit" not in request.parameters


def filtered(request: Request) -> bool:
    return bool(FILTERS & request.parameters.keys())


@broken("list.default-25", "without a limit, a page holds 24")
def default_of_24(mock: Mock) -> None:
    _limited(mock, unlimited, "24")


@broken("list.default-25", "without a limit, a page holds a hundred")
def default_of_100(mock: Mock) -> None:
    _limited(mock, unlimited, "100")


@broken("list.default-25", "without a limit, but with a filter, a page holds ten")
def default_of_10_with_filter(mock: Mock) -> None:
    _limited(mock, lambda request: unlimited(request) and filtered(request), "10")


@broken("list.limit-100", "a page never holds more than 99")
def at_most_99(mock: Mock) -> None:
    _limited(mock, lambda request: request.parameters.get("limit") == "100", "99")


@broken("list.limit-100", "a limit of zero means no limit")
def nought_is_all(mock: Mock) -> None:
    mock.specification = spec.load_bytes().replace(b"maximum: 100,", b"maximum: 1000,")
    _limited(mock, lambda request: request.parameters.get("limit") == "0", "1000")
    mock.requests(
        LIST,
        lambda request: (
            request.with_query(limit="no")
            if len(request.parameters.get("limit", "")) > 2 and _above(request)
            else request
        ),
    )


def _above(request: Request) -> bool:
    limit = request.parameters["limit"]
    return limit.isdecimal() and int(limit) > 100


@broken("list.limit-100", "after the first page, the limit is forgotten")
def limit_forgotten(mock: Mock) -> None:
    mock.requests(LIST, lambda request: request.without_query("limit") if "cursor" in request.parameters else request)


@broken("list.limit-100", "with a cursor, a page holds one row more than the limit")
def one_more_later(mock: Mock) -> None:
    def change(request: Request) -> Request:
        limit = request.parameters.get("limit", "")
        more = "cursor" in request.parameters and limit.isdecimal() and 0 < int(limit) < 100
        return request.with_query(limit=str(int(limit) + 1)) if more else request

    mock.requests(LIST, change)


@broken("list.newest-first", "accounts come by id")
def by_id(mock: Mock) -> None:
    _ordered(mock, lambda account: _falling(account["id"]))


@broken("list.newest-first", "accounts come by day, and within a day by id")
def by_day(mock: Mock) -> None:
    platforms = ("x", "facebook", "linkedin")
    times = [f"2026-05-01T0{hour}:00:00.123Z" for hour in range(9)]
    accounts = [{"platform": platforms[n % 3], "created_at": at, "updated_at": at} for n, at in enumerate(times)]
    mock.document = {"generate": 60, "accounts": accounts}
    _ordered(mock, lambda account: _falling(account["created_at"][:10] + account["id"]))


@broken("list.newest-first", "after the first page, the oldest of a page come first")
def later_pages_turned_round(mock: Mock) -> None:
    _turned(mock, lambda request: "cursor" in request.parameters)


@broken("list.newest-first", "a tenant's accounts come with the oldest of a page first")
def tenants_turned_round(mock: Mock) -> None:
    _turned(mock, lambda request: "tenant_id" in request.parameters)


def _turned(mock: Mock, when: Callable[[Request], bool]) -> None:
    def change(request: Request, response: Response) -> Response:
        applies = response.status == 200 and when(request)
        return response.with_body({**response.json, "data": response.json["data"][::-1]}) if applies else response

    mock.responses(LIST, change)


@broken("account.created-precision", "accounts of equal `created_at` come as they were updated, the last first")
def ties_by_update(mock: Mock) -> None:
    _ordered(mock, lambda account: _falling(account["created_at"] + account["updated_at"] + account["id"]))


@broken("list.ties-by-id", "with a tenant, accounts of equal `created_at` come by id, lowest first")
def tenants_ties_rising(mock: Mock) -> None:
    at = "2026-05-01T00:00:00.123Z"
    mock.document = {"accounts": [{"platform": each, "tenant_id": "t", "created_at": at} for each in ("x", "tiktok")]}

    def change(request: Request, response: Response) -> Response:
        if response.status != 200 or "tenant_id" not in request.parameters:
            return response
        rows: list[Any] = sorted(response.json["data"], key=lambda row: (_falling(row["created_at"]), row["id"]))
        return response.with_body({**response.json, "data": rows})

    mock.responses(LIST, change)


@broken("list.empty", "several filters that leave nothing answer 404")
def nothing_for_two_is_404(mock: Mock) -> None:
    body = Problem(404, "No accounts.").document()

    def change(request: Request, response: Response) -> Response:
        two = len(FILTERS & request.parameters.keys()) > 1
        nothing = response.status == 200 and not response.json["data"]
        return Response.of(404, body, "application/problem+json") if two and nothing else response

    mock.responses(LIST, change)


def _deleted_among(mock: Mock, when: Callable[[Where, str | None], bool]) -> None:
    def page(store: MemoryStore, where: Where, after: str | None, limit: int) -> list[Row]:
        if not when(where, after):
            return stored_page(store, where, after, limit)
        rows = [row for row in store.rows() if all(row.account()[name] == value for name, value in where.items())]
        rows.sort(key=lambda row: sort_key(row.account()), reverse=True)
        return [row for row in rows if after is None or sort_key(row.account()) < after][:limit]

    mock.replace(MemoryStore, "page", page)


@broken("list.deleted-excluded", "deleted accounts come back after the first page")
def deleted_on_further_pages(mock: Mock) -> None:
    _deleted_among(mock, lambda _where, after: after is not None)


@broken("list.deleted-excluded", "deleted accounts are listed by their username")
def deleted_by_username(mock: Mock) -> None:
    _deleted_among(mock, lambda where, _after: where.keys() == {"username"})


@broken("list.deleted-excluded", "deleted accounts are listed where all filters are given")
def deleted_by_several(mock: Mock) -> None:
    _deleted_among(mock, lambda where, _after: len(where) > 2)


def _when_empty(mock: Mock, empty: Response) -> None:
    mock.responses(
        LIST, lambda _, response: empty if response.status == 200 and not response.json["data"] else response
    )


@broken("list.empty", "a list without accounts answers 404")
def empty_is_404(mock: Mock) -> None:
    body = {"type": "about:blank", "title": "Not Found", "status": 404, "detail": "No accounts."}
    _when_empty(mock, Response.of(404, body, "application/problem+json"))


@broken("list.empty", "a list without accounts answers 204")
def empty_is_204(mock: Mock) -> None:
    _when_empty(mock, Response(204, {}, b""))


@broken("list.empty", "a list without accounts has null for `data`")
def empty_is_null(mock: Mock) -> None:
    _when_empty(mock, Response.of(200, {"data": None, "next_cursor": None}))


@broken("list.empty", "a list without accounts has a cursor")
def empty_has_a_cursor(mock: Mock) -> None:
    _when_empty(mock, Response.of(200, {"data": [], "next_cursor": "bm9uZQ.c0de"}))
