"""The control API: its lists come in pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import pytest
from tests.mockserver.conftest import Start
from tests.support.times import NOW, later
from tests.support.world import Json, World

ID: Final = "a1b2c3d4-1111-4a9f-9b1c-2e7d6f0a1234"
MEBIBYTE: Final = 1 << 20


class Listing(NamedTuple):
    """A list of the control API: its path, the member that tells its entries apart, what adds the entry of a number."""

    path: str
    key: str
    add: Callable[[World, int], Any]

    def keys(self, world: World, **query: Any) -> list[list[str]]:
        """The keys of all entries, page by page."""
        return [[entry[self.key] for entry in page] for page in world.control_pages(self.path, **query)]


def _add_account(world: World, number: int) -> None:
    world.make(created_at=later(seconds=number), updated_at=later(seconds=number))


def _add_snapshot(world: World, number: int) -> None:
    world.store_snapshots(ID, {"captured_at": later(days=number), "followers": number})


def _add_fault(world: World, number: int) -> None:
    world.control("POST", "/faults", {"operation": "*", "effect": {"status": 503}, "times": number + 1})


NEWEST_FIRST: Final = {"accounts": Listing("/accounts", "id", _add_account)}
OLDEST_FIRST: Final = {
    "snapshots": Listing(f"/accounts/{ID}/snapshots", "captured_at", _add_snapshot),
    "sessions": Listing("/sessions", "session_token", lambda world, _: world.session()),
    "faults": Listing("/faults", "id", _add_fault),
    "requests": Listing("/requests", "id", lambda world, _: world.call("GET", "/nothing")),
    "events": Listing("/events", "id", lambda world, _: world.delete(world.make()["id"])),
}
LISTINGS: Final = NEWEST_FIRST | OLDEST_FIRST


@pytest.fixture(params=LISTINGS)
def name_of_list(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def listing(name_of_list: str, empty: World) -> Listing:
    """A list with five entries."""
    listing = LISTINGS[name_of_list]
    if name_of_list == "snapshots":
        empty.make(id=ID)
    for number in range(5):
        listing.add(empty, number)
    return listing


def test_pages_have_each_entry_once(empty: World, listing: Listing, name_of_list: str) -> None:
    (whole,) = listing.keys(empty)
    pages = listing.keys(empty, limit=2)
    ordered = pages if name_of_list in NEWEST_FIRST else pages[::-1]

    assert len(whole) == len(set(whole)) == 5
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [key for page in ordered for key in page] == whole


def test_full_last_page_has_no_cursor(empty: World, listing: Listing) -> None:
    assert empty.control("GET", f"{listing.path}?limit=5")["next_cursor"] is None


def test_entries_that_come_meanwhile_shift_no_others(empty: World, listing: Listing) -> None:
    whole = listing.keys(empty, limit=2)
    first = empty.control("GET", f"{listing.path}?limit=2")
    listing.add(empty, 5)
    second = empty.control("GET", f"{listing.path}?limit=2&cursor={first['next_cursor']}")

    assert [[entry[listing.key] for entry in page["data"]] for page in (first, second)] == whole[:2]


REMOVALS: Final[dict[str, Callable[[World, Json], Any]]] = {
    "accounts": lambda world, account: world.delete(account["id"]),
    "sessions": lambda world, session: world.finalize(session["session_token"], session["pages"][0]["id"]),
    "faults": lambda world, fault: world.control("DELETE", f"/faults/{fault['id']}"),
}


@pytest.mark.parametrize("name_of_list", REMOVALS, indirect=False)
def test_entries_that_go_meanwhile_shift_no_others(empty: World, listing: Listing, name_of_list: str) -> None:
    whole = listing.keys(empty, limit=2)
    first = empty.control("GET", f"{listing.path}?limit=2")
    for entry in first["data"]:
        REMOVALS[name_of_list](empty, entry)
    second = empty.control("GET", f"{listing.path}?limit=2&cursor={first['next_cursor']}")

    assert [entry[listing.key] for entry in second["data"]] == whole[1]


def test_only_the_cursors_of_a_list_are_accepted(empty: World, other: World, listing: Listing) -> None:
    cursor = empty.control("GET", f"{listing.path}?limit=1")["next_cursor"]
    others = ["nonsense", "", "%00", f"{cursor}A", cursor[1:]]
    others += [_cursor(empty, path) for path in ("/faults?presets=true", "/worlds") if path != listing.path]
    if listing.path != "/sessions":
        others.append(_cursor_of_sessions(empty))
    for each in others:
        response = empty.control_response("GET", f"{listing.path}?cursor={each}")
        (error,) = response.json()["errors"]
        assert (response.status_code, error["in"], error["name"]) == (400, "query", "cursor")
        assert error["message"] == "must be the next_cursor of a page of this list"
    other.make(id=ID)
    assert other.control_response("GET", f"{listing.path}?cursor={cursor}").status_code == 400


def _cursor_of_sessions(world: World) -> str:
    for _ in range(2):
        world.session()
    return _cursor(world, "/sessions")


def _cursor(world: World, path: str) -> str:
    return str(world.control("GET", f"{path}{'&' if '?' in path else '?'}limit=1")["next_cursor"])


def test_cursors_of_the_api_and_the_control_api_are_not_exchanged(world: World) -> None:
    ours = _cursor(world, "/accounts")
    theirs = world.page(limit=1)["next_cursor"]

    assert world.list_response({"cursor": ours}).json()["code"] == "invalid_cursor"
    assert world.control_response("GET", f"/accounts?cursor={theirs}").status_code == 400


def test_overlong_cursor_is_refused_by_its_length(world: World) -> None:
    response = world.control_response("GET", f"/sessions?cursor={'x' * 501}")

    assert response.status_code == 400
    assert response.json()["errors"][0]["name"] == "cursor"


def test_presets_come_in_pages_too(world: World) -> None:
    (whole,) = world.control_pages("/faults", presets="true")

    assert [preset for (preset,) in world.control_pages("/faults", presets="true", limit=1)] == whole


@pytest.mark.parametrize("deleted", ["false", "true"])
def test_accounts_are_filtered_before_they_are_paged(empty: World, deleted: str) -> None:
    for number in range(12):
        account = empty.make(
            username=f"{'needle' if number % 3 else 'hay'}-{number}", platform=("x", "facebook")[number % 2]
        )
        if number % 4 == 0:
            empty.delete(account["id"])
    query = {"q": "needle", "platform": "x", "deleted": deleted}
    (whole,) = empty.control_pages("/accounts", **query)
    pages = empty.control_pages("/accounts", **query, limit=1)

    assert len(whole) == {"false": 2, "true": 4}[deleted]
    assert [account for (account,) in pages] == whole


def test_requests_are_filtered_before_they_are_paged(world: World) -> None:
    world.call("GET", "/first")
    first = world.requests()[0]["id"]
    for _ in range(3):
        world.page()
        world.call("GET", "/nothing")
    query = {"since": first, "status": "404"}
    (whole,) = world.control_pages("/requests", **query)

    assert len(whole) == 3
    assert [entry for (entry,) in world.control_pages("/requests", **query, limit=1)] == whole[::-1]


def test_events_are_filtered_before_they_are_paged(world: World) -> None:
    for _ in range(3):
        session = world.session()
        (account,) = world.finalize(session["session_token"], session["pages"][0]["id"])
        world.delete(account["id"])
    (whole,) = world.control_pages("/events", event="account.connected")

    assert len(whole) == 3
    assert [event for (event,) in world.control_pages("/events", event="account.connected", limit=1)] == whole[::-1]


def test_page_ends_after_a_mebibyte(empty: World) -> None:
    name = "n" * 1000
    tokens = [empty.session(pages=[{"name": name}] * 500)["session_token"] for _ in range(5)]
    responses = [empty.control_response("GET", "/sessions")]
    while (cursor := responses[-1].json()["next_cursor"]) is not None:
        responses.append(empty.control_response("GET", f"/sessions?cursor={cursor}"))
    pages = [[session["session_token"] for session in response.json()["data"]] for response in responses]

    assert [token for page in reversed(pages) for token in page] == tokens
    assert [len(page) for page in pages] == [2, 2, 1]
    assert all(MEBIBYTE <= len(response.content) < 2 * MEBIBYTE for response in responses[:-1])


def test_worlds_come_in_pages(start: Start) -> None:
    mock = start("--clock", f"{NOW},frozen")
    names = ["one", "two", "three"]
    for name in names:
        mock.world(name).page()
    names.append("demo")  # which is listed before it is made
    pages = [[world["name"] for world in page] for page in mock.world("one").control_pages("/worlds", limit=2)]

    assert [name for page in reversed(pages) for name in page] == names
    assert [len(page) for page in pages] == [2, 2]
