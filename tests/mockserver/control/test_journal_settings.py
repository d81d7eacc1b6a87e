"""The control API: the settings of a journal."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.world import World

FIRST = {"bodies": True, "size": 1000}


def settings(world: World) -> Any:
    return world.control("GET", "/requests/settings")


def put(world: World, **changed: Any) -> Any:
    return world.control("PUT", "/requests/settings", changed)


def test_default_is_to_store_a_thousand_calls_with_bodies(world: World) -> None:
    assert settings(world) == FIRST


def test_each_setting_can_be_changed_alone(world: World) -> None:
    assert put(world, bodies=False) == {"bodies": False, "size": 1000}
    assert put(world, size=3) == settings(world) == {"bodies": False, "size": 3}
    assert put(world, bodies=True, size=4) == {"bodies": True, "size": 4}


def test_new_bodies_are_not_stored_once_switched_off(world: World) -> None:
    world.auth_url_response(json={"tenant_id": "a"})
    put(world, bodies=False)
    world.auth_url_response(json={"tenant_id": "b"})
    before, after = world.requests()

    assert before["request"]["body"] == {"tenant_id": "a"}
    assert before["response"]["body"] is not None
    assert (after["request"]["body"], after["response"]["body"]) == (None, None)
    assert after["request"]["headers"] == before["request"]["headers"]


def test_problem_is_stored_even_without_bodies(world: World) -> None:
    put(world, bodies=False)
    problem = world.auth_url_response(json={"tenant_id": 1}).json()
    (entry,) = world.requests()

    assert entry["problem"] == entry["response"]["body"] == problem
    assert entry["request"]["body"] is None


def test_fewer_calls_can_be_stored(world: World) -> None:
    for number in range(5):
        world.call("GET", f"/nothing?{number}")
    before = [entry["id"] for entry in world.requests()]
    put(world, size=3)
    after = [entry["id"] for entry in world.requests()]
    world.page()

    assert after == before[2:]
    assert [entry["id"] for entry in world.requests()][:2] == before[3:]
    assert len(world.requests()) == 3


def test_storing_calls_can_be_switched_off(world: World) -> None:
    world.page()
    put(world, size=0)
    world.page()

    assert world.requests() == []


def test_emptying_the_journal_leaves_its_settings(world: World) -> None:
    put(world, size=7)
    world.control("DELETE", "/requests")

    assert settings(world)["size"] == 7


def test_settings_belong_to_one_world(world: World, other: World) -> None:
    put(world, bodies=False, size=1)

    assert settings(other) == FIRST


def test_reset_undoes_settings(world: World) -> None:
    put(world, bodies=False, size=1)
    world.reset()

    assert settings(world) == FIRST


def test_settings_are_part_of_the_state(world: World, other: World) -> None:
    put(world, bodies=False, size=5)
    world.page()
    state = world.state()
    other.page()
    other.control("PUT", "/state", state)

    assert state["journal"] == {"bodies": False, "size": 5}
    assert settings(other) == {"bodies": False, "size": 5}
    assert other.requests() == []


def test_state_without_settings_means_the_defaults(world: World) -> None:
    state = world.state()
    put(world, size=5)
    del state["journal"]
    world.control("PUT", "/state", state)

    assert settings(world) == FIRST


@pytest.mark.parametrize(
    ("body", "pointer", "message"),
    [
        ({}, "", "must have at least 1 member(s)"),
        ({"size": -1}, "/size", "must be at least 0"),
        ({"size": 1001}, "/size", "must be at most 1000"),
        ({"size": "many"}, "/size", "must be of type integer"),
        ({"size": 1.5}, "/size", "must be of type integer"),
        ({"bodies": "no"}, "/bodies", "must be of type boolean"),
        ({"headers": False}, "", "has unknown members: headers"),
        ([], "", "must be of type object"),
    ],
    ids=str,
)
def test_invalid_settings_are_refused_with_their_place(world: World, body: Any, pointer: str, message: str) -> None:
    response = world.control_response("PUT", "/requests/settings", body)

    assert response.status_code == 400
    assert response.json()["errors"] == [{"in": "body", "pointer": pointer, "message": message}]
    assert settings(world) == FIRST


@pytest.mark.parametrize(
    "journal", [{"bodies": True}, {"bodies": True, "size": 2000}, {"bodies": 1, "size": 1}, []], ids=str
)
def test_state_with_invalid_settings_is_refused(world: World, journal: Any) -> None:
    before = world.state()
    response = world.control_response("PUT", "/state", {**before, "journal": journal})

    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"].startswith("/journal")
    assert world.state() == before
