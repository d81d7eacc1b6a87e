"""Broken: walks that fail only at the end, at the maximum limit, with a filter or after a deletion."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from tests.contracts.family.lookups import Where, everything, stored_page
from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Request, Response

from postfuze_mock.problems import Problem
from postfuze_mock.records import Row, sort_key
from postfuze_mock.state.memory.store import MemoryStore
from postfuze_mock.worlds.accounts import accounts

LIST = "listSocialAccounts"
Following = Callable[[Request, list[Any], str | None], str | None]


def _following(mock: Mock, change: Following) -> None:
    """Change `next_cursor`."""

    def changed(request: Request, response: Response) -> Response:
        if response.status != 200:
            return response
        cursor = change(request, response.json["data"], response.json["next_cursor"])
        return response.with_body({**response.json, "next_cursor": cursor})

    mock.responses(LIST, changed)


def _key(row: Row) -> str:
    return sort_key(row.account())


@broken("list.walk-complete", "a page that ends within a tie is followed by all of the tie")
def tie_again(mock: Mock) -> None:
    def page(store: MemoryStore, where: Where, after: str | None, limit: int) -> list[Row]:
        return stored_page(store, where, after and after[:24] + "~", limit)

    mock.replace(MemoryStore, "page", page)


@broken("list.walk-complete", "a page that ends within a tie is followed by the rest of it but one")
def tie_skips_one(mock: Mock) -> None:
    def page(store: MemoryStore, where: Where, after: str | None, limit: int) -> list[Row]:
        rows = stored_page(store, where, after, limit + 1)
        within = after and rows and _key(rows[0])[:24] == after[:24]
        return rows[1:] if within else rows[:limit]

    mock.replace(MemoryStore, "page", page)


@broken("list.walk-complete", "the oldest account is shown with filters only")
def oldest_lost(mock: Mock) -> None:
    def page(store: MemoryStore, where: Where, after: str | None, limit: int) -> list[Row]:
        oldest = everything(store)[-1:]
        return [row for row in stored_page(store, where, after, limit) if where or row not in oldest]

    mock.replace(MemoryStore, "page", page)


@broken("list.walk-complete", "the last row of a last page is lost, unless it is the first page too")
def last_row_of_each_walk(mock: Mock) -> None:
    def change(request: Request, response: Response) -> Response:
        last = response.status == 200 and "cursor" in request.parameters and response.json["next_cursor"] is None
        full = last and len(response.json["data"]) == int(request.parameters.get("limit", 25))
        return (
            response.with_body({**response.json, "data": response.json["data"][:-1]}) if last and not full else response
        )

    mock.responses(LIST, change)


@broken("list.walk-complete", "with the greatest limit, each further page skips a row")
def greatest_pages_skip(mock: Mock) -> None:
    def page(store: MemoryStore, where: Where, after: str | None, limit: int) -> list[Row]:
        skips = bool(after) and limit > 100
        return stored_page(store, where, after, limit + skips)[skips:]

    mock.replace(MemoryStore, "page", page)


@broken("list.walk-complete", "with a filter, each further page skips a row")
def filtered_pages_skip(mock: Mock) -> None:
    def page(store: MemoryStore, where: Where, after: str | None, limit: int) -> list[Row]:
        skips = bool(after and where)
        return stored_page(store, where, after, limit + skips)[skips:]

    mock.replace(MemoryStore, "page", page)


@broken("list.walk-complete", "whatever the cursor, the first page is shown")
def cursor_ignored(mock: Mock) -> None:
    mock.requests(LIST, lambda request: request.without_query("cursor"))


@broken("list.walk-complete", "with a filter, whatever the cursor, the first page is shown")
def cursor_ignored_with_filter(mock: Mock) -> None:
    mock.requests(
        LIST, lambda request: request.without_query("cursor") if "platform" in request.parameters else request
    )


@broken("list.null-at-end", "the last page leads to the second")
def goes_round(mock: Mock) -> None:
    firsts: dict[str, str] = {}

    def around(request: Request, _rows: list[Any], cursor: str | None) -> str | None:
        walk = str(sorted(pair for pair in request.query if pair[0] != "cursor"))
        if "cursor" not in request.parameters and cursor:
            firsts[walk] = cursor
        return cursor or (firsts.get(walk) if "cursor" in request.parameters else None)

    _following(mock, around)


@broken("list.null-at-end", "the last page leads to the top")
def leads_to_the_top(mock: Mock) -> None:
    page = accounts.page

    def around(world: Any, filters: Where, cursor: str | None, limit: int) -> bytes:
        body = page(world, filters, cursor, limit)
        top = f'"{world.cursors.sign("~")}"'.encode()
        return body.removesuffix(b"null}") + top + b"}" if cursor is not None and body.endswith(b":null}") else body

    mock.replace(accounts, "page", around)


@broken("list.null-at-end", "the last page leads to itself")
def leads_to_itself(mock: Mock) -> None:
    _following(mock, lambda request, _rows, cursor: cursor or request.parameters.get("cursor"))


@broken("list.null-at-end", "a page of a hundred has no cursor")
def null_at_the_greatest(mock: Mock) -> None:
    _following(mock, lambda _request, rows, cursor: cursor if len(rows) < 100 else None)


@broken("list.null-at-end", "with a filter, no page has a cursor")
def null_with_filter(mock: Mock) -> None:
    _following(mock, lambda request, _rows, cursor: None if "platform" in request.parameters else cursor)


@broken("list.null-at-end", "with a filter, a last page that is full has a cursor")
def not_null_with_filter(mock: Mock) -> None:
    page = accounts.page

    def longer(world: Any, filters: Where, cursor: str | None, limit: int) -> bytes:
        body = page(world, filters, cursor, limit)
        after = world.cursors.read(cursor) if cursor is not None else None
        rows = stored_page(world.store, accounts._where(filters) or {}, after, limit)
        if not filters or len(rows) < limit or not body.endswith(b":null}"):
            return body
        return body.removesuffix(b"null}") + f'"{world.cursors.sign(_key(rows[-1]))}"}}'.encode()

    mock.replace(accounts, "page", longer)


def _once_gone(mock: Mock, rest: Callable[[MemoryStore, Where, str], list[Row]]) -> None:
    """Change the page that follows a deleted row."""

    def page(store: MemoryStore, where: Where, after: str | None, limit: int) -> list[Row]:
        row = store.get(after[24:]) if after else None
        if after is None or row is None or not row.deleted:
            return stored_page(store, where, after, limit)
        return rest(store, where, after)[:limit]

    mock.replace(MemoryStore, "page", page)


@broken("list.walk-steady", "a cursor whose row was deleted is invalid")
def gone_is_invalid(mock: Mock) -> None:
    def refuse(_store: MemoryStore, _where: Where, _after: str) -> list[Row]:
        raise Problem(400, "Invalid cursor")

    _once_gone(mock, refuse)


@broken("list.walk-steady", "a cursor whose row was deleted leads to the end")
def gone_is_the_end(mock: Mock) -> None:
    _once_gone(mock, lambda _store, _where, _after: [])


@broken("list.walk-steady", "a cursor whose row was deleted skips the next row")
def gone_skips_one(mock: Mock) -> None:
    _once_gone(mock, lambda store, where, after: stored_page(store, where, after, sys.maxsize)[1:])
