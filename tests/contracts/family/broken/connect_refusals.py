"""Broken: finalizing that accepts what it must refuse, or refuses it and connects accounts anyway."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Request, Response

from postfuze_mock.domain import connect as rules
from postfuze_mock.problems import CONTENT_TYPE, Problem
from postfuze_mock.records import Page, Session
from postfuze_mock.state.memory.store import MemoryStore

FINALIZE = "finalizeConnection"
_select = rules.select


async def _connect(mock: Mock, request: Request, session: Session, pages: list[str]) -> Response:
    """Connect these pages and keep the session."""
    response = await request.with_body({"selectedPageIds": pages}).send()
    mock.world.store.put_session(session)
    return response


@broken("connect.at-least-one", "null for the pages connects all of them")
def null_is_all(mock: Mock) -> None:
    async def handle(request: Request) -> Response:
        session, body = mock.world.store.session(request.id), request.json
        if session is None or not isinstance(body, dict) or body.get("selectedPageIds", 1) is not None:
            return await request.send()
        return await request.with_body({"selectedPageIds": [page["id"] for page in session["pages"]]}).send()

    mock.handle(FINALIZE, handle)


@broken("connect.at-least-one", "no page is refused, and all are connected")
def none_refused_and_all_connected(mock: Mock) -> None:
    async def handle(request: Request) -> Response:
        session, body = mock.world.store.session(request.id), request.json
        response = await request.send()
        if response.status == 400 and session is not None and body == {"selectedPageIds": []}:
            await _connect(mock, request, session, [page["id"] for page in session["pages"]])
        return response

    mock.handle(FINALIZE, handle)


@broken("finalize.unknown-page", "an unknown page alone connects nothing, with 200")
def unknown_alone_is_nothing(mock: Mock) -> None:
    async def handle(request: Request) -> Response:
        session, response = mock.world.store.session(request.id), await request.send()
        if response.status != 422 or session is None:
            return response
        offered = {page["id"] for page in session["pages"]}
        return response if offered & {*request.json["selectedPageIds"]} else Response.of(200, {"connectedAccounts": []})

    mock.handle(FINALIZE, handle)


@broken("connect.exactly-selected", "pages of any session are connected")
def any_sessions_page(mock: Mock) -> None:
    offered: dict[str, Page] = {}
    put = MemoryStore.put_session

    def put_session(store: MemoryStore, session: Session) -> None:
        offered.update({page["id"]: page for page in session["pages"]})
        put(store, session)

    def select(session: Session, ids: list[str], choices: Any) -> list[Page]:
        return _select({**session, "pages": [*offered.values()]}, ids, choices)

    mock.replace(MemoryStore, "put_session", put_session)
    mock.replace(rules, "select", select)


@broken("connect.exactly-selected", "a page is found by how its id begins")
def by_its_beginning(mock: Mock) -> None:
    def select(session: Session, ids: list[str], choices: Any) -> list[Page]:
        page_ids = [next((page["id"] for page in session["pages"] if id.startswith(page["id"])), id) for id in ids]
        return _select(session, page_ids, choices)

    mock.replace(rules, "select", select)


@broken("connect.exactly-selected", "an unknown page is refused, and connected anyway")
def unknown_connected_in_secret(mock: Mock) -> None:
    async def handle(request: Request) -> Response:
        session, response = mock.world.store.session(request.id), await request.send()
        if response.status == 422 and session is not None:
            page_ids = {page["id"] for page in session["pages"]}
            unknown = [id for id in request.json["selectedPageIds"] if id not in page_ids]
            pages: list[Page] = [{**session["pages"][0], "id": id} for id in unknown]
            mock.world.store.put_session({**session, "pages": pages})
            await _connect(mock, request, session, unknown)
        return response

    mock.handle(FINALIZE, handle)


@broken("errors.no-server-error", "finalizing with an array as the body answers 500")
def array_for_a_body(mock: Mock) -> None:
    _crashes(mock, FINALIZE, lambda request, response: response.status == 400 and isinstance(request.json, list))


@broken("errors.no-server-error", "finalizing with pages that are not strings answers 500")
def pages_that_are_no_texts(mock: Mock) -> None:
    def wrong(request: Request, response: Response) -> bool:
        pages = request.json.get("selectedPageIds") if isinstance(request.json, dict) else None
        return response.status == 400 and isinstance(pages, list) and not all(isinstance(page, str) for page in pages)

    _crashes(mock, FINALIZE, wrong)


@broken("errors.no-server-error", "starting the connect flow of an unknown platform answers 500")
def no_such_platform(mock: Mock) -> None:
    _crashes(mock, "createAuthUrl", lambda request, response: response.status == 400 and request.json == {})


def _crashes(mock: Mock, operation: str, when: Callable[[Request, Response], bool]) -> None:
    """Respond with 500 when `when` says so, for finalizing only if the session exists."""
    crash = Response.of(500, Problem(500, None).document(), CONTENT_TYPE)

    def change(request: Request, response: Response) -> Response:
        return (
            crash
            if when(request, response) and (operation != FINALIZE or mock.world.store.session(request.id))
            else response
        )

    mock.responses(operation, change)
