"""The control API: lists tell how many entries there are on all pages, and count cheaply."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from tests.mockserver.conftest import Start
from tests.support.times import later
from tests.support.world import World

ID = "a1b2c3d4-1111-4a9f-9b1c-2e7d6f0a1234"


def total(world: World, path: str, **query: str) -> int:
    """The total of a page with one entry, which must equal the number of entries on all pages."""
    first = world.control("GET", f"{path}?{urlencode({**query, 'limit': 1})}")
    pages = world.control_pages(path, **query)
    assert first["total"] == sum(len(page) for page in pages)
    return int(first["total"])


@pytest.mark.parametrize(
    ("query", "number"),
    [({}, 5), ({"deleted": "true"}, 6), ({"platform": "x"}, 4), ({"q": "needle"}, 2), ({"status": "revoked"}, 1)],
    ids=str,
)
def test_accounts_that_match_are_counted(empty: World, query: dict[str, str], number: int) -> None:
    empty.make(username="needle-1", status="revoked")
    empty.make(username="needle-2", platform="facebook")
    for _ in range(3):
        empty.make()
    empty.delete(empty.make(username="gone", platform="tiktok")["id"])

    assert total(empty, "/accounts", **query) == number


def test_count_follows_each_change(empty: World) -> None:
    account = empty.make(username="needle")
    assert total(empty, "/accounts", q="needle") == 1
    empty.make(username="needle-2")
    assert total(empty, "/accounts", q="needle") == 2
    empty.patch(account["id"], username="other")

    assert total(empty, "/accounts", q="needle") == 1


def test_sessions_snapshots_events_and_inbox_are_counted(empty: World) -> None:
    empty.make(id=ID, behaviour={"snapshots": 3})
    empty.store_snapshots(ID, *({"captured_at": later(days=day), "followers": 1} for day in (1, 2)))
    for _ in range(3):
        empty.session()
    for _ in range(2):
        empty.delete(empty.make()["id"])
    assert total(empty, f"/accounts/{ID}/snapshots") == 5
    assert total(empty, "/sessions") == 3
    assert total(empty, "/events") == 2

    assert total(empty, "/events", event="account.connected") == 0
    assert empty.control("GET", f"/inbox/{empty.name}")["total"] == 0


def test_worlds_are_found_by_a_part_of_their_name_and_counted(start: Start) -> None:
    mock = start()
    for name in ("needle-a", "needle-b", "other"):
        mock.world(name).page()

    assert total(mock.world("other"), "/worlds", q="NEEDLE") == 2
    assert total(mock.world("other"), "/worlds") == 4  # and demo, which is not made yet


def test_large_world_does_not_count_what_it_would_have_to_read(empty: World) -> None:
    empty.reset(world={"generate": 20_001})

    assert empty.control("GET", "/accounts?limit=1&platform=x")["total"] is None
    assert empty.control("GET", "/accounts?limit=1")["total"] == 20_001
