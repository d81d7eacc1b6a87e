"""Sessions that are consumed too early, too late, or by more than one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Answer, Call, answer

from postfuze_mock.problems import Problem
from postfuze_mock.worlds import sessions

PENDING, FINALIZE = "listPendingPages", "finalizeConnection"


def _problem(problem: Problem) -> Answer:
    return answer(problem.status, problem.document(), "application/problem+json")


def _consuming(mock: Mock, operation: str, when: Callable[[Answer], bool]) -> None:
    def change(call: Call, said: Answer) -> Answer:
        if when(said):
            mock.world.store.take(call.id)
        return said

    mock.answers(operation, change)


@broken("connect.kept-until-finalized", "a refused page consumes the session")
def refusal_consumes(mock: Mock) -> None:
    _consuming(mock, FINALIZE, lambda said: said.status == 422)


@broken("connect.kept-until-finalized", "a bad body consumes the session")
def bad_body_consumes(mock: Mock) -> None:
    _consuming(mock, FINALIZE, lambda said: said.status == 400)


@broken("connect.kept-until-finalized", "listing the pages a second time is not possible")
def listing_consumes(mock: Mock) -> None:
    listed: set[str] = set()

    def change(call: Call, said: Answer) -> Answer:
        again = call.id in listed and said.status == 200
        listed.add(call.id)
        return _problem(sessions.gone()) if again else said

    mock.answers(PENDING, change)


@broken("connect.once", "a session can be finalized again")
def never_consumed(mock: Mock) -> None:
    async def rule(call: Call) -> Answer:
        session = mock.world.store.session(call.id)
        said = await call.answer()
        if session is not None:
            mock.world.store.put_session(session)
        return said

    mock.rule(FINALIZE, rule)


@broken("connect.once", "a finalized session's pages can still be listed")
def still_listed(mock: Mock) -> None:
    seen: dict[str, Answer] = {}

    def change(call: Call, said: Answer) -> Answer:
        if said.status == 200:
            seen[call.id] = said
        return seen.get(call.id, said) if said.status == 404 else said

    mock.answers(PENDING, change)


@broken("connect.once", "finalizing again is acknowledged again, and does nothing")
def acknowledged_again(mock: Mock) -> None:
    seen: dict[str, Answer] = {}

    def change(call: Call, said: Answer) -> Answer:
        if said.status == 200:
            seen[call.id] = said
        return seen.get(call.id, said) if said.status == 404 else said

    mock.answers(FINALIZE, change)


@broken("connect.once", "a session lasts until all of its pages are connected")
def until_all_are_connected(mock: Mock) -> None:
    async def rule(call: Call) -> Answer:
        session = mock.world.store.session(call.id)
        said = await call.answer()
        if said.status == 200 and session is not None:
            left = [page for page in session["pages"] if page["id"] not in call.json["selectedPageIds"]]
            if left:
                mock.world.store.put_session({**session, "pages": left})
        return said

    mock.rule(FINALIZE, rule)


@broken("connect.once", "of callers that race for a session, all win")
def race(mock: Mock) -> None:
    async def rule(call: Call) -> Answer:
        session = mock.world.store.session(call.id)
        await asyncio.sleep(0.05)
        if session is not None:
            mock.world.store.put_session(session)
        return await call.answer()

    mock.rule(FINALIZE, rule)


@broken("connect.once", "finalizing again with the same pages is acknowledged again")
def same_pages_again(mock: Mock) -> None:
    seen: dict[tuple[str, bytes], Answer] = {}

    def change(call: Call, said: Answer) -> Answer:
        if said.status == 200:
            seen[call.id, call.body] = said
        return seen.get((call.id, call.body), said) if said.status == 404 else said

    mock.answers(FINALIZE, change)


@broken("connect.once", "of callers that race for a session, each wins that selects other pages")
def race_by_page(mock: Mock) -> None:
    taken: set[tuple[str, bytes]] = set()

    async def rule(call: Call) -> Answer:
        session = mock.world.store.session(call.id)
        await asyncio.sleep(0.05)
        if session is not None and (call.id, call.body) not in taken:
            taken.add((call.id, call.body))
            mock.world.store.put_session(session)
            said = await call.answer()
            if said.status == 200:
                mock.world.store.take(call.id)
            return said
        return await call.answer()

    mock.rule(FINALIZE, rule)


@broken("connect.exactly-selected", "callers that lose a race are refused, and connect their pages")
def losers_connect(mock: Mock) -> None:
    async def rule(call: Call) -> Answer:
        session = mock.world.store.session(call.id)
        await asyncio.sleep(0.05)
        said = await call.answer()
        if session is not None and said.status == 404:
            mock.world.store.put_session(session)
            await call.answer()
        return said

    mock.rule(FINALIZE, rule)
