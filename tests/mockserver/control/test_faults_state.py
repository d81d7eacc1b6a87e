"""The control API: faults are part of a world's saved state."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.failing import LISTING, Failing
from tests.support.world import Json, World

ID = "0b2e7d6f-5c1a-4a9f-9b1c-2e7d6f0a1234"


def put(world: World, state: Json) -> None:
    assert world.control_response("PUT", "/state", state).status_code == 204


def script(failing: Failing) -> None:
    """Faults of every kind, some of them used."""
    failing.set(status=500, probability=0.3)
    failing.set("*", corrupt={"path": "/data/0/status", "how": "enum"}, after=2, times=2)
    failing.set(preset="platform_down", operation="*")
    failing.set("getSocialAccount", drop="reset", delay_ms=[1, 2])
    failing.statuses(7)


def test_state_contains_faults_with_counts(failing: Failing) -> None:
    script(failing)
    first, second, third, fourth = failing.world.state()["faults"]

    assert first == {
        "id": first["id"],
        "operation": LISTING,
        "effect": {"status": 500},
        "times": None,
        "after": 0,
        "probability": 0.3,
        "calls": 7,
        "hits": first["hits"],
        "missed": 0,
    }
    assert (second["times"], second["after"]) == (2, 2)
    assert third["preset"] == "platform_down"
    assert "effect" not in third
    assert fourth["effect"] == {"drop": "reset", "delay_ms": [1, 2]}


def test_restored_faults_are_the_same(failing: Failing) -> None:
    script(failing)
    before = failing.faults()
    state = failing.world.state()
    failing.world.reset()
    put(failing.world, state)

    assert failing.faults() == before
    assert failing.world.state() == state


def test_random_hits_continue_from_a_restored_state(failing: Failing) -> None:
    failing.set(status=500, probability=0.5)
    failing.statuses(5)
    state = failing.world.state()
    runs = []
    for _ in range(2):
        put(failing.world, state)
        runs.append(failing.statuses(30))

    assert runs[0] == runs[1]


def test_random_hits_continue_equally_in_another_world(failing: Failing, other: World) -> None:
    failing.set(status=500, probability=0.5)
    failing.statuses(5)
    put(other, failing.world.state())

    assert Failing(failing.server, other).statuses(30) == failing.statuses(30)


def test_state_without_faults_has_none(failing: Failing) -> None:
    state = failing.world.state()
    del state["faults"]
    failing.set(status=500)
    put(failing.world, state)

    assert failing.faults() == []


def test_saved_fault_needs_no_counts(failing: Failing) -> None:
    fault = {"id": ID, "operation": LISTING, "effect": {"status": 500}}
    put(failing.world, {**failing.world.state(), "faults": [fault]})

    assert failing.statuses(2) == [500, 500]
    assert failing.faults()[0]["hits"] == 2


@pytest.mark.parametrize(
    ("faults", "pointer"),
    [
        ([{"id": ID, "operation": LISTING}], "/faults/0/effect"),
        ([{"id": ID, "operation": LISTING, "effect": {"status": 500, "drop": "reset"}}], "/faults/0/effect/drop"),
        ([{"id": ID, "operation": LISTING, "effect": {"delay_ms": [2, 1]}}], "/faults/0/effect/delay_ms"),
        ([{"id": ID, "operation": LISTING, "preset": "session_expired"}], "/faults/0/operation"),
        ([{"id": ID, "operation": "nothing", "effect": {"status": 500}}], "/faults/0/operation"),
        ([{"id": "first", "operation": LISTING, "effect": {"status": 500}}], "/faults/0/id"),
        ([{"id": id, "operation": "*", "preset": "service_down"} for id in (ID, ID.upper())], "/faults/1/id"),
        ([{"id": ID, "operation": "*", "preset": "service_down", "hits": -1}], "/faults/0/hits"),
        ([{"id": ID, "operation": "*", "preset": "service_down"}] * 101, "/faults"),
    ],
    ids=lambda value: str(value)[:80],
)
def test_state_with_invalid_faults_is_refused_and_changes_nothing(
    failing: Failing, faults: list[Any], pointer: str
) -> None:
    failing.set(status=500)
    before = failing.world.state()
    response = failing.world.control_response("PUT", "/state", {**before, "faults": faults})

    assert response.status_code == 400
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]
    assert failing.world.state() == before
