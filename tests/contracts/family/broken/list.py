"""Broken: the pages, the order and the cursors of the list."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from tests.contracts.family.lookups import Where, stored_page
from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Request, Response

from postfuze_mock import spec
from postfuze_mock.records import Account, Row, sort_key
from postfuze_mock.state.memory.store import MemoryStore
from postfuze_mock.worlds.accounts import accounts

LIST = "listSocialAccounts"


@broken("list.walk-complete", "each further page skips a row")
def boundary_skips(mock: Mock) -> None:
    def page(store: MemoryStore, where: Where, after: str | None, limit: int) -> list[Row]:
        return stored_page(store, where, after, limit + 1)[1:] if after else stored_page(store, where, after, limit)

    mock.replace(MemoryStore, "page", page)


@broken("list.walk-complete", "each further page begins with the last row of the page before")
def boundary_repeats(mock: Mock) -> None:
    mock.replace(
        MemoryStore,
        "page",
        lambda store, where, after, limit: stored_page(store, where, after and after + "~", limit),
    )


@broken("list.walk-complete", "a page that ends within a tie is followed by what is older: the tie's rest is skipped")
def tie_is_cut(mock: Mock) -> None:
    mock.replace(
        MemoryStore,
        "page",
        lambda store, where, after, limit: stored_page(store, where, after and after[:24], limit),
    )


@broken("list.walk-complete", "the last row of all is on no page, where there are several")
def last_row_lost(mock: Mock) -> None:
    def change(request: Request, response: Response) -> Response:
        last = response.status == 200 and "cursor" in request.parameters and response.json["next_cursor"] is None
        return (
            response.with_body({**response.json, "data": response.json["data"][:-1] or response.json["data"]})
            if last
            else response
        )

    mock.responses(LIST, change)


@broken("list.walk-complete", "a page of one row leads to the same page again")
def stuck_on_one(mock: Mock) -> None:
    def change(request: Request) -> Request:
        return request.without_query("cursor") if request.parameters.get("limit") == "1" else request

    mock.requests(LIST, change)


@broken("list.default-25", "without a limit, a page holds twenty")
def default_of_20(mock: Mock) -> None:
    mock.requests(LIST, lambda request: request if "limit" in request.parameters else request.with_query(limit="20"))


@broken("list.default-25", "without a limit, a page holds fifty")
def default_of_50(mock: Mock) -> None:
    mock.requests(LIST, lambda request: request if "limit" in request.parameters else request.with_query(limit="50"))


@broken("list.default-25", "without a limit, a further page holds ten")
def default_of_10_later(mock: Mock) -> None:
    def change(request: Request) -> Request:
        return (
            request.with_query(limit="10")
            if "cursor" in request.parameters and "limit" not in request.parameters
            else request
        )

    mock.requests(LIST, change)


@broken("list.limit-100", "a limit of 101 gives 101 rows")
def more_than_100(mock: Mock) -> None:
    mock.specification = spec.load_bytes().replace(b"maximum: 100,", b"maximum: 1000,")


@broken("list.limit-100", "a page never holds more than fifty")
def at_most_50(mock: Mock) -> None:
    def change(request: Request) -> Request:
        return request.with_query(limit="50") if request.parameters.get("limit") in ("75", "99", "100") else request

    mock.requests(LIST, change)


@broken("list.limit-100", "a page holds one row more than the limit")
def one_more(mock: Mock) -> None:
    page = accounts.page
    mock.replace(accounts, "page", lambda world, filters, cursor, limit: page(world, filters, cursor, limit + 1))


@broken("list.limit-100", "the limit is ignored")
def limit_ignored(mock: Mock) -> None:
    page = accounts.page
    mock.replace(accounts, "page", lambda world, filters, cursor, _limit: page(world, filters, cursor, 25))


@broken("list.limit-100", "with a filter, the limit is ignored")
def limit_ignored_with_filter(mock: Mock) -> None:
    mock.requests(LIST, lambda request: request.without_query("limit") if "platform" in request.parameters else request)


def _ordered(mock: Mock, key: Callable[[Account], Any]) -> None:
    """Order the list by another key, lowest first. A cursor continues after its row, or after where that row was."""
    numbers: dict[str, Any] = {}

    def page(store: MemoryStore, where: Where, after: str | None, limit: int) -> list[Row]:
        rows = [(row, row.account()) for row in stored_page(store, where, None, sys.maxsize)]
        numbers.update({sort_key(account): key(account) for _, account in rows})
        rows.sort(key=lambda row: numbers[sort_key(row[1])])
        start = numbers.get(after or "")
        return [row for row, account in rows if start is None or numbers[sort_key(account)] > start][:limit]

    mock.replace(MemoryStore, "page", page)


def _falling(text: str) -> tuple[int, ...]:
    """A sort key for descending order."""
    return tuple(-ord(each) for each in text)


@broken("list.newest-first", "the oldest come first")
def oldest_first(mock: Mock) -> None:
    _ordered(mock, sort_key)


@broken("list.newest-first", "within a page, the oldest come first")
def pages_turned_round(mock: Mock) -> None:
    mock.bodies(LIST, lambda body: {**body, "data": body["data"][::-1]})


@broken("list.newest-first", "the last updated come first")
def by_update(mock: Mock) -> None:
    _ordered(mock, lambda account: _falling(account["updated_at"] + account["id"]))


@broken("list.newest-first", "with a filter, the oldest come first")
def oldest_first_with_filter(mock: Mock) -> None:
    mock.responses(
        LIST,
        lambda request, response: (
            response.with_body({**response.json, "data": response.json["data"][::-1]})
            if response.status == 200 and "platform" in request.parameters
            else response
        ),
    )


@broken("list.ties-by-id", "accounts of equal `created_at` come by id, lowest first")
def ties_rising(mock: Mock) -> None:
    _ordered(mock, lambda account: (_falling(account["created_at"]), account["id"]))


@broken("account.created-precision", "accounts of equal `created_at` come by username")
def ties_by_username(mock: Mock) -> None:
    _ordered(mock, lambda account: (_falling(account["created_at"]), account["username"] or "", account["id"]))


@broken("list.walk-steady", "a cursor is a row's number: additions and deletions shift the pages")
def cursor_by_offset(mock: Mock) -> None:
    def page(world: Any, filters: Where, cursor: str | None, limit: int) -> bytes:
        start = int(world.cursors.read(cursor)) if cursor is not None else 0
        rows = world.store.page(accounts._where(filters) or {}, None, sys.maxsize)
        following = f'"{world.cursors.sign(str(start + limit))}"' if len(rows) > start + limit else "null"
        data = b",".join(row.json for row in rows[start : start + limit])
        return b'{"data":[%b],"next_cursor":%b}' % (data, following.encode())

    mock.replace(accounts, "page", page)


@broken("list.walk-steady", "a cursor whose row is deleted meanwhile starts from the top")
def cursor_needs_its_row(mock: Mock) -> None:
    def page(store: MemoryStore, where: Where, after: str | None, limit: int) -> list[Row]:
        row = store.get(after[24:]) if after else None
        return stored_page(store, where, None if row is None or row.deleted else after, limit)

    mock.replace(MemoryStore, "page", page)


@broken("list.null-at-end", "the last page has a cursor, to a page without rows")
def never_null(mock: Mock) -> None:
    def page(world: Any, filters: Where, cursor: str | None, limit: int) -> bytes:
        where = accounts._where(filters)
        after = world.cursors.read(cursor) if cursor is not None else None
        rows = [] if where is None else world.store.page(where, after, limit)
        following = f'"{world.cursors.sign(sort_key(rows[-1].account()))}"' if rows else "null"
        return b'{"data":[%b],"next_cursor":%b}' % (b",".join(row.json for row in rows), following.encode())

    mock.replace(accounts, "page", page)


@broken("list.null-at-end", "a last page that is full has a cursor, to a page without rows")
def not_null_when_full(mock: Mock) -> None:
    def page(world: Any, filters: Where, cursor: str | None, limit: int) -> bytes:
        where = accounts._where(filters)
        after = world.cursors.read(cursor) if cursor is not None else None
        rows = [] if where is None else world.store.page(where, after, limit)
        full = f'"{world.cursors.sign(sort_key(rows[-1].account()))}"' if len(rows) == limit else "null"
        return b'{"data":[%b],"next_cursor":%b}' % (b",".join(row.json for row in rows), full.encode())

    mock.replace(accounts, "page", page)


@broken("list.null-at-end", "the page before the last has no cursor")
def null_too_early(mock: Mock) -> None:
    page = accounts.page

    def early(world: Any, filters: Where, cursor: str | None, limit: int) -> bytes:
        body = page(world, filters, cursor, limit)
        rest = len(stored_page(world.store, {}, world.cursors.read(cursor) if cursor else None, sys.maxsize))
        return body[: body.rindex(b":")] + b":null}" if rest <= 2 * limit else body

    mock.replace(accounts, "page", early)


@broken("list.null-at-end", "the fourth page has no cursor, whatever is left")
def three_pages_at_most(mock: Mock) -> None:
    page = accounts.page
    pages: dict[str, int] = {}

    def few(world: Any, filters: Where, cursor: str | None, limit: int) -> bytes:
        body = page(world, filters, cursor, limit)
        number = pages.get(cursor, 1) if cursor else 1
        if number >= 4:
            return body[: body.rindex(b":")] + b":null}"
        following = body[body.rindex(b":") + 1 : -1].strip(b'"').decode()
        pages[following] = number + 1
        return body

    mock.replace(accounts, "page", few)


@broken("list.null-at-end", "on the last page, `next_cursor` is an empty string")
def empty_cursor(mock: Mock) -> None:
    mock.bodies(LIST, lambda body: {**body, "next_cursor": body["next_cursor"] or ""})


@broken("list.envelope", "the accounts are in `items`")
def items(mock: Mock) -> None:
    mock.bodies(LIST, lambda body: {"items": body["data"], "next_cursor": body["next_cursor"]})


@broken("list.envelope", "a list is a bare array")
def bare(mock: Mock) -> None:
    mock.bodies(LIST, lambda body: body["data"])


@broken("list.null-at-end", "the cursor is in `nextCursor`")
def camel_case(mock: Mock) -> None:
    mock.bodies(LIST, lambda body: {"data": body["data"], "nextCursor": body["next_cursor"]})


@broken("list.end", "the last page has no `next_cursor`")
def no_cursor_at_end(mock: Mock) -> None:
    mock.bodies(LIST, lambda body: body if body["next_cursor"] else {"data": body["data"]})


@broken("parameters.unknown", "a parameter that no document describes is refused")
def unknown_parameter_is_refused(mock: Mock) -> None:
    problem = {"type": "about:blank", "title": "Bad Request", "status": 400, "detail": "colour", "errors": []}
    refusal = Response.of(400, problem, "application/problem+json")
    mock.responses(LIST, lambda request, response: refusal if "colour" in request.parameters else response)


@broken("parameters.repeated", "the first of two values counts")
def first_value_counts(mock: Mock) -> None:
    mock.requests(LIST, lambda request: request.replace(query=tuple(dict(reversed(request.query)).items())))
