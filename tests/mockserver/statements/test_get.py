"""Retrieve an account."""

from __future__ import annotations

import pytest
from tests.support.world import World

UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.mark.statement("get.by-id")
def test_each_listed_account_is_retrieved_unchanged(world: World) -> None:
    for row in world.walk():
        assert world.get(row["id"]) == row


@pytest.mark.statement("get.by-id")
def test_retrieving_changes_nothing(world: World) -> None:
    before = world.state()
    for row in world.walk():
        world.get(row["id"])

    assert world.state() == before


@pytest.mark.statement("get.by-id")
def test_id_in_upper_case_is_the_same_id(world: World) -> None:
    row = world.page(limit=1)["data"][0]

    assert world.get(row["id"].upper()) == row


@pytest.mark.statement("get.unknown")
def test_unknown_id_gets_404(world: World) -> None:
    response = world.get_response(UNKNOWN)

    assert response.status_code == 404
    assert response.json()["code"] == "not_found"


@pytest.mark.statement("get.deleted")
def test_deleted_account_gets_the_404_of_an_unknown_one(world: World) -> None:
    id = world.page(limit=1)["data"][0]["id"]
    world.delete(id)

    assert world.get_response(id).status_code == 404
    assert world.get_response(id).json() == world.get_response(UNKNOWN).json()
