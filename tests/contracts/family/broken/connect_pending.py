"""Broken: the pages of a pending session, and sessions that are unknown or expired."""

from __future__ import annotations

from typing import Any

from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Request, Response

from postfuze_mock.problems import Problem
from postfuze_mock.worlds.connect import sessions

PENDING, FINALIZE = "listPendingPages", "finalizeConnection"
Body = dict[str, Any]


def _problem(problem: Problem) -> Response:
    return Response.of(problem.status, problem.document(), "application/problem+json")


UNKEYED = _problem(Problem(401, "Invalid or expired API key."))


@broken("connect.no-key", "listing a session's pages requires an API key")
def pending_takes_a_key(mock: Mock) -> None:
    mock.responses(PENDING, lambda request, response: response if "authorization" in request.headers else UNKEYED)


@broken("connect.no-key", "finalizing requires an API key")
def finalize_takes_a_key(mock: Mock) -> None:
    async def handle(request: Request) -> Response:
        return await request.send() if "authorization" in request.headers else UNKEYED

    mock.handle(FINALIZE, handle)


@broken("connect.several-pages", "a session offers one of its pages")
def offers_one(mock: Mock) -> None:
    mock.bodies(PENDING, lambda body: {**body, "availablePages": body["availablePages"][:1]})


@broken("pages.null", "the picture of a page is in `profile_picture_url`")
def snake_case_pages(mock: Mock) -> None:
    def change(page: Body) -> Body:
        return {"profile_picture_url" if name == "profilePictureUrl" else name: page[name] for name in page}

    mock.bodies(PENDING, lambda body: {**body, "availablePages": [change(page) for page in body["availablePages"]]})


@broken("connect.pages-fields", "the pages are in `pages`")
def bare_pages(mock: Mock) -> None:
    mock.bodies(PENDING, lambda body: {"network": body["network"], "pages": body["availablePages"]})


@broken("connect.pages-fields", "the ids of pages are numbers")
def numbered_pages(mock: Mock) -> None:
    def change(page: Body) -> Body:
        return {**page, "id": int(page["id"]) if page["id"].isdigit() else 1}

    mock.bodies(PENDING, lambda body: {**body, "availablePages": [change(page) for page in body["availablePages"]]})


@broken("connect.pages-fields", "a session does not name its network")
def no_network(mock: Mock) -> None:
    mock.bodies(PENDING, lambda body: {"availablePages": body["availablePages"]})


@broken("connect.unknown-session", "an unknown session has no pages, with 200")
def unknown_is_empty(mock: Mock) -> None:
    empty = Response.of(200, {"network": "facebook", "availablePages": []})
    mock.responses(PENDING, lambda request, response: empty if request.id.startswith("no-such") else response)


@broken("connect.unknown-session", "an unknown session answers 401")
def unknown_is_401(mock: Mock) -> None:
    for operation in (PENDING, FINALIZE):
        mock.responses(operation, lambda request, response: UNKEYED if request.id.startswith("no-such") else response)


@broken("connect.unknown-session", "finalizing an unknown session connects nothing, with 200")
def unknown_is_finalized(mock: Mock) -> None:
    nothing = Response.of(200, {"connectedAccounts": []})
    mock.responses(FINALIZE, lambda request, response: nothing if request.id.startswith("no-such") else response)


@broken("connect.expired-session", "an expired session works like any other")
def never_expires(mock: Mock) -> None:
    mock.replace(sessions, "_is_over", lambda *_: False)


def _expired(mock: Mock, operation: str, response: Response) -> None:
    def change(request: Request, real: Response) -> Response:
        session = mock.world.store.session(request.id)
        over = session is not None and sessions._is_over(session, mock.world.clock.now())
        return response if real.status == 404 and over else real

    mock.responses(operation, change)


@broken("connect.expired-session", "an expired session's pages are listed")
def expired_is_listed(mock: Mock) -> None:
    async def handle(request: Request) -> Response:
        session = mock.world.store.session(request.id)
        if session is None or request.id.startswith("no-such"):
            return await request.send()
        return Response.of(200, {"network": session["network"], "availablePages": session["pages"]})

    mock.handle(PENDING, handle)


@broken("connect.expired-session", "an expired session answers 403")
def expired_is_403(mock: Mock) -> None:
    _expired(mock, PENDING, _problem(Problem(403, "This session has expired.")))


@broken("finalize.expired-session", "an expired session is not listed, and can be finalized")
def expired_is_finalized(mock: Mock) -> None:
    async def handle(request: Request) -> Response:
        session = mock.world.store.session(request.id)
        if session is not None:
            mock.world.store.put_session({**session, "expires_at": None})
        return await request.send()

    mock.handle(FINALIZE, handle)


@broken("connect.unknown-session", "a session is found by the first characters of its token")
def by_its_beginning(mock: Mock) -> None:
    tokens: set[str] = set()

    def change(request: Request) -> Request:
        whole = next((token for token in tokens if token.startswith(request.id)), request.id)
        tokens.add(whole)
        return request.replace(path=request.path.replace(request.id, whole))

    mock.requests(PENDING, change)
