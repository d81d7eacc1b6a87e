"""The control API: requests that a fault hit, in the journal."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.support.world import Json, World


def fault(world: World, **effect: Any) -> str:
    id: str = world.control("POST", "/faults", {"operation": "*", "effect": effect})["id"]
    return id


def only(world: World) -> Json:
    (entry,) = world.requests()
    return entry


def test_scripted_refusal_names_its_fault_and_the_rule(world: World) -> None:
    id = fault(world, status=429, retry_after=2)
    problem = world.list_response().json()
    entry = only(world)

    assert (entry["status"], entry["fault"], entry["reason"]["rule"]) == (429, id, "faults.scripted")
    assert entry["problem"] == problem
    assert entry["response"]["headers"]["retry-after"] == "2"


@pytest.mark.parametrize("how", ["reset", "empty"])
def test_dropped_connection_has_no_status(world: World, how: str) -> None:
    id = fault(world, drop=how)
    with pytest.raises(httpx.TransportError):
        world.list_response()
    entry = only(world)

    assert (entry["operation"], entry["status"], entry["fault"]) == ("listSocialAccounts", None, id)
    assert entry["response"] == {"headers": {}, "body": None}
    assert world.requests(status="dropped") == [entry]
    assert world.requests(status="2XX") == world.requests(status="200") == []


def test_delay_is_in_the_duration(world: World) -> None:
    fault(world, delay_ms=30)
    world.page()

    assert only(world)["duration_ms"] >= 29  # the loop's timers know milliseconds


def test_corrupted_response_is_recorded_as_sent(world: World) -> None:
    fault(world, corrupt={"path": "/next_cursor", "how": "remove"})
    response = world.list_response("limit=1").json()

    assert "next_cursor" not in response
    assert only(world)["response"]["body"] == response


def test_preferred_failure_has_a_rule_and_no_fault(world: World) -> None:
    world.call("GET", "/social-accounts", headers={"Prefer": "code=404"})
    entry = only(world)

    assert (entry["status"], entry["fault"], entry["reason"]["rule"]) == (404, None, "faults.preferred")


def test_call_without_a_hit_has_no_fault(world: World) -> None:
    fault(world, status=404)
    world.control("DELETE", "/faults")
    world.page()

    assert only(world)["fault"] is None


def test_body_of_a_call_hit_by_a_fault_is_recorded(world: World) -> None:
    """So a test can see that a retry sends the same body."""
    fault(world, status=404)
    world.auth_url_response(json={"tenant_id": "t"})

    assert only(world)["request"]["body"] == {"tenant_id": "t"}
