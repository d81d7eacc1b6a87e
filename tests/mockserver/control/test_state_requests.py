"""The control API: what becomes of the journal's requests when a state is put back."""

from __future__ import annotations

import pytest
from tests.support.world import World


def ids(world: World) -> list[str]:
    return [entry["id"] for entry in world.requests()]


def put(world: World, requests: str | None) -> None:
    query = "" if requests is None else f"?requests={requests}"
    assert world.control_response("PUT", f"/state{query}", world.state()).status_code == 204


def test_requests_are_removed_by_default(world: World) -> None:
    world.page()
    put(world, None)

    assert ids(world) == []


def test_requests_are_kept_on_request(world: World) -> None:
    world.page()
    before = ids(world)
    put(world, "keep")
    world.page()

    assert ids(world)[:1] == before
    assert len(set(ids(world))) == 2


@pytest.mark.parametrize("removal", [("DELETE", "/requests"), ("POST", "/reset")])
def test_requests_that_were_removed_last_are_put_back_before_those_that_came_since(
    world: World, removal: tuple[str, str]
) -> None:
    world.page()
    before = ids(world)
    assert world.control_response(*removal).status_code == 204
    world.page(limit=1)
    put(world, "restore")

    assert ids(world)[:1] == before
    assert len(set(ids(world))) == 2
    put(world, "restore")  # nothing was removed meanwhile
    assert len(ids(world)) == 2


def test_unknown_word_is_refused_and_removes_nothing(world: World) -> None:
    world.page()
    assert world.control_response("PUT", "/state?requests=all", world.state()).status_code == 400

    assert len(ids(world)) == 1
