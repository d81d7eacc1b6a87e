"""Broken: disconnecting an account."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Request, Response

from postfuze_mock.problems import CONTENT_TYPE, Problem
from postfuze_mock.records import Row, encode
from postfuze_mock.worlds.accounts import accounts
from postfuze_mock.worlds.world import World

DELETE, GET = "deleteSocialAccount", "getSocialAccount"
_delete = accounts.delete


@broken("delete.acknowledged", "the acknowledgement has no id")
def no_id(mock: Mock) -> None:
    mock.bodies(DELETE, lambda body: {"deleted": body["deleted"]})


@broken("delete.acknowledged", "`deleted` is a string")
def deleted_in_words(mock: Mock) -> None:
    mock.bodies(DELETE, lambda body: {**body, "deleted": "true"})


@broken("delete.acknowledged", "disconnecting answers 204")
def no_content(mock: Mock) -> None:
    mock.responses(DELETE, lambda _, response: Response(204, {}, b"") if response.status == 200 else response)


@broken("delete.acknowledged", "disconnecting answers with the account")
def the_account(mock: Mock) -> None:
    def delete(world: World, id: str) -> dict[str, Any]:
        account = accounts.get(world, id).account()
        _delete(world, id)
        return {**account, "status": "disabled"}

    mock.replace(accounts, "delete", delete)


@broken("delete.acknowledged", "the acknowledgement names another account")
def another_id(mock: Mock) -> None:
    mock.bodies(DELETE, lambda body: {**body, "id": body["id"][::-1]})


@broken("delete.gone", "disconnecting is acknowledged, and not done")
def not_done(mock: Mock) -> None:
    mock.replace(accounts, "delete", lambda world, id: {"id": accounts.get(world, id).account()["id"], "deleted": True})


@broken("delete.gone", "a disconnected account is shown for two more reads")
def not_at_once(mock: Mock) -> None:
    reads: Counter[str] = Counter()
    copies: dict[str, Response] = {}

    async def delete(request: Request) -> Response:
        before = await request.to("GET", request.path).send()
        response = await request.send()
        if response.status == 200:
            copies[request.id] = before
        return response

    async def get(request: Request) -> Response:
        reads[request.id] += request.id in copies
        return copies[request.id] if request.id in copies and reads[request.id] <= 2 else await request.send()

    mock.handle(DELETE, delete)
    mock.handle(GET, get)


@broken("delete.gone", "a disconnected account is still listed, disabled")
def still_listed(mock: Mock) -> None:
    def delete(world: World, id: str) -> dict[str, Any]:
        row = accounts.get(world, id)
        ids.add(row.account()["id"])
        accounts.replace(world, row, encode({**row.account(), "status": "disabled"}, row.unseen()))
        return {"id": row.account()["id"], "deleted": True}

    ids: set[str] = set()

    def change(request: Request, response: Response) -> Response:
        is_deleted = request.id in ids
        return Response.of(404, accounts.missing().document(), "application/problem+json") if is_deleted else response

    mock.replace(accounts, "delete", delete)
    for operation in (GET, DELETE):
        mock.responses(operation, _second(ids) if operation == DELETE else change)


def _second(ids: set[str]) -> Any:
    """Acknowledge the deletion of each account once."""
    acknowledged_ids: set[str] = set()

    def change(request: Request, response: Response) -> Response:
        if request.id in acknowledged_ids:
            return Response.of(404, accounts.missing().document(), "application/problem+json")
        acknowledged_ids.update({request.id} & ids)
        return response

    return change


@broken("delete.gone", "asking for the metrics of a disconnected account brings it back")
def revived(mock: Mock) -> None:
    async def handle(request: Request) -> Response:
        row = mock.world.store.get(request.id.lower())
        response = await request.send()
        if row is not None and row.deleted:
            mock.world.store.compare_and_set(request.id.lower(), row, row._replace(deleted=False))
        return response

    mock.handle("getSocialAccountMetrics", handle)


@broken("delete.gone", "a disconnected account is still listed by `networkUniqueId`")
def listed_by_alias(mock: Mock) -> None:
    copies: dict[str, Any] = {}

    def delete(world: World, id: str) -> dict[str, Any]:
        account = accounts.get(world, id).account()
        copies[account["network_unique_id"]] = account
        return _delete(world, id)

    def change(request: Request, response: Response) -> Response:
        account = copies.get(request.parameters.get("networkUniqueId", ""))
        return (
            response.with_body({**response.json, "data": [account]})
            if account is not None and response.status == 200
            else response
        )

    mock.replace(accounts, "delete", delete)
    mock.responses("listSocialAccounts", change)


LATER = 25  # requests


@broken("delete.gone", "a disconnected account is back a while later")
def back_again(mock: Mock) -> None:
    ids: dict[str, tuple[int, Row]] = {}
    requests = 0

    async def handle(request: Request) -> Response:
        nonlocal requests
        requests += 1
        store = mock.world.store
        for id, (since, row) in list(ids.items()):
            if requests - since > LATER and store.compare_and_set(id, store.get(id) or row, row):
                del ids[id]
        before = store.get(request.id) if request.method == "DELETE" else None
        response = await request.send()
        if before is not None and response.status == 200:
            ids[request.id] = (requests, before)
        return response

    mock.handle("*", handle)


@broken("delete.gone", "a disconnected account is not listed, but can be retrieved")
def still_retrieved(mock: Mock) -> None:
    copies: dict[str, Response] = {}

    def change(request: Request, response: Response) -> Response:
        if response.status == 200:
            copies[request.id] = response
        return copies.get(request.id, response) if response.status == 404 else response

    mock.responses(GET, change)


@broken("deleted.inspection", "the metrics of a disconnected account can be read, its health cannot")
def metrics_remain(mock: Mock) -> None:
    copies: dict[str, Response] = {}

    def change(request: Request, response: Response) -> Response:
        if response.status == 200:
            copies[request.id] = response
        return copies.get(request.id, response) if response.status == 404 else response

    async def delete(request: Request) -> Response:
        copies.setdefault(request.id, await request.to("GET", f"{request.path}/metrics").send())
        return await request.send()

    mock.handle(DELETE, delete)
    mock.responses("getSocialAccountMetrics", change)


@broken("deleted.inspection", "the health of a disconnected account gets 410")
def health_is_410(mock: Mock) -> None:
    def change(request: Request, response: Response) -> Response:
        row = mock.world.store.get(request.id.lower())
        gone = Problem(410, "This account is disconnected.").document()
        return Response.of(410, gone, CONTENT_TYPE) if row is not None and row.deleted else response

    mock.responses("getSocialAccountHealth", change)
