"""Pages whose size, or whose order, is wrong in certain cases only; and deleted accounts that come back in such."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.contracts.family.broken.list import _falling, _ordered
from tests.contracts.family.lookups import Where, stored_page
from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Answer, Call, answer

from postfuze_mock import spec
from postfuze_mock.problems import Problem
from postfuze_mock.records import Row, sort_key
from postfuze_mock.state.memory import MemoryStore

LIST = "listSocialAccounts"
FILTERS = {"id", "tenant_id", "platform", "username", "network_unique_id", "networkUniqueId"}


def _limited(mock: Mock, when: Callable[[Call], bool], limit: str) -> None:
    mock.calls(LIST, lambda call: call.asking(limit=limit) if when(call) else call)


def unlimited(call: Call) -> bool:
    return "limit" not in call.parameters


def filtered(call: Call) -> bool:
    return bool(FILTERS & call.parameters.keys())


@broken("list.default-25", "without a limit, a page holds 24")
def default_of_24(mock: Mock) -> None:
    _limited(mock, unlimited, "24")


@broken("list.default-25", "without a limit, a page holds a hundred")
def default_of_100(mock: Mock) -> None:
    _limited(mock, unlimited, "100")


@broken("list.default-25", "without a limit, but with a filter, a page holds ten")
def default_of_10_with_filter(mock: Mock) -> None:
    _limited(mock, lambda call: unlimited(call) and filtered(call), "10")


@broken("list.limit-100", "a page never holds more than 99")
def at_most_99(mock: Mock) -> None:
    _limited(mock, lambda call: call.parameters.get("limit") == "100", "99")


@broken("list.limit-100", "a limit of nought is none at all")
def nought_is_all(mock: Mock) -> None:
    mock.specification = spec.load_bytes().replace(b"maximum: 100,", b"maximum: 1000,")
    _limited(mock, lambda call: call.parameters.get("limit") == "0", "1000")
    mock.calls(
        LIST,
        lambda call: call.asking(limit="no") if len(call.parameters.get("limit", "")) > 2 and _above(call) else call,
    )


def _above(call: Call) -> bool:
    limit = call.parameters["limit"]
    return limit.isdecimal() and int(limit) > 100


@broken("list.limit-100", "behind the first page, the limit is forgotten")
def limit_forgotten(mock: Mock) -> None:
    mock.calls(LIST, lambda call: call.without("limit") if "cursor" in call.parameters else call)


@broken("list.limit-100", "with a cursor, a page holds one row more than the limit")
def one_more_later(mock: Mock) -> None:
    def change(call: Call) -> Call:
        limit = call.parameters.get("limit", "")
        more = "cursor" in call.parameters and limit.isdecimal() and 0 < int(limit) < 100
        return call.asking(limit=str(int(limit) + 1)) if more else call

    mock.calls(LIST, change)


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


@broken("list.newest-first", "behind the first page, the oldest of a page come first")
def later_pages_turned_round(mock: Mock) -> None:
    _turned(mock, lambda call: "cursor" in call.parameters)


@broken("list.newest-first", "a tenant's accounts come with the oldest of a page first")
def tenants_turned_round(mock: Mock) -> None:
    _turned(mock, lambda call: "tenant_id" in call.parameters)


def _turned(mock: Mock, when: Callable[[Call], bool]) -> None:
    def change(call: Call, said: Answer) -> Answer:
        turned = said.status == 200 and when(call)
        return said.but({**said.json, "data": said.json["data"][::-1]}) if turned else said

    mock.answers(LIST, change)


@broken("list.ties-by-id", "accounts of equal `created_at` come as they were updated, the last first")
def ties_by_update(mock: Mock) -> None:
    _ordered(mock, lambda account: _falling(account["created_at"] + account["updated_at"] + account["id"]))


@broken("list.ties-by-id", "with a tenant, accounts of equal `created_at` come by id, the least first")
def tenants_ties_rising(mock: Mock) -> None:
    at = "2026-05-01T00:00:00.123Z"
    mock.document = {"accounts": [{"platform": each, "tenant_id": "t", "created_at": at} for each in ("x", "tiktok")]}

    def change(call: Call, said: Answer) -> Answer:
        if said.status != 200 or "tenant_id" not in call.parameters:
            return said
        rows: list[Any] = sorted(said.json["data"], key=lambda row: (_falling(row["created_at"]), row["id"]))
        return said.but({**said.json, "data": rows})

    mock.answers(LIST, change)


@broken("list.empty", "several filters that leave nothing answer 404")
def nothing_for_two_is_404(mock: Mock) -> None:
    body = Problem(404, "No accounts.").document()

    def change(call: Call, said: Answer) -> Answer:
        two = len(FILTERS & call.parameters.keys()) > 1
        nothing = said.status == 200 and not said.json["data"]
        return answer(404, body, "application/problem+json") if two and nothing else said

    mock.answers(LIST, change)


def _deleted_among(mock: Mock, when: Callable[[Where, str | None], bool]) -> None:
    def page(store: MemoryStore, where: Where, after: str | None, limit: int) -> list[Row]:
        if not when(where, after):
            return stored_page(store, where, after, limit)
        found = [row for row in store.rows() if all(row.account()[name] == value for name, value in where.items())]
        found.sort(key=lambda row: sort_key(row.account()), reverse=True)
        return [row for row in found if after is None or sort_key(row.account()) < after][:limit]

    mock.replace(MemoryStore, "page", page)


@broken("list.deleted-excluded", "deleted accounts come back behind the first page")
def deleted_on_further_pages(mock: Mock) -> None:
    _deleted_among(mock, lambda _where, after: after is not None)


@broken("list.deleted-excluded", "deleted accounts are listed by their username")
def deleted_by_username(mock: Mock) -> None:
    _deleted_among(mock, lambda where, _after: where.keys() == {"username"})


@broken("list.deleted-excluded", "deleted accounts are listed where all filters are given")
def deleted_by_several(mock: Mock) -> None:
    _deleted_among(mock, lambda where, _after: len(where) > 2)
