"""Finalizing that does not refuse what it must, or refuses and connects all the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Answer, Call, answer

from postfuze_mock.domain import connect as rules
from postfuze_mock.problems import CONTENT_TYPE, Problem
from postfuze_mock.records import Page, Session
from postfuze_mock.state.memory import MemoryStore

FINALIZE = "finalizeConnection"
_select = rules.select


async def _connect(mock: Mock, call: Call, session: Session, pages: list[str]) -> Answer:
    """Connect these pages, and keep the session."""
    said = await call.sending({"selectedPageIds": pages}).answer()
    mock.world.store.put_session(session)
    return said


@broken("connect.at-least-one", "null for the pages connects all of them")
def null_is_all(mock: Mock) -> None:
    async def rule(call: Call) -> Answer:
        session, body = mock.world.store.session(call.id), call.json
        if session is None or not isinstance(body, dict) or body.get("selectedPageIds", 1) is not None:
            return await call.answer()
        return await call.sending({"selectedPageIds": [page["id"] for page in session["pages"]]}).answer()

    mock.rule(FINALIZE, rule)


@broken("connect.at-least-one", "no page is refused, and all are connected")
def none_refused_and_all_connected(mock: Mock) -> None:
    async def rule(call: Call) -> Answer:
        session, body = mock.world.store.session(call.id), call.json
        said = await call.answer()
        if said.status == 400 and session is not None and body == {"selectedPageIds": []}:
            await _connect(mock, call, session, [page["id"] for page in session["pages"]])
        return said

    mock.rule(FINALIZE, rule)


@broken("connect.unknown-page", "an unknown page alone connects nothing, with 200")
def unknown_alone_is_nothing(mock: Mock) -> None:
    async def rule(call: Call) -> Answer:
        session, said = mock.world.store.session(call.id), await call.answer()
        if said.status != 422 or session is None:
            return said
        offered = {page["id"] for page in session["pages"]}
        return said if offered & {*call.json["selectedPageIds"]} else answer(200, {"connectedAccounts": []})

    mock.rule(FINALIZE, rule)


@broken("connect.unknown-page", "pages of any session are connected")
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


@broken("connect.unknown-page", "a page is found by how its id begins")
def by_its_beginning(mock: Mock) -> None:
    def select(session: Session, ids: list[str], choices: Any) -> list[Page]:
        found = [next((page["id"] for page in session["pages"] if id.startswith(page["id"])), id) for id in ids]
        return _select(session, found, choices)

    mock.replace(rules, "select", select)


@broken("connect.unknown-page", "an unknown page is refused, and what it names is connected as it is")
def unknown_connected_in_secret(mock: Mock) -> None:
    async def rule(call: Call) -> Answer:
        session, said = mock.world.store.session(call.id), await call.answer()
        if said.status == 422 and session is not None:
            known = {page["id"] for page in session["pages"]}
            unknown = [id for id in call.json["selectedPageIds"] if id not in known]
            pages: list[Page] = [{**session["pages"][0], "id": id} for id in unknown]
            mock.world.store.put_session({**session, "pages": pages})
            await _connect(mock, call, session, unknown)
        return said

    mock.rule(FINALIZE, rule)


@broken("errors.no-server-error", "a session is finalized with an array for a body: that answers 500")
def array_for_a_body(mock: Mock) -> None:
    _crashes(mock, FINALIZE, lambda call, said: said.status == 400 and isinstance(call.json, list))


@broken("errors.no-server-error", "a session is finalized with pages that are no texts: that answers 500")
def pages_that_are_no_texts(mock: Mock) -> None:
    def wrong(call: Call, said: Answer) -> bool:
        pages = call.json.get("selectedPageIds") if isinstance(call.json, dict) else None
        return said.status == 400 and isinstance(pages, list) and not all(isinstance(page, str) for page in pages)

    _crashes(mock, FINALIZE, wrong)


@broken("errors.no-server-error", "starting the connect flow of a platform that there is not answers 500")
def no_such_platform(mock: Mock) -> None:
    _crashes(mock, "createAuthUrl", lambda call, said: said.status == 400 and call.json == {})


def _crashes(mock: Mock, operation: str, when: Callable[[Call, Answer], bool]) -> None:
    """Bring the service down by calls whose session stands, if any, and `when` says so."""
    crash = answer(500, Problem(500, None).document(), CONTENT_TYPE)

    def change(call: Call, said: Answer) -> Answer:
        return crash if when(call, said) and (operation != FINALIZE or mock.world.store.session(call.id)) else said

    mock.answers(operation, change)
