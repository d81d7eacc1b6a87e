"""Broken: what a connected account keeps of its page and its session, and its place in the list."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from tests.contracts.family.lookups import Where, everything
from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Request, Response

from postfuze_contracts.model.options import Secret
from postfuze_mock.domain import connect as rules
from postfuze_mock.records import Page, Row, Session, encode
from postfuze_mock.state.memory.store import MemoryStore

FINALIZE, LIST, DELETE = "finalizeConnection", "listSocialAccounts", "deleteSocialAccount"
Grant = dict[str, Any]
_grant = rules._grant


def _granting(mock: Mock, change: Callable[[Grant, Page], Mapping[str, Any]]) -> None:
    """Let connected accounts have other fields, in all views."""

    def grant(session: Session, page: Page, *more: Any) -> Grant:
        fields = _grant(session, page, *more)
        return {**fields, **change(fields, page)}

    mock.replace(rules, "_grant", grant)


@broken("connect.page-kept", "connected accounts have no type")
def no_type(mock: Mock) -> None:
    _granting(mock, lambda *_: {"account_type": None})


@broken("connect.page-kept", "connected accounts are all of the type `profile`")
def one_type(mock: Mock) -> None:
    _granting(mock, lambda *_: {"account_type": "profile"})


@broken("connect.page-kept", "the username of a connected account is its page's name")
def name_for_a_username(mock: Mock) -> None:
    _granting(mock, lambda _, page: {"username": page["name"]})


@broken("connect.page-kept", "the username is cut")
def cut_username(mock: Mock) -> None:
    _granting(mock, lambda _, page: {"username": page["username"] and page["username"][:3]})


@broken("finalize.network-unique-id", "connected accounts have a number of their own for their page")
def own_number(mock: Mock) -> None:
    _granting(mock, lambda _, page: {"network_unique_id": page["id"][::-1] + "7"})


@broken("account.tenant", "connected accounts have no tenant")
def no_tenant(mock: Mock) -> None:
    mock.tenant = "tenant_of_the_session"
    _granting(mock, lambda *_: {"tenant_id": None})


@broken("list.newest-first", "new accounts stand at the end of the list")
def at_the_end(mock: Mock) -> None:
    new: set[str] = set()

    def finalized(body: dict[str, Any]) -> dict[str, Any]:
        new.update(each["id"] for each in body["connectedAccounts"])
        return body

    def listed(body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "data": sorted(body["data"], key=lambda row: row["id"] in new)}

    mock.bodies(FINALIZE, finalized)
    mock.bodies(LIST, listed)


@broken("connect.shown-after", "accounts that were connected without a tenant are not listed")
def without_a_tenant(mock: Mock) -> None:
    new: set[str] = set()

    def finalized(body: dict[str, Any]) -> dict[str, Any]:
        new.update(each["id"] for each in body["connectedAccounts"])
        return body

    def page(store: MemoryStore, where: Where, after: str | None, limit: int) -> list[Row]:
        rows = [row for row in everything(store, after) if _is_listed(row.account(), where, new)]
        return rows[:limit]

    mock.bodies(FINALIZE, finalized)
    mock.replace(MemoryStore, "page", page)


def _is_listed(account: dict[str, Any], where: Where, new: set[str]) -> bool:
    hidden = account["id"] in new and account["tenant_id"] is None
    return not hidden and all(account[name] == value for name, value in where.items())


@broken("connect.exactly-selected", "callers that finalize one after another get each other's accounts")
def others_accounts(mock: Mock) -> None:
    earlier: list[Any] = []

    def finalized(body: dict[str, Any]) -> dict[str, Any]:
        earlier.append(body)
        return earlier[-2] if len(earlier) > 1 else body

    mock.bodies(FINALIZE, finalized)


@broken("connect.shown-after", "of two accounts that are connected at once, each has the other's id")
def exchanged_ids(mock: Mock) -> None:
    def finalized(body: dict[str, Any]) -> dict[str, Any]:
        accounts = body["connectedAccounts"]
        ids = [each["id"] for each in accounts][::-1]
        return {"connectedAccounts": [{**each, "id": id} for each, id in zip(accounts, ids, strict=True)]}

    mock.bodies(FINALIZE, finalized)


@broken("delete.only-that-one", "another organization's account of the same page goes too")
def same_page_elsewhere(mock: Mock) -> None:
    session = mock.session

    def minting(**fields: Any) -> Secret:
        token = session(**fields)
        stored = mock.world.store.session(token.value)
        example = mock.other_world.store.page({}, None, 1)[0].account()
        for page in stored["pages"] if stored else ():
            id = str(uuid5(NAMESPACE_URL, page["id"]))
            mock.other_world.store.insert(encode({**example, "id": id, "network_unique_id": page["id"]}))
        return token

    async def handle(request: Request) -> Response:
        row, response = mock.world.store.get(request.id.lower()), await request.send()
        if response.status == 200 and row is not None:
            unique = row.account()["network_unique_id"]
            for other in mock.other_world.store.find({"network_unique_id": unique}):
                mock.other_world.store.compare_and_set(other.account()["id"], other, other._replace(deleted=True))
        return response

    mock.replace(mock, "session", minting)
    mock.handle(DELETE, handle)


@broken("connect.exactly-selected", "two callers that finalize at the same time get each other's accounts")
def mixed_up(mock: Mock) -> None:
    waiting: list[tuple[str, Response, asyncio.Future[Response]]] = []

    async def handle(request: Request) -> Response:
        response = await request.send()
        if response.status != 200:
            return response
        if waiting and waiting[0][0] != request.id:
            _, other, future = waiting.pop(0)
            future.set_result(response)
            return other
        mine = (request.id, response, asyncio.get_running_loop().create_future())
        waiting.append(mine)
        with suppress(TimeoutError):
            return await asyncio.wait_for(mine[2], 0.1)
        waiting.remove(mine)
        return response

    mock.handle(FINALIZE, handle)
