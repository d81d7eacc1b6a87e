"""The control API: the journals of all worlds as one list."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from tests.support.servers import LocalMock
from tests.support.times import NOW, moment
from tests.support.world import Json


@pytest.fixture
def server() -> Iterator[LocalMock]:
    """A mock whose worlds are those of one test; their clocks stand still."""
    mock = LocalMock("--clock", f"{NOW},frozen")
    yield mock
    mock.stop()


def journal(server: LocalMock, **filters: str | int) -> list[Json]:
    """The journal of all worlds, as a reader without a key sees it."""
    entries: list[Json] = server.client("reader").list_requests(all=True, **filters)  # type: ignore[arg-type]
    return entries


def call(server: LocalMock, name: str, path: str = "/social-accounts", suffix: str = "") -> None:
    server.caller(f"sk_test_{name}{suffix}").get(path)


def test_calls_of_all_worlds_are_in_the_order_of_their_responses(server: LocalMock) -> None:
    for name in ("b", "a", "c", "a", "b"):
        call(server, name)

    assert [entry["world"] for entry in journal(server)] == ["b", "a", "c", "a", "b"]


def test_calls_that_opened_no_world_are_among_them_and_still_open_none(server: LocalMock) -> None:
    call(server, "gone", suffix="_revoked")
    call(server, "open")
    server.caller(None).get("/posts")
    entries = journal(server, status="4XX")
    worlds = {world["name"] for world in server.client("reader").list_worlds() if world["made"]}

    assert [(entry["world"], entry["status"]) for entry in entries] == [("gone", 401), ("demo", 404)]
    assert worlds == {"open", "reader"}
    assert [entry["id"] for entry in server.client("gone").list_requests()] == [entries[0]["id"]]


def test_one_world_alone_is_shown_by_default(server: LocalMock) -> None:
    call(server, "a")
    call(server, "b")

    assert len(server.client("a").list_requests()) == 1


def test_filters_and_since_apply_to_all_worlds(server: LocalMock) -> None:
    for name in ("a", "b"):
        call(server, name)
        call(server, name, "/social-accounts?limit=0")
    first = journal(server)[0]["id"]

    assert [entry["world"] for entry in journal(server, status="4XX")] == ["a", "b"]
    assert [(entry["world"], entry["status"]) for entry in journal(server, since=first)] == [
        ("a", 400),
        ("b", 200),
        ("b", 400),
    ]


def test_pages_neither_skip_nor_repeat_a_call(server: LocalMock) -> None:
    for name in "abcab" * 3:
        call(server, name)
    pages = [
        [entry["world"] for entry in page]
        for page in server.world("reader").control_pages("/requests", all=True, limit=4)
    ]

    assert [len(page) for page in pages] == [4, 4, 4, 3]
    assert "".join(name for page in reversed(pages) for name in page) == "abcab" * 3


def test_cursor_of_one_worlds_list_is_refused(server: LocalMock) -> None:
    call(server, "a")
    call(server, "a")
    world = server.world("a")
    cursor = world.control("GET", "/requests?limit=1")["next_cursor"]
    response = world.control_response("GET", f"/requests?all=true&cursor={cursor}")

    assert (response.status_code, response.json()["errors"][0]["name"]) == (400, "cursor")


def test_entry_has_the_real_time_beside_the_worlds(server: LocalMock) -> None:
    before = datetime.now(UTC)
    call(server, "a")
    after = datetime.now(UTC)
    (entry,) = journal(server)

    assert entry["at"] == NOW
    assert before.timestamp() - 0.01 <= moment(entry["received_at"]).timestamp() <= after.timestamp() + 0.01


def test_long_name_is_masked(server: LocalMock) -> None:
    call(server, "a" * 40)

    assert journal(server)[0]["world"] == "aaaaaa…aa"
