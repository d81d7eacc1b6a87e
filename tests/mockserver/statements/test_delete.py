"""Disconnect an account."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.support.times import NOW, later
from tests.support.world import World

UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def id(world: World) -> str:
    """The id of an account of the test's world."""
    id: str = world.page(limit=50)["data"][-1]["id"]
    return id


@pytest.mark.statement("delete.acknowledged")
def test_response_has_the_id_and_deleted_true(world: World, id: str) -> None:
    assert world.delete(id) == {"id": id, "deleted": True}


@pytest.mark.statement("delete.acknowledged")
def test_upper_case_id_deletes_the_account_and_is_returned_in_lower_case(world: World, id: str) -> None:
    assert world.delete(id.upper()) == {"id": id, "deleted": True}
    assert world.get_response(id).status_code == 404


@pytest.mark.statement("delete.soft")
def test_deleted_account_is_stored_as_disabled_and_otherwise_unchanged(world: World) -> None:
    account = world.make(status="active", username="kept")
    world.advance(hours=1)
    world.delete(account["id"])
    record = world.record(account["id"])

    assert record["deleted"] is True
    assert record["account"] == {**account, "status": "disabled", "updated_at": later(NOW, hours=1)}


@pytest.mark.statement("delete.gone")
def test_deleted_account_is_neither_listed_nor_retrieved(world: World, id: str) -> None:
    before = [account["id"] for account in world.walk()]
    world.delete(id)

    assert world.get_response(id).status_code == 404
    assert [account["id"] for account in world.walk()] == [each for each in before if each != id]


@pytest.mark.statement("delete.gone")
@pytest.mark.assumption("deleted.inspection", "404")
def test_metrics_and_health_of_a_deleted_account_get_404(world: World, id: str) -> None:
    world.delete(id)

    assert world.metrics_response(id).status_code == 404
    assert world.metrics_response(id, {"since": 0}).status_code == 404
    assert world.health_response(id).status_code == 404


@pytest.mark.statement("delete.only-that-one")
def test_other_accounts_are_unchanged(world: World, id: str) -> None:
    before = [each for each in world.state()["accounts"] if each["account"]["id"] != id]
    world.delete(id)

    assert [each for each in world.state()["accounts"] if each["account"]["id"] != id] == before


@pytest.mark.assumption("delete.again", "404")
def test_deleted_account_gets_404(world: World, id: str) -> None:
    world.delete(id)
    record = world.record(id)
    world.advance(hours=1)

    assert world.delete_response(id).status_code == 404
    assert world.record(id) == record


@pytest.mark.assumption("delete.unknown", "404")
def test_unknown_account_gets_404(world: World) -> None:
    response = world.delete_response(UNKNOWN)

    assert response.status_code == 404
    assert response.json()["code"] == "not_found"


@pytest.mark.assumption("delete.again", "404")
def test_one_of_many_concurrent_deletions_succeeds(world: World, id: str) -> None:
    with ThreadPoolExecutor(20) as threads:
        statuses = list(threads.map(lambda _: world.delete_response(id).status_code, range(20)))

    assert sorted(statuses) == [200] + 19 * [404]
    assert len(world.events("account.disconnected")) == 1


@pytest.mark.statement("delete.not-targetable")
def test_deleted_account_is_unreachable_by_any_field(world: World, id: str) -> None:
    """Posts are not mocked; the look-ups that a post would need find nothing."""
    world.delete(id)

    assert world.record(id)["account"]["status"] == "disabled"
    assert world.walk(id=id) == []
    assert world.control_response("PATCH", f"/accounts/{id}", {"status": "active"}).status_code == 404
    assert world.get_response(id).status_code == 404


@pytest.mark.statement("delete.needs-scope")
def test_key_without_scopes_gets_403_and_changes_nothing(world: World, id: str) -> None:
    before = world.state()
    response = world.delete_response(id, world.readonly_key)

    assert response.status_code == 403
    assert response.json()["code"] == "insufficient_scope"
    assert world.state() == before


@pytest.mark.statement("delete.acknowledged")
@pytest.mark.parametrize("status", ["active", "disabled", "token_expired", "revoked", "under_review"])
def test_account_of_any_status_can_be_disconnected(world: World, status: str) -> None:
    account = world.make(status=status)

    assert world.delete(account["id"])["deleted"] is True


@pytest.mark.statement("delete.acknowledged")
@pytest.mark.assumption("ids.malformed-path", "404")
@pytest.mark.parametrize(
    "id", ["acme", "123", "a1b2c3d400004a9f9b1c2e7d6f0a1234", "a1b2c3d4-0000-4a9f-9b1c-2e7d6f0a123g"]
)
def test_malformed_id_gets_404_everywhere(world: World, id: str) -> None:
    for response in (
        world.get_response(id),
        world.delete_response(id),
        world.metrics_response(id),
        world.health_response(id),
    ):
        assert (response.status_code, response.json()["code"]) == (404, "not_found")
