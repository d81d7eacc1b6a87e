"""Disconnecting that breaks what the document states of it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.contracts.family.mock import NAME, Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Answer, Call, answer

from postfuze_mock.problems import Problem
from postfuze_mock.records import encode
from postfuze_mock.worlds import accounts
from postfuze_mock.worlds.world import World

DELETE, GET = "deleteSocialAccount", "getSocialAccount"
_delete = accounts.delete


@broken("delete.acknowledged", "the acknowledgement has no id")
def no_id(mock: Mock) -> None:
    mock.bodies(DELETE, lambda body: {"deleted": body["deleted"]})


@broken("delete.acknowledged", "`deleted` is a text")
def deleted_in_words(mock: Mock) -> None:
    mock.bodies(DELETE, lambda body: {**body, "deleted": "true"})


@broken("delete.acknowledged", "disconnecting answers 204")
def no_content(mock: Mock) -> None:
    mock.answers(DELETE, lambda _, said: Answer(204, {}, b"") if said.status == 200 else said)


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
    kept: dict[str, Answer] = {}

    async def delete(call: Call) -> Answer:
        before = await call.instead("GET", call.path).answer()
        said = await call.answer()
        if said.status == 200:
            kept[call.id] = before
        return said

    async def get(call: Call) -> Answer:
        reads[call.id] += call.id in kept
        return kept[call.id] if call.id in kept and reads[call.id] <= 2 else await call.answer()

    mock.rule(DELETE, delete)
    mock.rule(GET, get)


@broken("delete.gone", "a disconnected account is still listed, disabled")
def still_listed(mock: Mock) -> None:
    def delete(world: World, id: str) -> dict[str, Any]:
        row = accounts.get(world, id)
        gone.add(row.account()["id"])
        accounts.replace(world, row, encode({**row.account(), "status": "disabled"}, row.unseen()))
        return {"id": row.account()["id"], "deleted": True}

    gone: set[str] = set()

    def change(call: Call, said: Answer) -> Answer:
        hidden = call.id in gone
        return answer(404, accounts.missing().document(), "application/problem+json") if hidden else said

    mock.replace(accounts, "delete", delete)
    for operation in (GET, DELETE):
        mock.answers(operation, _second(gone) if operation == DELETE else change)


def _second(gone: set[str]) -> Any:
    """Acknowledges an account once."""
    told: set[str] = set()

    def change(call: Call, said: Answer) -> Answer:
        if call.id in told:
            return answer(404, accounts.missing().document(), "application/problem+json")
        told.update({call.id} & gone)
        return said

    return change


@broken("delete.gone", "asking for the metrics of a disconnected account brings it back")
def revived(mock: Mock) -> None:
    async def rule(call: Call) -> Answer:
        row = mock.world.store.get(call.id.lower())
        said = await call.answer()
        if row is not None and row.deleted:
            mock.world.store.compare_and_set(call.id.lower(), row, row._replace(deleted=False))
        return said

    mock.rule("getSocialAccountMetrics", rule)


@broken("delete.gone", "a disconnected account is still listed by `networkUniqueId`")
def listed_by_alias(mock: Mock) -> None:
    kept: dict[str, Any] = {}

    def delete(world: World, id: str) -> dict[str, Any]:
        account = accounts.get(world, id).account()
        kept[account["network_unique_id"]] = account
        return _delete(world, id)

    def change(call: Call, said: Answer) -> Answer:
        account = kept.get(call.parameters.get("networkUniqueId", ""))
        return said.but({**said.json, "data": [account]}) if account is not None and said.status == 200 else said

    mock.replace(accounts, "delete", delete)
    mock.answers("listSocialAccounts", change)


@broken("delete.only-that-one", "an account of another organization goes with it")
def a_stranger_too(mock: Mock) -> None:
    def delete(world: World, id: str) -> dict[str, Any]:
        said, others = _delete(world, id), mock.other_world
        _delete(others, others.store.page({}, None, 1)[0].account()["id"])
        return said

    mock.replace(accounts, "delete", delete)


@broken("delete.only-that-one", "all others are updated")
def all_updated(mock: Mock) -> None:
    def delete(world: World, id: str) -> dict[str, Any]:
        said = _delete(world, id)
        for row in world.store.find({}):
            account = row.account()
            later = {**account, "updated_at": world.now()}
            world.store.compare_and_set(account["id"], row, encode(later, row.unseen()))
        return said

    mock.replace(accounts, "delete", delete)


@broken("delete.only-that-one", "the next account in the list goes too")
def takes_a_neighbour(mock: Mock) -> None:
    def delete(world: World, id: str) -> dict[str, Any]:
        row = accounts.get(world, id).account()
        said = _delete(world, id)
        for neighbour in world.store.page({}, row["created_at"] + row["id"], 1):
            _delete(world, neighbour.account()["id"])
        return said

    mock.replace(accounts, "delete", delete)


@broken("delete.only-that-one", "all accounts of the session's tenant that are of the platform are disabled")
def disables_the_platform(mock: Mock) -> None:
    def delete(world: World, id: str) -> dict[str, Any]:
        platform = accounts.get(world, id).account()["platform"]
        said = _delete(world, id)
        for row in world.store.find({"platform": platform}):
            accounts.replace(world, row, encode({**row.account(), "status": "disabled"}, row.unseen()))
        return said

    mock.replace(accounts, "delete", delete)


@broken("delete.only-that-one", "what was connected at the same instant goes too")
def takes_its_siblings(mock: Mock) -> None:
    def delete(world: World, id: str) -> dict[str, Any]:
        at = accounts.get(world, id).account()["created_at"]
        said = _delete(world, id)
        for row in world.store.find({}):
            if row.account()["created_at"] == at:
                _delete(world, row.account()["id"])
        return said

    mock.replace(accounts, "delete", delete)


@broken("delete.only-that-one", "the oldest account goes too")
def takes_the_oldest(mock: Mock) -> None:
    def delete(world: World, id: str) -> dict[str, Any]:
        said = _delete(world, id)
        _delete(world, world.store.find({})[-1].account()["id"])
        return said

    mock.replace(accounts, "delete", delete)


@broken("delete.only-that-one", "the other accounts of its session lose their tenant and name")
def renames_others(mock: Mock) -> None:
    def delete(world: World, id: str) -> dict[str, Any]:
        said = _delete(world, id)
        for row in world.store.page({}, None, 3):
            accounts.replace(world, row, encode({**row.account(), "display_name": None}, row.unseen()))
        return said

    mock.replace(accounts, "delete", delete)


@broken("delete.again", "deleting once more is acknowledged once more")
def twice(mock: Mock) -> None:
    def delete(world: World, id: str) -> dict[str, Any]:
        row = world.store.get(id.lower())
        return {"id": id.lower(), "deleted": True} if row is not None and row.deleted else _delete(world, id)

    mock.replace(accounts, "delete", delete)


@broken("delete.again", "deleting what never was is acknowledged")
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


def _read_only(call: Call) -> bool:
    return call.headers.get("authorization", "").endswith("_readonly")


@broken("delete.needs-scope", "a key without scopes may disconnect")
def no_scope_needed(mock: Mock) -> None:
    mock.calls(DELETE, lambda call: call.keyed(f"sk_test_{NAME}") if _read_only(call) else call)


@broken("delete.needs-scope", "a key without scopes is refused, and disconnects")
def refused_and_done(mock: Mock) -> None:
    async def rule(call: Call) -> Answer:
        if _read_only(call):
            await call.keyed(f"sk_test_{NAME}").answer()
        return await call.answer()

    mock.rule(DELETE, rule)


@broken("delete.needs-scope", "a key without scopes gets 401")
def unauthorized(mock: Mock) -> None:
    refused = answer(401, Problem(401, "Invalid or expired API key.").document(), "application/problem+json")
    mock.answers(DELETE, lambda _, said: refused if said.status == 403 else said)


@broken("delete.needs-scope", "a key without scopes gets 404 for what there is")
def not_found(mock: Mock) -> None:
    refused = answer(404, accounts.missing().document(), "application/problem+json")
    mock.answers(DELETE, lambda _, said: refused if said.status == 403 else said)
