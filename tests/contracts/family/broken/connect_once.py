"""Broken: sessions that are consumed too early, too late or by several requests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Request, Response

from postfuze_mock.problems import Problem
from postfuze_mock.worlds.connect import sessions

PENDING, FINALIZE = "listPendingPages", "finalizeConnection"


def _problem(problem: Problem) -> Response:
    return Response.of(problem.status, problem.document(), "application/problem+json")


def _consuming(mock: Mock, operation: str, when: Callable[[Response], bool]) -> None:
    def change(request: Request, response: Response) -> Response:
        if when(response):
            mock.world.store.take(request.id)
        return response

    mock.responses(operation, change)


@broken("connect.kept-until-finalized", "a refused page consumes the session")
def refusal_consumes(mock: Mock) -> None:
    _consuming(mock, FINALIZE, lambda response: response.status == 422)


@broken("connect.kept-until-finalized", "a bad body consumes the session")
def bad_body_consumes(mock: Mock) -> None:
    _consuming(mock, FINALIZE, lambda response: response.status == 400)


@broken("connect.kept-until-finalized", "listing the pages a second time is not possible")
def listing_consumes(mock: Mock) -> None:
    tokens: set[str] = set()

    def change(request: Request, response: Response) -> Response:
        again = request.id in tokens and response.status == 200
        tokens.add(request.id)
        return _problem(sessions.gone()) if again else response

    mock.responses(PENDING, change)


@broken("connect.once", "a session can be finalized again")
def never_consumed(mock: Mock) -> None:
    async def handle(request: Request) -> Response:
        session = mock.world.store.session(request.id)
        response = await request.send()
        if session is not None:
            mock.world.store.put_session(session)
        return response

    mock.handle(FINALIZE, handle)


@broken("connect.once", "a finalized session's pages can still be listed")
def still_listed(mock: Mock) -> None:
    tokens: dict[str, Response] = {}

    def change(request: Request, response: Response) -> Response:
        if response.status == 200:
            tokens[request.id] = response
        return tokens.get(request.id, response) if response.status == 404 else response

    mock.responses(PENDING, change)


@broken("connect.once", "finalizing again is acknowledged again, and does nothing")
def acknowledged_again(mock: Mock) -> None:
    tokens: dict[str, Response] = {}

    def change(request: Request, response: Response) -> Response:
        if response.status == 200:
            tokens[request.id] = response
        return tokens.get(request.id, response) if response.status == 404 else response

    mock.responses(FINALIZE, change)


@broken("connect.once", "a session lasts until all of its pages are connected")
def until_all_are_connected(mock: Mock) -> None:
    async def handle(request: Request) -> Response:
        session = mock.world.store.session(request.id)
        response = await request.send()
        if response.status == 200 and session is not None:
            rest = [page for page in session["pages"] if page["id"] not in request.json["selectedPageIds"]]
            if rest:
                mock.world.store.put_session({**session, "pages": rest})
        return response

    mock.handle(FINALIZE, handle)


@broken("connect.once", "of clients that race for a session, all win")
def race(mock: Mock) -> None:
    async def handle(request: Request) -> Response:
        session = mock.world.store.session(request.id)
        await asyncio.sleep(0.05)
        if session is not None:
            mock.world.store.put_session(session)
        return await request.send()

    mock.handle(FINALIZE, handle)


@broken("connect.once", "finalizing again with the same pages is acknowledged again")
def same_pages_again(mock: Mock) -> None:
    tokens: dict[tuple[str, bytes], Response] = {}

    def change(request: Request, response: Response) -> Response:
        if response.status == 200:
            tokens[request.id, request.body] = response
        return tokens.get((request.id, request.body), response) if response.status == 404 else response

    mock.responses(FINALIZE, change)


@broken("connect.once", "of clients that race for a session, each wins that selects other pages")
def race_by_page(mock: Mock) -> None:
    tokens: set[tuple[str, bytes]] = set()

    async def handle(request: Request) -> Response:
        session = mock.world.store.session(request.id)
        await asyncio.sleep(0.05)
        if session is not None and (request.id, request.body) not in tokens:
            tokens.add((request.id, request.body))
            mock.world.store.put_session(session)
            response = await request.send()
            if response.status == 200:
                mock.world.store.take(request.id)
            return response
        return await request.send()

    mock.handle(FINALIZE, handle)


@broken("connect.exactly-selected", "clients that lose a race are refused, and connect their pages")
def losers_connect(mock: Mock) -> None:
    async def handle(request: Request) -> Response:
        session = mock.world.store.session(request.id)
        await asyncio.sleep(0.05)
        response = await request.send()
        if session is not None and response.status == 404:
            mock.world.store.put_session(session)
            await request.send()
        return response

    mock.handle(FINALIZE, handle)
