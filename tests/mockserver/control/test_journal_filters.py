"""The control API: filters of the journal."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.world import World

from postfuze_mock.worlds.journal import searching

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def call_some(world: World) -> None:
    """Make calls with the statuses 200, 404, 400, 401, 405, in this order."""
    world.page()
    world.get_response(UNKNOWN)
    world.list_response("limit=0")
    world.list_response(key=world.revoked_key)
    world.call("PUT", "/social-accounts")


def statuses(world: World, **filters: Any) -> list[int]:
    return [entry["status"] for entry in world.requests(**filters)]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("200", [200]),
        ("404", [404]),
        ("4XX", [404, 400, 401, 405]),
        ("4xx", [404, 400, 401, 405]),
        ("2XX", [200]),
        ("5XX", []),
        ("403", []),
        ("dropped", []),
    ],
)
def test_status_filter_accepts_a_status_or_class(world: World, status: str, expected: list[int]) -> None:
    call_some(world)

    assert statuses(world, status=status) == expected


def test_operation_filter_selects_the_operation(world: World) -> None:
    call_some(world)

    assert statuses(world, operation="listSocialAccounts") == [200, 400, 401]
    assert statuses(world, operation="getSocialAccount") == [404]
    assert statuses(world, operation="finalizeConnection") == []


def test_since_shows_later_entries(world: World) -> None:
    call_some(world)
    entries = world.requests()

    for at, entry in enumerate(entries):
        assert world.requests(since=entry["id"]) == entries[at + 1 :]
    assert world.requests(since=entries[0]["id"].upper()) == entries[1:]


def test_since_a_dropped_entry_shows_all(world: World) -> None:
    world.page()
    (dropped,) = world.requests()
    world.control("DELETE", "/requests")
    call_some(world)

    assert len(world.requests(since=dropped["id"])) == 5


def test_limit_shows_the_newest(world: World) -> None:
    call_some(world)

    assert statuses(world, limit=2) == [401, 405]
    assert statuses(world, limit=1000) == [200, 404, 400, 401, 405]


def test_filters_combine_before_the_limit(world: World) -> None:
    call_some(world)
    first = world.requests()[0]["id"]

    assert statuses(world, operation="listSocialAccounts", status="4XX", limit=1) == [401]
    assert statuses(world, operation="listSocialAccounts", since=first, status="400") == [400]


@pytest.mark.parametrize(
    ("query", "name", "message"),
    [
        ("status=40", "status", "must be a status like 404, a class like 4XX, dropped, or refused"),
        ("status=600", "status", "must be a status like 404, a class like 4XX, dropped, or refused"),
        ("status=4X", "status", "must be a status like 404, a class like 4XX, dropped, or refused"),
        ("since=yesterday", "since", "must be a UUID"),
        ("limit=0", "limit", "must be at least 1"),
        ("limit=1001", "limit", "must be at most 1000"),
        ("limit=many", "limit", "must be of type integer"),
    ],
)
def test_invalid_filter_is_refused(world: World, query: str, name: str, message: str) -> None:
    response = world.control_response("GET", f"/requests?{query}")

    assert response.status_code == 400
    assert response.json()["errors"] == [{"in": "query", "name": name, "message": message}]


def test_unknown_operation_is_refused_with_the_nearest(world: World) -> None:
    response = world.control_response("GET", "/requests?operation=listSocialAccount")

    assert response.status_code == 400
    assert response.json()["errors"][0]["name"] == "operation"
    assert response.json()["detail"].endswith("; did you mean listSocialAccounts?")


def test_refused_selects_every_failure(world: World) -> None:
    call_some(world)
    world.control("POST", "/faults", {"operation": "*", "effect": {"status": 409}, "times": 1})
    world.list_response()

    assert statuses(world, status="refused") == [404, 400, 401, 405, 409]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("LIMIT MUST BE", [400]),  # the problem
        ("limit=0", [400]),  # the path
        ("ends in _revoked", [401]),  # why
        ("list.envelope-of-nothing", []),
        ("getsocialaccount", [404]),  # the operation
        ("listSocial", [200, 400, 401]),
        ('"network_unique_id"', [200]),  # a body
        ("paths.method", [405]),  # the rule
        ("405", [405]),
    ],
)
def test_text_is_searched_in_what_an_entry_shows(world: World, text: str, expected: list[int]) -> None:
    call_some(world)

    assert statuses(world, q=text) == expected


def test_text_is_found_in_a_note_and_in_an_escaped_body(world: World) -> None:
    world.list_response("platfrom=x")
    world.call(
        "POST",
        f"/social-accounts/pending/{world.session()['session_token']}/finalize",
        content=b'{"selectedPageIds": ["\\u00fcber"]}',
        headers={"Content-Type": "application/json"},
    )

    assert statuses(world, q="was ignored") == [200]
    assert statuses(world, q="ÜBER") == [422]


def test_secret_is_not_found_by_its_text(world: World) -> None:
    token = world.session()["session_token"]
    world.pending_response(token)

    assert world.requests(q=token) == world.requests(q=token[:8]) == []
    assert len(world.requests(q=token[-4:])) == 1


def test_search_goes_on_page_by_page(world: World) -> None:
    for number in range(1, 6):
        world.page(limit=number)

    pages = world.control_pages("/requests", q="limit=", limit=2)
    assert [[entry["path"][-1] for entry in page] for page in pages] == [["4", "5"], ["2", "3"], ["1"]]


def test_total_counts_the_matches_on_all_pages(world: World) -> None:
    call_some(world)
    first, second = world.requests()[:2]

    for query, total in {
        "": 5,
        "limit=2": 5,
        "status=4XX&limit=1": 4,
        "q=limit%3D0": 1,
        f"since={second['id']}": 3,
    }.items():
        assert world.control("GET", f"/requests?{query}")["total"] == total
    cursor = world.control("GET", "/requests?limit=4")["next_cursor"]
    page = world.control("GET", f"/requests?limit=4&cursor={cursor}")
    assert (page["data"], page["total"]) == ([first], 5)


def test_text_of_more_than_200_characters_is_refused(world: World) -> None:
    assert world.control_response("GET", f"/requests?q={'x' * 201}").status_code == 400


def test_one_request_is_read_by_its_id(world: World, other: World) -> None:
    call_some(world)
    entries = world.requests()

    for entry in entries:
        assert world.control("GET", f"/requests/{entry['id'].upper()}") == entry
    path = f"/requests/{entries[0]['id']}"
    assert other.control("GET", f"{path}?all=true") == {**entries[0], "world": world.name}
    response = other.control_response("GET", path)
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_list_without_bodies_keeps_all_else(world: World) -> None:
    call_some(world)

    for entry, short in zip(world.requests(), world.requests(bodies="false"), strict=True):
        assert short["request"]["body"] is short["response"]["body"] is None
        short["request"]["body"], short["response"]["body"] = entry["request"]["body"], entry["response"]["body"]
        assert short == entry


def test_text_that_many_bodies_have_is_searched_in_few_of_them(world: World) -> None:
    for _ in range(searching.MAX_BODIES + 1):
        world.list_response("limit=1")

    assert world.control("GET", "/requests?limit=1&q=display_name")["total"] == searching.MAX_BODIES
    assert world.control("GET", "/requests?limit=1&q=limit")["total"] == searching.MAX_BODIES + 1
