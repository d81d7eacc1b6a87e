"""Broken: what a list makes of unusual values: of filters, limits and cursors."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_plus

from tests.contracts.family.correct.settling import cached
from tests.contracts.family.lookups import filtering
from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Request, Response

LIST = "listSocialAccounts"
FILTERS = ("tenant_id", "username", "network_unique_id", "networkUniqueId")


def _filters(mock: Mock, change: Callable[[str], str], *names: str) -> None:
    """Change the values of filters before the mock sees them."""

    def changed(request: Request) -> Request:
        values = {name: change(value) for name, value in request.parameters.items() if name in names}
        return request.with_query(**values) if values else request

    mock.requests(LIST, changed)


@broken("list.filter-username", "a username is trimmed")
def trimmed_username(mock: Mock) -> None:
    _filters(mock, str.strip, "username")


@broken("list.filter-network-unique-id", "an id of a platform is trimmed")
def trimmed_network_id(mock: Mock) -> None:
    _filters(mock, str.strip, "network_unique_id", "networkUniqueId")


@broken("list.filter-username", "a username is decoded twice")
def decoded_twice(mock: Mock) -> None:
    _filters(mock, unquote_plus, "username")


@broken("list.filter-username", "usernames are compared without the width of their characters")
def full_width(mock: Mock) -> None:
    _filters(mock, lambda value: unicodedata.normalize("NFKC", value), "username")


@broken("list.filter-username", "`_` stands for any character")
def any_character(mock: Mock) -> None:
    def matches(value: Any, term: str) -> bool:
        return len(value or "") == len(term) and all(b in (a, "_") for a, b in zip(value, term, strict=True))

    filtering(mock, "username", matches)


@broken("list.filter-username", "a username with `ß` is that with `ss`")
def sharp_s(mock: Mock) -> None:
    mock.document = {"generate": 20, "accounts": [{"platform": "x", "username": "strasse.dresden"}]}
    filtering(mock, "username", lambda value, term: (value or "").casefold() == term.replace("ß", "ss"))


@broken("list.filter-username", "an empty username matches accounts without one")
def empty_username_is_null(mock: Mock) -> None:
    filtering(mock, "username", lambda value, term: (value or "") == term)


@broken("list.filter-tenant", "an empty tenant matches accounts without one")
def empty_tenant_is_null(mock: Mock) -> None:
    filtering(mock, "tenant_id", lambda value, term: (value or "") == term)


@broken("tenants.comparison", "tenants are compared without a space at the end")
def trimmed_tenant(mock: Mock) -> None:
    _filters(mock, str.strip, "tenant_id")


@broken("filters.empty", "filters with an empty value are ignored")
def empty_is_ignored(mock: Mock) -> None:
    def changed(request: Request) -> Request:
        return request.without_query(*(name for name, value in request.query if name in FILTERS and not value))

    mock.requests(LIST, changed)


@broken("list.settling", "lists are cached for a second")
def cached_lists(mock: Mock) -> None:
    cached(mock, 1.0)


def _limits(mock: Mock, change: Callable[[int], int]) -> None:
    def changed(request: Request) -> Request:
        limit = request.parameters.get("limit", "")
        is_number = limit.removeprefix("-").isdecimal() and len(limit) < 9
        return request.with_query(limit=str(change(int(limit)))) if is_number else request

    mock.requests(LIST, changed)


@broken("limit.above-range", "a limit is cut to a byte")
def byte_limit(mock: Mock) -> None:
    _limits(mock, lambda limit: limit % 256)


@broken("list.null-at-end", "a limit is cut to a byte, and none of 0 is the end")
def byte_limit_ends(mock: Mock) -> None:
    def empty(request: Request, response: Response) -> Response:
        cut = request.parameters.get("limit", "") in ("256", "512")
        return Response.of(200, {"data": [], "next_cursor": None}) if cut else response

    mock.responses(LIST, empty)


@broken("limit.above-range", "a limit above 100 is 100")
def clamped_above(mock: Mock) -> None:
    _limits(mock, lambda limit: min(limit, 100))


@broken("limit.below-range", "a limit below 1 is 1")
def clamped_below(mock: Mock) -> None:
    _limits(mock, lambda limit: max(limit, 1))


@broken("list.cursor-signed", "a cursor of more than four thousand characters breaks the service")
def long_cursor(mock: Mock) -> None:
    async def handle(request: Request) -> Response:
        if len(request.parameters.get("cursor", "")) > 4000:
            problem = {"type": "about:blank", "title": "Internal Server Error", "status": 500, "detail": None}
            return Response.of(500, problem, "application/problem+json")
        return await request.send()

    mock.handle(LIST, handle)
