"""Broken: filters of the list."""

from __future__ import annotations

import sys

from tests.contracts.family.lookups import Where, equal, filtering, matching, stored_page
from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Request

from postfuze_mock.records import Account, Row
from postfuze_mock.state.memory.store import MemoryStore
from postfuze_mock.worlds.accounts import accounts

LIST = "listSocialAccounts"


@broken("list.filter-username", "`username` ignores case")
def username_in_any_case(mock: Mock) -> None:
    filtering(mock, "username", lambda value, term: (value or "").lower() == term.lower())


@broken("list.filter-username", "`username` matches how a name begins")
def username_by_prefix(mock: Mock) -> None:
    filtering(mock, "username", lambda value, term: (value or "").startswith(term))


@broken("list.filter-username", "`username` matches display names too")
def username_or_display_name(mock: Mock) -> None:
    def matches(account: Account, where: Where) -> bool:
        rest = {name: value for name, value in where.items() if name != "username"}
        names = (account["username"], account["display_name"])
        return equal(account, rest) and ("username" not in where or where["username"] in names)

    matching(mock, matches)


@broken("list.filter-username", "`username` is ignored")
def username_ignored(mock: Mock) -> None:
    filtering(mock, "username", lambda _value, _term: True)


@broken("list.filter-username", "only the first of a username's accounts is found")
def username_finds_one(mock: Mock) -> None:
    def page(store: MemoryStore, where: Where, after: str | None, limit: int) -> list[Row]:
        rows = stored_page(store, where, None, sys.maxsize)
        return (
            (rows[:1] if after is None else [])[:limit]
            if "username" in where
            else stored_page(store, where, after, limit)
        )

    mock.replace(MemoryStore, "page", page)


@broken("list.filter-username", "only the newest hundred accounts are looked through for a username")
def username_among_the_newest(mock: Mock) -> None:
    def page(store: MemoryStore, where: Where, after: str | None, limit: int) -> list[Row]:
        if "username" not in where:
            return stored_page(store, where, after, limit)
        newest = stored_page(store, {}, None, 60)
        return [row for row in newest if equal(row.account(), where)][:limit] if after is None else []

    mock.replace(MemoryStore, "page", page)


@broken("list.filter-tenant", "accounts without a tenant are everybody's")
def tenant_or_none(mock: Mock) -> None:
    filtering(mock, "tenant_id", lambda value, term: value in (term, None))


@broken("list.filter-tenant", "`tenant_id` matches how a tenant begins")
def tenant_by_prefix(mock: Mock) -> None:
    filtering(mock, "tenant_id", lambda value, term: (value or "").startswith(term))


@broken("list.filter-tenant", "`tenant_id` is ignored")
def tenant_ignored(mock: Mock) -> None:
    filtering(mock, "tenant_id", lambda _value, _term: True)


@broken("list.filter-tenant", "an unknown tenant has all accounts")
def unknown_tenant_sees_all(mock: Mock) -> None:
    def page(store: MemoryStore, where: Where, after: str | None, limit: int) -> list[Row]:
        exists = "tenant_id" not in where or stored_page(store, {"tenant_id": where["tenant_id"]}, None, 1)
        return stored_page(store, where if exists else {}, after, limit)

    mock.replace(MemoryStore, "page", page)


@broken("list.filter-platform", "`platform` is ignored")
def platform_ignored(mock: Mock) -> None:
    filtering(mock, "platform", lambda _value, _term: True)


@broken("list.filter-platform", "facebook's accounts are instagram's too")
def platform_leaks(mock: Mock) -> None:
    families = {"instagram": ("instagram", "facebook")}
    filtering(mock, "platform", lambda value, term: value in families.get(term, (term,)))


@broken("list.filter-platform", "a platform's disabled accounts are left out")
def platform_hides_disabled(mock: Mock) -> None:
    def matches(account: Account, where: Where) -> bool:
        return equal(account, where) and ("platform" not in where or account["status"] != "disabled")

    matching(mock, matches)


@broken("list.filter-platform", "after the first page, `platform` is forgotten")
def platform_forgotten(mock: Mock) -> None:
    mock.requests(
        LIST, lambda request: request.without_query("platform") if "cursor" in request.parameters else request
    )


@broken("list.filter-platform", "filtering by google_business finds nothing")
def platform_unknown(mock: Mock) -> None:
    filtering(mock, "platform", lambda value, term: value == term != "google_business")


@broken("list.filter-platform", "a page is cut first and filtered then")
def cut_before_filtering(mock: Mock) -> None:
    def page(store: MemoryStore, where: Where, after: str | None, limit: int) -> list[Row]:
        if where.keys() != {"platform"}:
            return stored_page(store, where, after, limit)
        return [row for row in stored_page(store, {}, after, limit) if equal(row.account(), where)]

    mock.replace(MemoryStore, "page", page)


@broken("list.filter-id", "`id` is ignored")
def id_ignored(mock: Mock) -> None:
    filtering(mock, "id", lambda _value, _term: True)


@broken("list.filter-id", "`id` gives the account and all that are older")
def id_and_older(mock: Mock) -> None:
    def page(store: MemoryStore, where: Where, after: str | None, limit: int) -> list[Row]:
        row = store.get(where["id"]) if "id" in where else None
        if row is None or len(where) > 1:
            return stored_page(store, where, after, limit)
        start = after or row.account()["created_at"] + row.account()["id"] + "~"
        return stored_page(store, {}, start, limit)

    mock.replace(MemoryStore, "page", page)


@broken("list.filter-id", "an unknown `id` gives everything")
def unknown_id_gives_all(mock: Mock) -> None:
    def page(store: MemoryStore, where: Where, after: str | None, limit: int) -> list[Row]:
        unknown = "id" in where and store.get(where["id"]) is None
        return stored_page(store, {} if unknown else where, after, limit)

    mock.replace(MemoryStore, "page", page)


@broken("list.filter-id", "`id` finds an account among the newest page only")
def id_on_the_first_page(mock: Mock) -> None:
    def page(store: MemoryStore, where: Where, after: str | None, limit: int) -> list[Row]:
        rows = stored_page(store, where, after, limit)
        first = {row.account()["id"] for row in stored_page(store, {}, None, 25)}
        return [row for row in rows if row.account()["id"] in first] if where.keys() == {"id"} else rows

    mock.replace(MemoryStore, "page", page)


@broken("list.filter-network-unique-id", "`network_unique_id` matches how an id begins")
def unique_id_by_prefix(mock: Mock) -> None:
    filtering(mock, "network_unique_id", lambda value, term: value.startswith(term))


@broken("list.filter-network-unique-id", "`network_unique_id` is ignored, its alias is not")
def unique_id_ignored(mock: Mock) -> None:
    mock.requests(LIST, lambda request: request.without_query("network_unique_id"))


@broken("list.filter-network-unique-id", "`network_unique_id` ignores case")
def unique_id_in_any_case(mock: Mock) -> None:
    filtering(mock, "network_unique_id", lambda value, term: value.lower() == term.lower())


@broken("list.filter-alias", "`networkUniqueId` is ignored")
def alias_ignored(mock: Mock) -> None:
    mock.requests(LIST, lambda request: request.without_query("networkUniqueId"))


@broken("list.filter-alias", "`networkUniqueId` is refused")
def alias_refused(mock: Mock) -> None:
    mock.requests(
        LIST, lambda request: request.with_query(limit="none") if "networkUniqueId" in request.parameters else request
    )


@broken("list.filter-alias", "`networkUniqueId` looks for usernames")
def alias_of_another(mock: Mock) -> None:
    def change(request: Request) -> Request:
        term = request.parameters.get("networkUniqueId")
        return request if term is None else request.without_query("networkUniqueId").with_query(username=term)

    mock.requests(LIST, change)


@broken("list.filters-and", "several filters leave what matches one of them")
def one_of_them(mock: Mock) -> None:
    matching(
        mock,
        lambda account, where: not where or any(account[name] == value for name, value in where.items()),
    )


def _only_one(mock: Mock, preferred: tuple[str, ...]) -> None:
    """Of several filters, let only the first of `preferred` count."""
    where = accounts._where

    def one(filters: Where) -> dict[str, str] | None:
        values = where(filters)
        name = next((name for name in preferred if name in (values or {})), None)
        return values if values is None or name is None else {name: values[name]}

    mock.replace(accounts, "_where", one)


@broken("list.filters-and", "of several filters, the tenant alone counts")
def tenant_alone(mock: Mock) -> None:
    _only_one(mock, ("tenant_id",))


@broken("list.filters-and", "of several filters, the id alone counts")
def id_alone(mock: Mock) -> None:
    _only_one(mock, ("id",))


@broken("list.filters-and", "of several filters, the username alone counts")
def username_alone(mock: Mock) -> None:
    _only_one(mock, ("username",))


@broken("list.filters-and", "the platform does not count where a tenant is named")
def tenant_over_platform(mock: Mock) -> None:
    where = accounts._where

    def less(filters: Where) -> dict[str, str] | None:
        values = where(filters)
        if values and {"tenant_id", "platform"} <= values.keys():
            values.pop("platform")
        return values

    mock.replace(accounts, "_where", less)


@broken("list.filter-username", "a handle, with its @, finds its username")
def handles(mock: Mock) -> None:
    filtering(mock, "username", lambda value, term: value == term.removeprefix("@"))


@broken("list.filter-tenant", "a tenant is found by its beginning, and most of those are tenants too")
def tenants_of_tenants(mock: Mock) -> None:
    names = ("acme", "acme_4", "acme_42")
    mock.document = {"generate": 0, "accounts": [{"platform": "x", "tenant_id": names[n % 3]} for n in range(30)]}
    tenant_by_prefix(mock)


@broken("list.filter-alias", "the alias counts on the first page alone")
def alias_of_the_first_page(mock: Mock) -> None:
    shared = [{"platform": each, "network_unique_id": "4242"} for each in ("x", "facebook", "reddit")]
    mock.document = {"generate": 30, "accounts": shared}
    mock.requests(
        LIST, lambda request: request.without_query("networkUniqueId") if "cursor" in request.parameters else request
    )
