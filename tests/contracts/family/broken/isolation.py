"""Broken: organizations that are not isolated."""

from __future__ import annotations

import asyncio
from itertools import count
from typing import Any

from tests.contracts.family.lookups import Where, stored_page
from tests.contracts.family.mock import NAME, OTHER, Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Request, Response

from postfuze_mock.problems import Problem
from postfuze_mock.records import Row, encode, sort_key
from postfuze_mock.state.memory.store import MemoryStore

GET, METRICS = "getSocialAccount", "getSocialAccountMetrics"
HEALTH, DELETE = "getSocialAccountHealth", "deleteSocialAccount"
_KEYS = (f"sk_test_{NAME}", f"sk_live_{OTHER}")


async def _by_any(request: Request) -> Response:
    """The response to the other organization's key, where the client's own gets a 404."""
    response = await request.send()
    authorization = request.headers.get("authorization", "")
    if response.status == 404 and authorization.startswith("Bearer sk_"):
        other = _KEYS[authorization.startswith(f"Bearer {_KEYS[0]}")]
        return await request.with_key(other).send()
    return response


@broken("isolation.reads", "another organization's account can be retrieved")
def get_leaks(mock: Mock) -> None:
    mock.handle(GET, _by_any)


@broken("isolation.reads", "the metrics of another organization's account can be read")
def metrics_leak(mock: Mock) -> None:
    mock.handle(METRICS, _by_any)


@broken("isolation.reads", "the series of another organization's account can be read")
def series_leak(mock: Mock) -> None:
    async def handle(request: Request) -> Response:
        return await (_by_any(request) if request.query else request.send())

    mock.handle(METRICS, handle)


@broken("isolation.reads", "the series of another organization's account can be read by `until` alone")
def series_until_leaks(mock: Mock) -> None:
    async def handle(request: Request) -> Response:
        return await (_by_any(request) if [name for name, _ in request.query] == ["until"] else request.send())

    mock.handle(METRICS, handle)


@broken("isolation.reads", "the health of another organization's account can be checked")
def health_leaks(mock: Mock) -> None:
    mock.handle(HEALTH, _by_any)


@broken("isolation.status", "another organization's account answers 403, which reveals that it exists")
def forbidden(mock: Mock) -> None:
    refused = Response.of(403, Problem(403, "Not yours.").document(), "application/problem+json")

    async def handle(request: Request) -> Response:
        response = await request.send()
        return refused if response.status == 404 and (await _by_any(request)).status == 200 else response

    mock.handle(GET, handle)


@broken("isolation.reads", "the 404 of another organization's account names its user")
def refusal_names_the_user(mock: Mock) -> None:
    async def handle(request: Request) -> Response:
        response = await request.send()
        other = await _by_any(request)
        if response.status != 404 or other.status != 200:
            return response
        return response.with_body({**response.json, "detail": f"Not yours, but that of {other.json['username']}."})

    mock.handle(GET, handle)


@broken("isolation.reads", "another organization's account can be retrieved once")
def get_leaks_once(mock: Mock) -> None:
    ids: set[str] = set()

    async def handle(request: Request) -> Response:
        response = await (request.send() if request.id in ids else _by_any(request))
        ids.add(request.id)
        return response

    mock.handle(GET, handle)


@broken("isolation.delete", "another organization's account can be disconnected")
def delete_leaks(mock: Mock) -> None:
    mock.handle(DELETE, _by_any)


@broken("isolation.delete", "another organization's account answers 404, and is disconnected")
def deleted_in_secret(mock: Mock) -> None:
    async def handle(request: Request) -> Response:
        response = await request.send()
        await _by_any(request)
        return response

    mock.handle(DELETE, handle)


@broken("isolation.delete", "another organization's account answers 404 to disconnecting, and is updated")
def updated_by_a_refusal(mock: Mock) -> None:
    years = count(2031)

    async def handle(request: Request) -> Response:
        response = await request.send()
        row = mock.world.store.get(request.id.lower())
        if response.status == 404 and row is not None and not row.deleted:
            later = {**row.account(), "updated_at": f"{next(years)}-01-01T00:00:00.000Z"}
            mock.world.store.compare_and_set(request.id.lower(), row, encode(later, row.unseen()))
        return response

    mock.handle(DELETE, handle)


@broken("isolation.status", "another organization's account answers 403 to disconnecting")
def delete_is_forbidden(mock: Mock) -> None:
    refused = Response.of(403, Problem(403, "Not yours.").document(), "application/problem+json")

    async def handle(request: Request) -> Response:
        worlds = [world for world in (mock.world, mock.other_world) if world.store.get(request.id.lower())]
        rows = [world.store.get(request.id.lower()) for world in worlds]
        exists = any(row is not None and not row.deleted for row in rows)
        response = await request.send()
        return refused if response.status == 404 and exists else response

    mock.handle(DELETE, handle)


def _list_leaks(mock: Mock, when: Any) -> None:
    """Let lists with these filters show the accounts of all organizations."""

    def page(store: MemoryStore, where: Where, after: str | None, limit: int) -> list[Row]:
        rows = stored_page(store, where, after, limit)
        if not when(where):
            return rows
        stores = [world.store for world in mock.worlds if world.store is not store]
        for other in stores:
            assert isinstance(other, MemoryStore)
            rows = rows + stored_page(other, where, after, limit)
        return sorted(rows, key=lambda row: sort_key(row.account()), reverse=True)[:limit]

    mock.replace(MemoryStore, "page", page)


@broken("isolation.list", "another organization's account is listed by its id")
def listed_by_id(mock: Mock) -> None:
    _list_leaks(mock, lambda where: "id" in where)


@broken("isolation.list", "a key without scopes lists the accounts of all organizations")
def listed_to_readers(mock: Mock) -> None:
    async def handle(request: Request) -> Response:
        response = await request.send()
        if response.status != 200 or not request.headers["authorization"].endswith("_readonly"):
            return response
        other = await request.with_key(_KEYS[1]).send()
        return (
            response.with_body({**response.json, "data": response.json["data"] + other.json["data"]})
            if other.status == 200
            else response
        )

    mock.handle("listSocialAccounts", handle)


@broken("isolation.list", "lists that are requested at the same time get the same response")
def mixed_up(mock: Mock) -> None:
    responses: list[Response] = []

    async def handle(request: Request) -> Response:
        responses.append(await request.send())
        await asyncio.sleep(0.005)
        return responses[-1]

    mock.handle("listSocialAccounts", handle)


@broken("isolation.list", "all organizations' accounts are listed")
def listed(mock: Mock) -> None:
    _list_leaks(mock, lambda _: True)


@broken("isolation.list", "another organization's accounts are listed by tenant")
def listed_by_tenant(mock: Mock) -> None:
    _list_leaks(mock, lambda where: "tenant_id" in where)


@broken("isolation.list", "another organization's accounts are listed by username")
def listed_by_username(mock: Mock) -> None:
    _list_leaks(mock, lambda where: "username" in where)


@broken("isolation.list", "another organization's accounts are listed by their platform's id")
def listed_by_unique_id(mock: Mock) -> None:
    _list_leaks(mock, lambda where: "network_unique_id" in where)
