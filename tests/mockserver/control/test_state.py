"""The control API: saving and restoring a world as a document."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.mockserver.conftest import Serve
from tests.support.times import later
from tests.support.world import World


def use(world: World) -> None:
    """Use every part of a world."""
    for each in world.walk()[:30]:
        world.health(each["id"])
    world.advance(minutes=1)
    world.delete(world.page()["data"][3]["id"])
    account = world.make(behaviour={"platform": "unreachable", "snapshots": 4})
    world.store_snapshots(account["id"], {"captured_at": later(), "followers": 5, "raw": {"a": [1]}})
    session = world.session(pages=3)
    world.finalize(session["session_token"], session["pages"][0]["id"])
    world.session("google_business", tenant_id="t", expires_in=99)


def put(world: World, state: Any) -> None:
    assert world.control_response("PUT", "/state", state).status_code == 204


def test_state_contains_everything(world: World) -> None:
    use(world)
    state = world.state()

    assert set(state) == {
        "version",
        "seed",
        "start",
        "clock",
        "assume",
        "accounts",
        "sessions",
        "counters",
        "events",
        "webhooks",
        "authorizations",
        "faults",
        "journal",
    }
    assert (state["version"], state["seed"], len(state["accounts"]), len(state["sessions"])) == (1, 1, 122, 1)
    assert [each["deleted"] for each in state["accounts"]].count(True) == 1
    assert state["events"]


def test_restored_state_equals_the_saved_one(world: World) -> None:
    use(world)
    before = world.state()
    responses = [world.walk(), world.series(before["accounts"][0]["account"]["id"])]
    use(world)
    world.reset(world="empty", seed=5)
    put(world, before)

    assert world.state() == before
    assert [world.walk(), world.series(before["accounts"][0]["account"]["id"])] == responses


def test_world_continues_from_a_restored_state(world: World) -> None:
    use(world)
    before = world.state()
    futures = []
    for _ in range(2):
        put(world, before)
        use(world)
        futures.append(world.state())

    assert futures[0] == futures[1]


def test_earlier_cursor_works_after_a_restore(world: World) -> None:
    page = world.page()
    put(world, world.state())

    assert world.page(cursor=page["next_cursor"])["data"] == world.walk()[25:50]


def test_state_can_be_put_into_another_world(world: World, other: World) -> None:
    use(world)
    state = world.state()
    put(other, state)

    assert other.walk() == world.walk()
    assert {**other.state(), "sessions": [], "counters": {}} == {**state, "sessions": [], "counters": {}}


def test_token_that_another_world_holds_is_replaced(world: World, other: World) -> None:
    token = world.session()["session_token"]
    put(other, world.state())
    (theirs,) = other.control("GET", "/sessions")["data"]

    assert theirs["session_token"] != token
    assert theirs["pages"] == world.pending(token)["availablePages"]
    other.finalize(theirs["session_token"], theirs["pages"][0]["id"])
    assert len(other.walk()) == 121
    assert len(world.walk()) == 120
    assert world.pending_response(token).status_code == 200


def test_token_that_no_other_world_holds_is_preserved(world: World, other: World) -> None:
    token = world.session()["session_token"]
    state = world.state()
    world.reset()
    put(other, state)

    assert [each["session_token"] for each in other.control("GET", "/sessions")["data"]] == [token]
    assert other.pending_response(token).status_code == 200


def test_state_can_be_put_into_another_server(world: World, serve: Serve, name: str) -> None:
    use(world)
    elsewhere = serve("--seed", "7").world(name)
    put(elsewhere, world.state())

    assert elsewhere.state() == world.state()
    assert elsewhere.walk() == world.walk()


def test_equal_seed_name_and_start_make_identical_worlds(world: World, serve: Serve, name: str) -> None:
    twin = serve("--rate-limits").world(name)
    responses = []
    for each in (world, twin):
        session = each.session(pages=9)
        path = f"/social-accounts/pending/{session['session_token']}"
        body = {"selectedPageIds": [page["id"] for page in session["pages"][2:5]]}
        calls = [each.list_response("limit=100"), each.call("GET", path, None)]
        calls += [each.call("POST", f"{path}/finalize", None, json=body)]
        for account in each.walk()[::7]:
            calls += [each.metrics_response(account["id"]), each.metrics_response(account["id"], "since=0")]
            calls += [each.health_response(account["id"])]
        calls += [each.control_response("POST", "/accounts", {}), each.control_response("GET", "/state")]
        responses.append([call.content for call in calls])

    assert responses[0] == responses[1]


def test_other_name_or_seed_makes_another_world(world: World, other: World, serve: Serve, name: str) -> None:
    elsewhere = serve("--seed", "7").world(name)
    ids = [{account["id"] for account in each.walk()} for each in (world, other, elsewhere)]

    assert not ids[0] & ids[1]
    assert not ids[0] & ids[2]


def altered(state: Any, pointer: str, value: Any) -> Any:
    """A copy of the state with one value replaced; `...` removes it."""
    copy = json.loads(json.dumps(state))
    *way, last = [int(part) if part.isdecimal() else part for part in pointer.split("/")[1:]]
    node = copy
    for part in way:
        node = node[part]
    if value is ...:
        del node[last]
    else:
        node[last] = value
    return copy


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/version", 2),
        ("/version", "1"),
        ("/seed", "1"),
        ("/seed", ...),
        ("/start", "yesterday"),
        ("/start", None),
        ("/clock", {}),
        ("/clock/now", "2026-02-30T00:00:00Z"),
        ("/clock/now", "12:00"),
        ("/clock/frozen", "yes"),
        ("/assume/no.such", "x"),
        ("/assume/list.disabled", "maybe"),
        ("/accounts", {}),
        ("/accounts/0", "x"),
        ("/accounts/0/deleted", ...),
        ("/accounts/0/account/id", "x"),
        ("/accounts/0/account/id", ...),
        ("/accounts/0/account/platform", "myspace"),
        ("/accounts/0/account/created_at", "2026-02-30T00:00:00Z"),
        ("/accounts/0/account/created_at", None),
        ("/accounts/0/account/scopes", [1]),
        ("/accounts/0/hidden/behaviour", {"platform": "maybe"}),
        ("/accounts/0/hidden/unknown", 1),
        ("/accounts/0/hidden/collected_from", "x"),
        ("/accounts/0/hidden/metrics", {"followers": -1}),
        ("/accounts/0/hidden/snapshots", [{}]),
        ("/accounts/0/hidden/snapshots", [{"captured_at": "2026-06-01T00:00:00Z", "followers": -1}]),
        ("/accounts/0/hidden/snapshots", [{"captured_at": "2026-02-30T00:00:00Z"}]),
        ("/sessions/0/network", "myspace"),
        ("/sessions/0/session_token", 1),
        ("/sessions/0/expires_at", "never"),
        ("/sessions/0/session_token", "a/b"),
        ("/sessions/0/pages", None),
        ("/sessions/0/pages", []),
        ("/sessions/0/pages/0/profilePictureUrl", "no url"),
        ("/sessions/0/pages/0/id", ...),
        ("/counters/account", -1),
        ("/counters/account", "1"),
        ("/events", {}),
        ("/unknown", 1),
    ],
    ids=str,
)
def test_invalid_document_is_refused_with_its_place_and_changes_nothing(world: World, pointer: str, value: Any) -> None:
    world.session()
    world.make()
    before = world.state()
    response = world.control_response("PUT", "/state", altered(before, pointer, value))

    assert response.status_code == 400
    assert all(error["pointer"] in pointer or pointer in error["pointer"] for error in response.json()["errors"])
    assert world.state() == before
    assert len(world.walk()) == 121


def test_duplicate_account_is_refused(world: World) -> None:
    state = world.state()
    state["accounts"].append(state["accounts"][0])

    assert world.control_response("PUT", "/state", state).status_code == 400
    assert len(world.walk()) == 120


def test_duplicate_page_or_token_is_refused(world: World) -> None:
    session = world.session()
    state = world.state()
    twins = [
        altered(state, "/sessions/0/pages/0/id", session["pages"][1]["id"]),
        altered(state, "/sessions", state["sessions"] * 2),
    ]

    assert [world.control_response("PUT", "/state", twin).status_code for twin in twins] == [400, 400]


def test_generated_ids_avoid_existing_ones_without_saved_counters(world: World) -> None:
    """A handwritten document has no counters."""
    ids = [world.make()["id"] for _ in range(3)]
    put(world, {**world.state(), "counters": {}})
    more = [world.make()["id"]]
    session = world.session()
    more += [
        each["id"] for each in world.finalize(session["session_token"], *(page["id"] for page in session["pages"]))
    ]

    assert len({*ids, *more}) == 6
    assert len(world.walk()) == 126


@pytest.mark.parametrize("start", ["1970-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.000Z"])
def test_start_at_the_limits_of_time_works(world: World, start: str) -> None:
    response = world.control_response("PUT", "/state", {**world.state(), "start": start})

    assert response.status_code in (204, 400)
    world.reset()
    assert len(world.walk()) == 120


def test_state_of_a_default_world_fits_into_a_body(world: World) -> None:
    """One call must accept the response of another."""
    use(world)

    put(world, world.state())


def test_state_of_a_large_world_can_be_restored(world: World) -> None:
    world.reset(world={"generate": 1700})
    before = world.state()
    put(world, before)

    assert world.state() == before
