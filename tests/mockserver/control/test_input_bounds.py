"""What no test needs is refused, with its place and before anything is changed: numbers out of range, texts and lists
without end, values nested too deeply."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest
from tests.mockserver.conftest import Serve
from tests.support.world import World

LONG: Final = "x" * 20_000
HUGE: Final = 10**18
AT: Final = "2026-06-14T12:10:00Z"
ACCOUNT: Final = "/accounts/a1b2c3d4-0000-4a9f-9b1c-2e7d6f0a1234"

#: Method, path, body, and the JSON pointer of what is refused.
REFUSED: Final[list[tuple[str, str, Any, str]]] = [
    ("POST", "/reset", {"seed": HUGE}, "/seed"),
    ("POST", "/reset", {"seed": -1e300}, "/seed"),
    ("POST", "/reset", {"world": LONG}, "/world"),
    ("POST", "/reset", {"world": {"generate": 10**7}}, "/world/generate"),
    ("POST", "/reset", {"world": {"generate": {"x": 600_000, "reddit": 600_000}}}, "/world/generate"),
    ("POST", "/reset", {"world": {"seed": HUGE}}, "/world/seed"),
    ("POST", "/reset", {"world": {"accounts": [{"metrics": {"reach": HUGE}}]}}, "/world/accounts/0/metrics/reach"),
    ("POST", "/reset", {"world": {"accounts": [{"username": LONG}]}}, "/world/accounts/0/username"),
    ("POST", "/reset", {"world": {"assume": {"list.disabled": LONG}}}, "/world/assume/list.disabled"),
    ("POST", "/clock/advance", {"seconds": HUGE}, "/seconds"),
    ("PUT", "/clock", {"now": "10000-01-01T00:00:00Z"}, "/now"),
    ("PUT", "/clock", {"now": "0001-01-01T00:00:00Z"}, "/now"),
    ("POST", "/accounts", {"username": LONG}, "/username"),
    ("POST", "/accounts", {"scopes": ["a"] * 101}, "/scopes"),
    ("POST", "/accounts", {"behaviour": {"snapshots": HUGE}}, "/behaviour/snapshots"),
    ("PATCH", ACCOUNT, {"status": LONG}, "/status"),
    ("POST", f"{ACCOUNT}/snapshots", {"snapshots": [{"captured_at": AT, "reach": 1e300}]}, "/snapshots/0/reach"),
    ("POST", "/sessions", {"network": "x", "pages": HUGE}, "/pages"),
    ("POST", "/sessions", {"network": "x", "pages": [{}] * 1001}, "/pages"),
    ("POST", "/sessions", {"network": "x", "pages": 2, "expires_in": HUGE}, "/expires_in"),
    ("POST", "/sessions", {"network": "x", "pages": [{"id": LONG}, {}]}, "/pages/0/id"),
    ("POST", "/faults", {"operation": "*", "effect": {"delay_ms": HUGE}}, "/effect/delay_ms"),
    ("POST", "/faults", {"operation": "*", "effect": {"drop": "reset"}, "times": HUGE}, "/times"),
    ("POST", "/faults", {"operation": "*", "effect": {"drop": "reset"}, "probability": 1.1}, "/probability"),
    ("PUT", "/requests/settings", {"size": HUGE}, "/size"),
    ("PUT", "/webhooks", [{"url": f"http://127.0.0.1/{LONG}"}], "/0/url"),
    ("PUT", "/webhooks", [{"url": "http://127.0.0.1/", "description": LONG}], "/0/description"),
]


@pytest.mark.parametrize(("method", "path", "body", "pointer"), REFUSED, ids=lambda value: str(value)[:60])
def test_value_out_of_range_is_refused(world: World, method: str, path: str, body: Any, pointer: str) -> None:
    before = world.state()
    response = world.control_response(method, path, body)

    assert response.status_code == 400, response.text
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]
    assert world.state() == before


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"9" * 5000])
def test_number_that_no_double_can_hold_is_refused(world: World, number: bytes) -> None:
    assert world.control_response("POST", "/clock/advance", b'{"seconds": %s}' % number).status_code == 400


def nested(depth: int) -> bytes:
    """A body of so many levels that stores a snapshot, whose `raw` may be any object."""
    raw = b'{"a":' * (depth - 3) + b"1" + b"}" * (depth - 3)
    return b'{"snapshots": [{"captured_at": "2026-06-01T06:00:00Z", "raw": %s}]}' % raw


def test_what_is_nested_deeply_is_stored_and_saved(world: World) -> None:
    account = world.make()
    path = f"/accounts/{account['id']}/snapshots"

    assert world.control_response("POST", path, nested(64)).status_code == 201
    state = world.control_response("GET", "/state").content
    assert world.control_response("PUT", "/state", state).status_code == 204
    assert world.control_response("GET", "/state").content == state
    assert world.series(account["id"])


@pytest.mark.parametrize("depth", [65, 250, 260, 1000, 150_000])
def test_what_is_nested_too_deeply_is_refused(world: World, depth: int) -> None:
    account = world.make()
    before = world.state()
    response = world.control_response("POST", f"/accounts/{account['id']}/snapshots", nested(depth))

    assert response.status_code == 400
    assert world.state() == before


@pytest.mark.parametrize("depth", [63, 65, 250, 260, 1000])
def test_journal_shows_a_body_of_any_depth(world: World, depth: int) -> None:
    body = b'{"a":' * depth + b"1" + b"}" * depth
    headers: dict[str, str | bytes] = {"Content-Type": "application/json"}
    world.call("POST", "/social-networks/x/auth-url", headers=headers, content=body)
    (entry,) = world.requests()

    assert json.dumps(entry["request"]["body"]).count("{") == depth


def test_of_very_many_violations_the_first_is_reported(world: World) -> None:
    """Each takes time to describe, and half a million fit into a body."""
    session = world.session()
    calls = [
        world.call("POST", f"/social-accounts/pending/{session['session_token']}/finalize", json=body)
        for body in ({"selectedPageIds": [1] * 300_000}, {"selectedPageIds": [1, 2, 3]})
    ]
    calls += [world.control_response("POST", "/sessions", {"network": "x", "pages": [1] * 300_000})]
    calls += [world.control_response("POST", "/reset", {"world": {f"k{number}": 1 for number in range(80_000)}})]

    assert [call.status_code for call in calls] == [400, 400, 400, 400]
    assert [len(call.json()["errors"]) for call in calls] == [1, 3, 1, 1]


def test_tenant_of_a_link_can_be_saved(world: World) -> None:
    statuses = [world.auth_url_response(json={"tenant_id": "t" * size}).status_code for size in (16_384, 16_385)]

    assert statuses == [200, 400]
    assert world.control_response("PUT", "/state", world.state()).status_code == 204


def test_session_that_would_outlive_all_timestamps_ends_with_them(world: World) -> None:
    world.set_clock("9998-12-31T00:00:00Z")
    session = world.session(expires_in=4_000_000_000)
    world.reset(world={"clock": "9998-12-31T00:00:00Z,frozen", "sessions": [file_session()]})

    assert session["expires_at"] == "9999-12-31T23:59:59.999Z"
    assert world.control("GET", "/sessions")["data"][0]["expires_at"] == "9999-12-31T23:59:59.999Z"


def file_session() -> dict[str, Any]:
    return {"network": "facebook", "pages": 2, "expires_in": 4_000_000_000}


def test_every_world_of_a_file_is_checked_at_the_start(serve: Serve, tmp_path: Any) -> None:
    file = tmp_path / "worlds.yaml"
    file.write_text("worlds: {acme: {assume: {list.disabled: maybe}}}")
    with pytest.raises(ValueError, match="maybe"):
        serve("--world", file)
