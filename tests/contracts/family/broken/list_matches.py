"""Broken: filters that fail only on later pages or next to another filter, and values that nearly match."""

from __future__ import annotations

from collections.abc import Mapping

from tests.contracts.family.broken.list_cursors import _payload, _read, _reading
from tests.contracts.family.lookups import Where, filtering, stored_page
from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Request

from postfuze_mock.domain.pagination import Cursors
from postfuze_mock.problems import Problem
from postfuze_mock.records import Row
from postfuze_mock.state.memory.store import MemoryStore
from postfuze_mock.worlds.accounts import accounts

LIST = "listSocialAccounts"


def _forgetting(mock: Mock, *names: str) -> None:
    """Ignore these filters after the first page."""
    mock.requests(LIST, lambda request: request.without_query(*names) if "cursor" in request.parameters else request)


@broken("list.filter-tenant", "after the first page, `tenant_id` is forgotten")
def tenant_forgotten(mock: Mock) -> None:
    _forgetting(mock, "tenant_id")


@broken("list.filter-username", "after the first page, `username` is forgotten")
def username_forgotten(mock: Mock) -> None:
    _forgetting(mock, "username")


@broken("list.filter-platform", "from the third page on, `platform` is forgotten")
def platform_forgotten_late(mock: Mock) -> None:
    pages: dict[str, int] = {}
    page = accounts.page

    def late(world: object, filters: Mapping[str, str], cursor: str | None, limit: int) -> bytes:
        number = pages.get(cursor, 1) if cursor else 1
        rest = {name: value for name, value in filters.items() if name != "platform" or number < 3}
        body: bytes = page(world, rest, cursor, limit)  # type: ignore[arg-type]
        pages[body[body.rindex(b":") + 1 : -1].strip(b'"').decode()] = number + 1
        return body

    mock.replace(accounts, "page", late)


@broken("list.filters-and", "after the first page, of several filters the first alone counts")
def second_forgotten(mock: Mock) -> None:
    def page(store: MemoryStore, where: Where, after: str | None, limit: int) -> list[Row]:
        rest = dict([*where.items()][:1]) if after else where
        return stored_page(store, rest, after, limit)

    mock.replace(MemoryStore, "page", page)


@broken("list.filters-and", "of more than two filters, two count")
def two_at_most(mock: Mock) -> None:
    def page(store: MemoryStore, where: Where, after: str | None, limit: int) -> list[Row]:
        return stored_page(store, dict([*where.items()][:2]), after, limit)

    mock.replace(MemoryStore, "page", page)


@broken("list.filters-and", "beside a username, the tenant does not count")
def username_over_tenant(mock: Mock) -> None:
    mock.requests(
        LIST, lambda request: request.without_query("tenant_id") if "username" in request.parameters else request
    )


@broken("list.filter-alias", "beside a platform, `networkUniqueId` does not count")
def alias_dropped_beside_another(mock: Mock) -> None:
    mock.requests(
        LIST, lambda request: request.without_query("networkUniqueId") if "platform" in request.parameters else request
    )


@broken("list.filter-alias", "`networkUniqueId` ignores case")
def alias_in_any_case(mock: Mock) -> None:
    ids: dict[str, str] = {}

    def change(request: Request) -> Request:
        term = request.parameters.get("networkUniqueId")
        if term is None:
            return request
        ids.update({row.account()["network_unique_id"].lower(): row.account()["network_unique_id"] for row in _all()})
        return request.without_query("networkUniqueId").with_query(network_unique_id=ids.get(term.lower(), term))

    def _all() -> list[Row]:
        return list(mock.world.store.rows())

    mock.requests(LIST, change)


@broken("list.filter-network-unique-id", "ids of digits are compared as floating-point numbers")
def unique_id_as_number(mock: Mock) -> None:
    def matches(value: str, term: str) -> bool:
        numbers = value.isdecimal() and term.isdecimal()
        return float(value) == float(term) if numbers else value == term

    filtering(mock, "network_unique_id", matches)


@broken("list.filter-username", "`username` matches how a name ends")
def username_by_suffix(mock: Mock) -> None:
    filtering(mock, "username", lambda value, term: (value or "").endswith(term))


@broken("list.filter-username", "`username` matches any part of a name")
def username_by_part(mock: Mock) -> None:
    filtering(mock, "username", lambda value, term: term in (value or ""))


@broken("list.filter-tenant", "`tenant_id` treats `%` as a wildcard")
def tenant_like(mock: Mock) -> None:
    def matches(value: str | None, term: str) -> bool:
        head, wild, tail = term.partition("%")
        text = value or ""
        return text == term or bool(wild and text.startswith(head) and text.endswith(tail))

    filtering(mock, "tenant_id", matches)


@broken("list.cursor-signed", "only the first three quarters of the signature are compared")
def three_quarters_compared(mock: Mock) -> None:
    def read(cursors: Cursors, cursor: str) -> str:
        key = _payload(cursors, cursor)
        if cursors.sign(key)[:-11] != cursor[:-11]:
            raise Problem(400, "Invalid cursor")
        return key

    _reading(mock, read)


@broken("list.cursor-signed", "text after a signature is ignored")
def anything_behind(mock: Mock) -> None:
    def read(cursors: Cursors, cursor: str) -> str:
        key = _payload(cursors, cursor)
        if not cursor.startswith(cursors.sign(key)):
            raise Problem(400, "Invalid cursor")
        return key

    _reading(mock, read)


@broken("list.cursor-signed", "the signature covers the time, but not the account")
def account_unsigned(mock: Mock) -> None:
    sign = Cursors.sign

    def signed(cursors: Cursors, key: str) -> str:
        return f"{sign(cursors, key).partition('.')[0]}.{sign(cursors, key[:24]).partition('.')[2]}"

    def read(cursors: Cursors, cursor: str) -> str:
        key = _payload(cursors, cursor)
        if signed(cursors, key) != cursor:
            raise Problem(400, "Invalid cursor")
        return key

    mock.replace(Cursors, "sign", signed)
    _reading(mock, read)


@broken("list.cursor-signed", "a cursor that cannot be decoded starts from the top")
def undecodable_ignored(mock: Mock) -> None:
    def read(cursors: Cursors, cursor: str) -> str:
        return "~" if "." not in cursor else _read(cursors, cursor)

    _reading(mock, read)


def _losing(mock: Mock, name: str) -> None:
    """Filter by `name` and leave out the oldest match, unless it is the only one."""

    def page(store: MemoryStore, where: Where, after: str | None, limit: int) -> list[Row]:
        rows = stored_page(store, where, after, limit)
        matches = stored_page(store, {name: where[name]}, None, 10**6) if name in where else []
        return [row for row in rows if len(matches) < 2 or row is not matches[-1]]

    mock.replace(MemoryStore, "page", page)


@broken("list.filter-tenant", "the oldest account of a tenant is not found")
def tenant_loses_the_oldest(mock: Mock) -> None:
    _losing(mock, "tenant_id")


@broken("list.filter-platform", "the oldest account of a platform is not found")
def platform_loses_the_oldest(mock: Mock) -> None:
    _losing(mock, "platform")


@broken("tenants.comparison", "`tenant_id` ignores case")
def tenant_in_any_case(mock: Mock) -> None:
    filtering(mock, "tenant_id", lambda value, text: (value or "").lower() == text.lower())


@broken("list.filters-and", "two filters together find nothing")
def nothing_for_two(mock: Mock) -> None:
    def page(store: MemoryStore, where: Where, after: str | None, limit: int) -> list[Row]:
        return stored_page(store, where, after, limit) if len(where) < 2 else []

    mock.replace(MemoryStore, "page", page)
