"""Broken: retrievals that answer for another account than the one that was asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import unquote

from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Request, Response

GET, LIST = "getSocialAccount", "listSocialAccounts"


def _ids(mock: Mock, change: Callable[[str], str]) -> None:
    """Change the id in the path before the mock sees it."""
    mock.requests(GET, lambda request: request.replace(path=f"/social-accounts/{change(request.id)}"))


@broken("get.unknown", "what follows a whole id is ignored")
def longer_ids(mock: Mock) -> None:
    _ids(mock, lambda id: id[:36])


@broken("get.unknown", "an id is decoded twice")
def decoded_twice(mock: Mock) -> None:
    _ids(mock, lambda id: unquote(unquote(id)))


@broken("get.unknown", "an account is found by the beginning of its id")
def shorter_ids(mock: Mock) -> None:
    known: set[str] = set()

    async def handle(request: Request) -> Response:
        response = await request.send()
        if request.operation == LIST and response.status == 200:
            known.update(row["id"] for row in response.json.get("data", ()))
        if request.operation == GET and response.status == 404 and len(request.id) == 35:
            whole = next((id for id in sorted(known) if id.startswith(request.id)), request.id)
            return await request.replace(path=f"/social-accounts/{whole}").send()
        return response

    mock.handle("*", handle)


@broken("get.unknown", "an id may end with a wildcard")
def wildcards(mock: Mock) -> None:
    known: set[str] = set()

    async def handle(request: Request) -> Response:
        if request.operation == GET and request.id.endswith("%25"):
            whole = next((id for id in sorted(known) if id.startswith(request.id[:-3])), request.id)
            return await request.replace(path=f"/social-accounts/{whole}").send()
        response = await request.send()
        if request.operation == LIST and response.status == 200:
            known.update(row["id"] for row in response.json.get("data", ()))
        return response

    mock.handle("*", handle)


@broken("get.by-id", "parallel retrievals share the id that was asked for last")
def shared_id(mock: Mock) -> None:
    latest: list[Request] = []

    async def handle(request: Request) -> Response:
        latest[:] = [request]
        await asyncio.sleep(0.002)
        return await latest[0].send()

    mock.handle(GET, handle)


@broken("list.filter-id", "parallel lists share the filters that came last")
def shared_filters(mock: Mock) -> None:
    latest: list[Request] = []

    async def handle(request: Request) -> Response:
        latest[:] = [request]
        await asyncio.sleep(0.002)
        return await (latest[0] if "id" in latest[0].parameters else request).send()

    mock.handle(LIST, handle)
