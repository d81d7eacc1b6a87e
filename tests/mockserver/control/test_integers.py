"""An integral float is an integer, to every call and file that has one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest
from tests.mockserver.conftest import Start
from tests.support.world import World

#: Method, path and body of calls with integers.
WRITES: Final[list[tuple[str, str, dict[str, Any]]]] = [
    ("PUT", "/requests/settings", {"size": 10}),
    ("POST", "/sessions", {"network": "facebook", "pages": 3, "expires_in": 60}),
    ("POST", "/faults", {"operation": "*", "effect": {"delay_ms": 0}, "times": 2, "after": 5}),
    (
        "POST",
        "/faults",
        {"operation": "getServiceHealth", "effect": {"status": 429, "retry_after": 1, "delay_ms": [0, 1]}},
    ),
    ("POST", "/accounts", {"behaviour": {"snapshots": 3}}),
    ("POST", "/reset", {"seed": 7, "world": {"generate": 2, "sessions": [{"network": "facebook", "pages": 2}]}}),
]


def floats(value: Any) -> Any:
    """`value` with each integer as a float, except where the schema says number."""
    if isinstance(value, dict):
        return {name: member if name == "probability" else floats(member) for name, member in value.items()}
    if isinstance(value, list):
        return [floats(item) for item in value]
    return float(value) if type(value) is int else value


@pytest.mark.parametrize(("method", "path", "body"), WRITES, ids=str)
def test_call_does_the_same_with_integral_floats(world: World, method: str, path: str, body: dict[str, Any]) -> None:
    states = []
    for each in (body, floats(body)):
        world.reset()
        world.control(method, path, each)
        world.health(world.make(id="00000000-0000-4000-8000-000000000001")["id"])
        world.metrics(world.page(limit=1)["data"][0]["id"])
        states.append(world.control_response("GET", "/state").text)

    assert states[0] == states[1]


def test_state_is_restored_from_integral_floats(world: World) -> None:
    for method, path, body in WRITES[:5]:
        world.control(method, path, body)
    before = world.control_response("GET", "/state").text
    world.control("PUT", "/state", floats(json.loads(before)))

    assert world.control_response("GET", "/state").text == before


def test_start_restores_integral_floats(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    mock = start("--state-file", file, "--clock", "2026-06-14T12:10:00Z,frozen", "--validate-responses")
    world = mock.world("acme")
    world.reset(world={"generate": 2, "sessions": [{"network": "facebook", "pages": 2}]})
    world.make(behaviour={"snapshots": 3})
    before = world.control_response("GET", "/state").text
    mock.stop()
    file.write_text(json.dumps(floats(json.loads(file.read_bytes()))))
    again = start("--state-file", file, "--validate-responses").world("acme")

    assert again.control_response("GET", "/state").text == before
    again.reset(keep_world=True)
    assert len(again.walk()) == 2
