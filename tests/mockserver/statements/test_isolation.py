"""Another organization's accounts do not exist."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.world import World

UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def foreign(other: World) -> dict[str, Any]:
    """An account of another organization, with a value in each filterable field."""
    return other.make(
        tenant_id="tenant_foreign", username="foreign", network_unique_id="4711", behaviour={"snapshots": 3}
    )


@pytest.mark.statement("isolation.list")
def test_lists_of_two_organizations_have_nothing_in_common(world: World, other: World) -> None:
    ours, theirs = ({account["id"] for account in each.walk()} for each in (world, other))

    assert len(ours) == len(theirs) == 120
    assert not ours & theirs


@pytest.mark.statement("isolation.list")
@pytest.mark.parametrize("filter", ["id", "tenant_id", "username", "network_unique_id"])
def test_no_filter_reaches_another_organization(
    world: World, other: World, foreign: dict[str, Any], filter: str
) -> None:
    assert other.walk(**{filter: foreign[filter]}) == [foreign]
    assert world.walk(**{filter: foreign[filter]}) == []


@pytest.mark.statement("isolation.reads")
@pytest.mark.assumption("isolation.status", "404")
def test_foreign_account_gets_the_404_of_an_unknown_one(world: World, foreign: dict[str, Any]) -> None:
    id = foreign["id"]

    assert world.get_response(id).status_code == 404
    assert world.get_response(id).json() == world.get_response(UNKNOWN).json()
    assert world.metrics_response(id).json() == world.metrics_response(UNKNOWN).json()
    assert world.metrics_response(id, {"since": 0}).json() == world.metrics_response(UNKNOWN, {"since": 0}).json()
    assert world.health_response(id).json() == world.health_response(UNKNOWN).json()


@pytest.mark.statement("isolation.reads")
def test_request_for_a_foreign_account_changes_nothing(world: World, other: World, foreign: dict[str, Any]) -> None:
    before = other.state()
    for response in (world.metrics_response(foreign["id"]), world.health_response(foreign["id"])):
        assert response.status_code == 404

    assert other.state() == before


@pytest.mark.statement("isolation.delete")
def test_foreign_account_cannot_be_disconnected(world: World, other: World, foreign: dict[str, Any]) -> None:
    before = other.state()

    assert world.delete_response(foreign["id"]).status_code == 404
    assert other.state() == before


@pytest.mark.statement("isolation.delete")
def test_disconnecting_an_account_leaves_one_with_the_same_id(world: World, other: World) -> None:
    for each in (world, other):
        each.make(id=UNKNOWN, username=each.name)
    world.delete(UNKNOWN)

    assert other.get(UNKNOWN)["username"] == other.name


@pytest.mark.statement("isolation.list", "isolation.reads")
def test_equal_ids_of_two_organizations_are_separate_accounts(world: World, other: World) -> None:
    for each in (world, other):
        each.make(id=UNKNOWN, username=each.name)

    assert world.walk(id=UNKNOWN) == [world.get(UNKNOWN)]
    assert world.get(UNKNOWN)["username"] == world.name
