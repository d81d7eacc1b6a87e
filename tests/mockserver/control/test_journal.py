"""The control API: the journal of the requests to a world and of the responses."""

from __future__ import annotations

import pytest
from tests.support.times import NOW, later
from tests.support.world import World

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def test_journal_records_request_and_response(world: World) -> None:
    session = world.session()
    page = session["pages"][0]["id"]
    response = world.finalize_response(session["session_token"], page).json()
    (entry,) = world.requests()

    assert (entry["method"], entry["operation"], entry["status"]) == ("POST", "finalizeConnection", 200)
    assert entry["at"] == NOW
    assert entry["request"]["body"] == {"selectedPageIds": [page]}
    assert entry["request"]["headers"]["content-type"] == "application/json"
    assert entry["response"]["body"] == response
    assert entry["response"]["headers"]["content-type"] == "application/json"
    assert (entry["problem"], entry["reason"], entry["fault"]) == (None, None, None)
    assert 0 < entry["duration_ms"] < 20_000


def test_path_and_query_are_shown_verbatim(world: World) -> None:
    queries = ["limit=3&platform=x", "username=a%20b+c&limit=1", "tenant_id=%C3%A4", "a=1&a=2&=&", ""]
    for query in queries:
        world.list_response(query)

    assert [entry["path"] for entry in world.requests()] == [
        f"/api/v1/social-accounts{'?' if query else ''}{query}" for query in queries
    ]


def test_refused_call_is_recorded_with_its_problem(world: World) -> None:
    problem = world.get_response(UNKNOWN).json()
    (entry,) = world.requests()

    assert entry["problem"] == entry["response"]["body"] == problem
    assert entry["status"] == 404


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v1/posts", 404),
        ("PUT", "/api/v1/social-accounts", 405),
        ("GET", "/social-accounts", 404),
        ("GET", "/api/v2/social-accounts?limit=1", 404),
    ],
)
def test_call_of_no_operation_is_recorded(world: World, method: str, path: str, status: int) -> None:
    world.request(method, path, world.bearer())
    (entry,) = world.requests()

    assert (entry["method"], entry["path"], entry["operation"], entry["status"]) == (method, path, None, status)


def test_every_api_call_is_recorded_newest_last(world: World) -> None:
    id = world.page()["data"][0]["id"]
    for call in (world.get, world.metrics, world.health, world.delete):
        call(id)
    world.auth_url_response()

    assert [entry["operation"] for entry in world.requests()] == [
        "listSocialAccounts",
        "getSocialAccount",
        "getSocialAccountMetrics",
        "getSocialAccountHealth",
        "deleteSocialAccount",
        "createAuthUrl",
    ]


def test_calls_are_recorded_with_the_time_of_the_world(world: World) -> None:
    world.page()
    world.advance(hours=1)
    world.page()

    assert [entry["at"] for entry in world.requests()] == [NOW, later(hours=1)]


@pytest.mark.parametrize(
    "path", ["/_mock/clock", "/_mock/nothing", "/docs", "/openapi.json", "/", "/connect/x?state=1"]
)
def test_control_calls_and_pages_are_not_recorded(world: World, path: str) -> None:
    world.request("GET", path, world.bearer())

    assert world.requests() == []


def test_ids_are_unique_and_reproducible(world: World, other: World) -> None:
    statuses = []
    for each in (world, other):
        for _ in range(3):
            each.page()
        statuses.append([entry["id"] for entry in each.requests()])
    world.reset()
    for _ in range(3):
        world.page()

    assert len({*statuses[0], *statuses[1]}) == 6
    assert [entry["id"] for entry in world.requests()] == statuses[0]


def test_recording_calls_changes_nothing_else_of_a_world(world: World) -> None:
    """The state stays equal, hence the ids generated later."""
    before = world.state()
    for _ in range(3):
        world.get_response(UNKNOWN)

    assert world.state() == before


def test_emptied_journal_continues_its_ids(world: World) -> None:
    world.page()
    (before,) = world.requests()
    response = world.control_response("DELETE", "/requests")
    emptied = world.requests()
    world.page()

    assert (response.status_code, response.content, emptied) == (204, b"", [])
    assert [entry["id"] for entry in world.requests()] != [before["id"]]


def test_reading_the_journal_does_not_change_it(world: World) -> None:
    world.page()

    assert world.requests() == world.requests()
    assert len(world.requests()) == 1


def test_unknown_request_and_event_are_named_as_such(world: World) -> None:
    for path, subject in (("/requests/nope", "request nope"), ("/events/nope", "event")):
        response = world.control_response("GET", path)
        assert response.status_code == 404
        assert subject in response.json()["detail"]
