"""Broken: disconnecting that changes other accounts, can be repeated or needs no scope."""

from typing import Any

from tests.contracts.family.mock import NAME, Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Request, Response

from postfuze_mock.problems import Problem
from postfuze_mock.records import encode
from postfuze_mock.worlds.accounts import accounts
from postfuze_mock.worlds.world import World

DELETE, GET = "deleteSocialAccount", "getSocialAccount"
_delete = accounts.delete


@broken("delete.only-that-one", "an account of another organization goes with it")
def a_stranger_too(mock: Mock) -> None:
    def delete(world: World, id: str) -> dict[str, Any]:
        response, others = _delete(world, id), mock.other_world
        _delete(others, others.store.page({}, None, 1)[0].account()["id"])
        return response

    mock.replace(accounts, "delete", delete)


@broken("delete.only-that-one", "all others are updated")
def all_updated(mock: Mock) -> None:
    def delete(world: World, id: str) -> dict[str, Any]:
        response = _delete(world, id)
        for row in world.store.find({}):
            account = row.account()
            later = {**account, "updated_at": world.now()}
            world.store.compare_and_set(account["id"], row, encode(later, row.unseen()))
        return response

    mock.replace(accounts, "delete", delete)


@broken("delete.only-that-one", "the next account in the list goes too")
def takes_a_neighbour(mock: Mock) -> None:
    def delete(world: World, id: str) -> dict[str, Any]:
        row = accounts.get(world, id).account()
        response = _delete(world, id)
        for neighbour in world.store.page({}, row["created_at"] + row["id"], 1):
            _delete(world, neighbour.account()["id"])
        return response

    mock.replace(accounts, "delete", delete)


@broken("delete.only-that-one", "all accounts of the session's tenant that are of the platform are disabled")
def disables_the_platform(mock: Mock) -> None:
    def delete(world: World, id: str) -> dict[str, Any]:
        platform = accounts.get(world, id).account()["platform"]
        response = _delete(world, id)
        for row in world.store.find({"platform": platform}):
            accounts.replace(world, row, encode({**row.account(), "status": "disabled"}, row.unseen()))
        return response

    mock.replace(accounts, "delete", delete)


@broken("delete.only-that-one", "what was connected at the same instant goes too")
def takes_its_siblings(mock: Mock) -> None:
    def delete(world: World, id: str) -> dict[str, Any]:
        at = accounts.get(world, id).account()["created_at"]
        response = _delete(world, id)
        for row in world.store.find({}):
            if row.account()["created_at"] == at:
                _delete(world, row.account()["id"])
        return response

    mock.replace(accounts, "delete", delete)


@broken("delete.only-that-one", "the oldest account goes too")
def takes_the_oldest(mock: Mock) -> None:
    def delete(world: World, id: str) -> dict[str, Any]:
        response = _delete(world, id)
        _delete(world, world.store.find({})[-1].account()["id"])
        return response

    mock.replace(accounts, "delete", delete)


@broken("delete.only-that-one", "the other accounts of its session lose their tenant and name")
def renames_others(mock: Mock) -> None:
    def delete(world: World, id: str) -> dict[str, Any]:
        response = _delete(world, id)
        for row in world.store.page({}, None, 3):
            accounts.replace(world, row, encode({**row.account(), "display_name": None}, row.unseen()))
        return response

    mock.replace(accounts, "delete", delete)


@broken("delete.again", "deleting once more is acknowledged once more")
def twice(mock: Mock) -> None:
    def delete(world: World, id: str) -> dict[str, Any]:
        row = world.store.get(id.lower())
        return {"id": id.lower(), "deleted": True} if row is not None and row.deleted else _delete(world, id)

    mock.replace(accounts, "delete", delete)


@broken("delete.unknown", "deleting an unknown account is acknowledged")
def what_never_was(mock: Mock) -> None:
    def delete(world: World, id: str) -> dict[str, Any]:
        return _delete(world, id) if world.store.get(id.lower()) else {"id": id.lower(), "deleted": True}

    mock.replace(accounts, "delete", delete)


@broken("delete.again", "deleting once more answers 409")
def conflict(mock: Mock) -> None:
    def delete(world: World, id: str) -> dict[str, Any]:
        row = world.store.get(id.lower())
        if row is not None and row.deleted:
            raise Problem(409, "This account is disconnected already.")
        return _delete(world, id)

    mock.replace(accounts, "delete", delete)


def _read_only(request: Request) -> bool:
    return request.headers.get("authorization", "").endswith("_readonly")


@broken("delete.needs-scope", "a key without scopes may disconnect")
def no_scope_needed(mock: Mock) -> None:
    mock.requests(DELETE, lambda request: request.with_key(f"sk_test_{NAME}") if _read_only(request) else request)


@broken("delete.needs-scope", "a key without scopes is refused, and disconnects")
def refused_and_done(mock: Mock) -> None:
    async def handle(request: Request) -> Response:
        if _read_only(request):
            await request.with_key(f"sk_test_{NAME}").send()
        return await request.send()

    mock.handle(DELETE, handle)


@broken("delete.needs-scope", "a key without scopes gets 401")
def unauthorized(mock: Mock) -> None:
    refused = Response.of(401, Problem(401, "Invalid or expired API key.").document(), "application/problem+json")
    mock.responses(DELETE, lambda _, response: refused if response.status == 403 else response)


@broken("delete.needs-scope", "a key without scopes gets 404 for an existing account")
def not_found(mock: Mock) -> None:
    refused = Response.of(404, accounts.missing().document(), "application/problem+json")
    mock.responses(DELETE, lambda _, response: refused if response.status == 403 else response)


@broken("delete.only-that-one", "the first disconnection deletes an account of another organization, later ones do not")
def a_stranger_once(mock: Mock) -> None:
    victims: list[str] = []

    def delete(world: World, id: str) -> dict[str, Any]:
        response, others = _delete(world, id), mock.other_world
        if not victims:
            victims.append(others.store.page({}, None, 1)[0].account()["id"])
            _delete(others, victims[0])
        return response

    mock.replace(accounts, "delete", delete)
