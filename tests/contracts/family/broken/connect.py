"""Broken: finalizing a connection."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Request, Response

from postfuze_mock.domain import connect as rules
from postfuze_mock.problems import CONTENT_TYPE, Problem
from postfuze_mock.records import Page, Session, encode
from postfuze_mock.worlds.connect import pending
from postfuze_mock.worlds.world import World

FINALIZE, LIST = "finalizeConnection", "listSocialAccounts"
Body = dict[str, Any]
_finalize, _select = pending.finalize, rules.select


def _selecting(mock: Mock, select: Callable[[Session, list[str], Any], list[Page]]) -> None:
    mock.replace(rules, "select", select)


@broken("connect.exactly-selected", "all of a session's pages are connected")
def connects_all(mock: Mock) -> None:
    _selecting(mock, lambda session, ids, choices: session["pages"] if _select(session, ids, choices) else [])


@broken("connect.exactly-selected", "the first of the selected pages is connected")
def connects_the_first(mock: Mock) -> None:
    _selecting(mock, lambda session, ids, choices: _select(session, ids, choices)[:1])


@broken("connect.exactly-selected", "the pages that were not selected are connected")
def connects_the_others(mock: Mock) -> None:
    def select(session: Session, ids: list[str], choices: Any) -> list[Page]:
        selection = _select(session, ids, choices)
        return [page for page in session["pages"] if page not in selection] or selection

    _selecting(mock, select)


@broken("connect.exactly-selected", "besides the selected pages, another is connected in secret")
def connects_one_more(mock: Mock) -> None:
    async def handle(request: Request) -> Response:
        session = mock.world.store.session(request.id)
        response = await request.send()
        if response.status == 200 and session is not None:
            other = next((page for page in session["pages"] if page["id"] not in request.json["selectedPageIds"]), None)
            if other is not None:
                mock.world.store.put_session(session)
                await request.with_body({"selectedPageIds": [other["id"]]}).send()
        return response

    mock.handle(FINALIZE, handle)


@broken("connect.exactly-selected", "with a single page, the first one of the session is connected too")
def the_first_with_one(mock: Mock) -> None:
    def select(session: Session, ids: list[str], choices: Any) -> list[Page]:
        selection = _select(session, ids, choices)
        return (
            [*session["pages"][:1], *selection]
            if len(selection) == 1 and selection != session["pages"][:1]
            else selection
        )

    _selecting(mock, select)


@broken("connect.exactly-selected", "of more than two selected pages, two are connected")
def two_at_most(mock: Mock) -> None:
    _selecting(mock, lambda session, ids, choices: _select(session, ids, choices)[:2])


@broken("connect.exactly-selected", "each selected page becomes two accounts")
def connects_twice(mock: Mock) -> None:
    finalize = rules.finalize

    def twice(session: Session, pages: list[Page], **arguments: Any) -> Any:
        return finalize(session, [*pages, *pages], **{**arguments, "standing": {}})

    mock.replace(rules, "finalize", twice)


def _without_pages(mock: Mock, handle: Callable[[Request], Any]) -> None:
    async def maybe(request: Request) -> Response:
        body = request.json
        ids = body.get("selectedPageIds") if isinstance(body, dict) else None
        if ids or not isinstance(body, dict) or request.id.startswith("no-such"):
            return await request.send()
        response = await handle(request)
        assert isinstance(response, Response)
        return response

    mock.handle(FINALIZE, maybe)


@broken("connect.at-least-one", "without a page, nothing is connected, with 200")
def none_is_enough(mock: Mock) -> None:
    async def handle(request: Request) -> Response:
        session = mock.world.store.session(request.id)
        return Response.of(200, {"connectedAccounts": []}) if session else await request.send()

    _without_pages(mock, handle)


@broken("connect.at-least-one", "without a page, all are connected")
def none_is_all(mock: Mock) -> None:
    async def handle(request: Request) -> Response:
        session = mock.world.store.session(request.id)
        pages = [page["id"] for page in session["pages"]] if session else ["1"]
        return await request.with_body({"selectedPageIds": pages}).send()

    _without_pages(mock, handle)


@broken("connect.at-least-one", "a body without `selectedPageIds` connects the first page")
def first_by_default(mock: Mock) -> None:
    async def handle(request: Request) -> Response:
        session = mock.world.store.session(request.id)
        if session is None or "selectedPageIds" in request.json:
            return await request.send()
        return await request.with_body({"selectedPageIds": [session["pages"][0]["id"]]}).send()

    _without_pages(mock, handle)


@broken("finalize.unknown-page", "unknown pages are ignored")
def unknown_ignored(mock: Mock) -> None:
    def select(session: Session, ids: list[str], choices: Any) -> list[Page]:
        offered = [page for page in session["pages"] if page["id"] in ids]
        return offered or _select(session, ids, choices)

    _selecting(mock, select)


@broken("connect.exactly-selected", "unknown pages are connected")
def unknown_connected(mock: Mock) -> None:
    def select(session: Session, ids: list[str], _choices: Any) -> list[Page]:
        offered = {page["id"]: page for page in session["pages"]}
        return [offered.get(id, {**session["pages"][0], "id": id}) for id in dict.fromkeys(ids)]

    _selecting(mock, select)


@broken("connect.exactly-selected", "an unknown page is refused, and the known ones besides it are connected")
def refused_and_connected(mock: Mock) -> None:
    async def handle(request: Request) -> Response:
        session = mock.world.store.session(request.id)
        response = await request.send()
        if response.status == 422 and session is not None:
            ids = [page["id"] for page in session["pages"] if page["id"] in request.json["selectedPageIds"]]
            if ids:
                await request.with_body({"selectedPageIds": ids}).send()
                mock.world.store.put_session(session)
        return response

    mock.handle(FINALIZE, handle)


def _kept(mock: Mock, **fields: Any) -> None:
    """Store connected accounts with other fields than finalizing returns."""

    def finalize(world: World | None, token: str, ids: list[str]) -> Body:
        response = _finalize(world, token, ids)
        for each in response["connectedAccounts"]:
            row = mock.world.store.get(each["id"])
            if row is not None:
                mock.world.store.compare_and_set(each["id"], row, encode({**row.account(), **fields}, row.unseen()))
        return response

    mock.replace(pending, "finalize", finalize)


@broken("connect.shown-after", "a connected account has another platform in the list")
def wrong_platform(mock: Mock) -> None:
    _kept(mock, platform="instagram")


@broken("connect.shown-after", "a connected account has another username in the list")
def wrong_username(mock: Mock) -> None:
    _kept(mock, username="somebody")


@broken("connect.shown-after", "a connected account has another type in the list")
def wrong_type(mock: Mock) -> None:
    _kept(mock, account_type="profile")


@broken("connect.shown-after", "a connected account is not listed")
def not_listed(mock: Mock) -> None:
    connected: set[str] = set()

    def finalized(body: Body) -> Body:
        connected.update(each["id"] for each in body["connectedAccounts"])
        return body

    mock.bodies(FINALIZE, finalized)
    mock.bodies(LIST, lambda body: {**body, "data": [row for row in body["data"] if row["id"] not in connected]})


@broken("connect.shown-after", "finalizing returns other ids than the accounts have")
def other_ids(mock: Mock) -> None:
    def change(body: Body) -> Body:
        return {"connectedAccounts": [{**each, "id": each["id"][::-1]} for each in body["connectedAccounts"]]}

    mock.bodies(FINALIZE, change)


@broken("connect.shown-after", "a connected account belongs to another organization")
def in_another_organization(mock: Mock) -> None:
    def finalize(world: World | None, token: str, ids: list[str]) -> Body:
        response = _finalize(world, token, ids)
        for each in response["connectedAccounts"]:
            row = mock.world.store.get(each["id"])
            if row is not None:
                mock.other_world.store.insert(row)
                mock.world.store.compare_and_set(each["id"], row, row._replace(deleted=True))
        return response

    mock.replace(pending, "finalize", finalize)


def _connected(mock: Mock, change: Callable[[Body], Body]) -> None:
    mock.bodies(FINALIZE, lambda body: {"connectedAccounts": [change(each) for each in body["connectedAccounts"]]})


@broken("fields.null", "a connected account has no nickname")
def no_nickname(mock: Mock) -> None:
    _connected(mock, lambda each: {name: value for name, value in each.items() if name != "nickname"})


@broken("fields.null", "the type is in `account_type`")
def snake_case(mock: Mock) -> None:
    _connected(mock, lambda each: {"account_type" if name == "accountType" else name: each[name] for name in each})


@broken("connect.finalize-fields", "the network is not the session's")
def other_network(mock: Mock) -> None:
    _connected(mock, lambda each: {**each, "network": "x"})


@broken("connect.finalize-fields", "the accounts are in `data`")
def in_data(mock: Mock) -> None:
    mock.bodies(FINALIZE, lambda body: {"data": body["connectedAccounts"]})


@broken("connect.exactly-selected", "where more than one page is selected, all are connected")
def several_are_all(mock: Mock) -> None:
    def select(session: Session, ids: list[str], choices: Any) -> list[Page]:
        selection = _select(session, ids, choices)
        return session["pages"] if len(selection) > 1 else selection

    _selecting(mock, select)


@broken("connect.exactly-selected", "the last page of a session is connected along with those that were selected")
def the_last_page_too(mock: Mock) -> None:
    def select(session: Session, ids: list[str], choices: Any) -> list[Page]:
        selection = _select(session, ids, choices)
        return selection + [page for page in session["pages"][-1:] if page not in selection]

    mock.replace(rules, "select", select)


@broken("connect.exactly-selected", "as many pages as were selected are connected, but the session's first ones")
def connects_from_the_top(mock: Mock) -> None:
    _selecting(mock, lambda session, ids, choices: session["pages"][: len(_select(session, ids, choices))])


@broken("finalize.unknown-page", "an unknown page answers 500")
def unknown_is_500(mock: Mock) -> None:
    crash = Response.of(500, Problem(500, None).document(), CONTENT_TYPE)
    mock.responses(FINALIZE, lambda _, response: crash if response.status == 422 else response)
