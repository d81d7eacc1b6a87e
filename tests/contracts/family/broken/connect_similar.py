"""Broken: tokens, ids and bodies that are similar to the right ones are taken, and what is gone comes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote, unquote

from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Request, Response

from postfuze_contracts.model.options import Secret
from postfuze_mock.domain import connect as rules
from postfuze_mock.records import Row, Session

PENDING, FINALIZE, DELETE, HEALTH = (
    "listPendingPages",
    "finalizeConnection",
    "deleteSocialAccount",
    "getSocialAccountHealth",
)


def _reading(mock: Mock, operation: str, read: Callable[[str], str]) -> None:
    """Read the id or token in the path with `read`."""

    def change(request: Request) -> Request:
        text = read(unquote(request.id))
        return request.replace(path=request.path.replace(request.id, quote(text, safe="")))

    mock.requests(operation, change)


@broken("connect.unknown-session", "a token is trimmed before its pages are listed")
def trimmed_token(mock: Mock) -> None:
    _reading(mock, PENDING, str.strip)


@broken("connect.unknown-session", "a token is trimmed before it is finalized")
def trimmed_token_finalized(mock: Mock) -> None:
    _reading(mock, FINALIZE, str.strip)


@broken("connect.unknown-session", "a token is compared without case")
def token_without_case(mock: Mock) -> None:
    _reading(mock, PENDING, str.lower)


@broken("connect.unknown-session", "of a token, the first twenty characters are compared")
def token_cut(mock: Mock) -> None:
    _reading(mock, PENDING, lambda token: token[:20])


@broken("connect.unknown-session", "a token is decoded twice")
def token_decoded_twice(mock: Mock) -> None:
    _reading(mock, PENDING, unquote)


@broken("connect.once", "a finalized session opens again after a second")
def opens_again(mock: Mock) -> None:
    used: dict[str, tuple[float, Session]] = {}

    async def handle(request: Request) -> Response:
        now, session = mock.world.clock.now(), mock.world.store.session(request.id)
        since = used.get(request.id)
        if since is not None and now - since[0] >= 1000:
            mock.world.store.put_session(since[1])
        response = await request.send()
        if request.method == "POST" and response.status == 200 and session is not None:
            used[request.id] = now, session
        return response

    for operation in (PENDING, FINALIZE):
        mock.handle(operation, handle)


def _selection(mock: Mock, accepts: Callable[[Any], list[str] | None]) -> None:
    """Accept other values for the selected pages: `accepts` returns the ids, or None to refuse."""

    def change(request: Request) -> Request:
        body = request.json
        ids = accepts(body.get("selectedPageIds")) if isinstance(body, dict) else None
        return request if ids is None else request.with_body({"selectedPageIds": ids})

    mock.requests(FINALIZE, change)


@broken("finalize.wrong-type", "a string is taken for a list of one page")
def one_string(mock: Mock) -> None:
    _selection(mock, lambda value: [value] if isinstance(value, str) else None)


@broken("finalize.wrong-type", "numbers are taken for the ids of pages")
def numbers(mock: Mock) -> None:
    def accepts(value: Any) -> list[str] | None:
        is_list = isinstance(value, list) and all(isinstance(each, str | int) for each in value)
        return [str(each) for each in value] if is_list else None

    _selection(mock, accepts)


@broken("delete.only-that-one", "an account is disconnected by an id that is one character longer")
def longer_id(mock: Mock) -> None:
    _reading(mock, DELETE, lambda id: id[:36])


@broken("delete.only-that-one", "an id is trimmed before its account is disconnected")
def trimmed_id(mock: Mock) -> None:
    _reading(mock, DELETE, str.strip)


@broken("delete.gone", "a health probe brings a disconnected account back")
def revived_by_a_probe(mock: Mock) -> None:
    async def handle(request: Request) -> Response:
        row = mock.world.store.get(request.id.lower())
        response = await request.send()
        if row is not None and row.deleted:
            mock.world.store.compare_and_set(request.id.lower(), row, row._replace(deleted=False))
        return response

    mock.handle(HEALTH, handle)


def _pages_without_usernames(mock: Mock) -> None:
    """Let the pages of the first few sessions have no username, and those of all others have one."""
    session, count = mock.session, 0

    def minting(**fields: Any) -> Secret:
        nonlocal count
        count += 1
        return session(**fields, **({"pages": [{"username": None}] * 3} if count <= 4 else {}))

    mock.replace(mock, "session", minting)


@broken("delete.gone", "an account without a username, such as the first that is connected, is not disconnected")
def not_without_a_username(mock: Mock) -> None:
    _pages_without_usernames(mock)
    copies: dict[str, Row] = {}

    async def handle(request: Request) -> Response:
        row, response = mock.world.store.get(request.id.lower()), await request.send()
        if row is not None and not row.deleted and row.account()["username"] is None and response.status == 200:
            copies[request.id.lower()] = row
            mock.world.store.compare_and_set(request.id.lower(), mock.world.store.get(request.id.lower()) or row, row)
        return response

    mock.handle(DELETE, handle)


@broken("connect.exactly-selected", "of pages without a username, the first is connected, whatever was selected")
def first_without_a_username(mock: Mock) -> None:
    _pages_without_usernames(mock)
    select = rules.select

    def first(session: Session, ids: list[str], choices: Any) -> Any:
        selection = select(session, ids, choices)
        return session["pages"][:1] if any(page["username"] is None for page in selection) else selection

    mock.replace(rules, "select", first)
