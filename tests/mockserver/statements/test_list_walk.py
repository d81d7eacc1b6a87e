"""List accounts: walking the pages."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.times import NOW, later
from tests.support.world import World


def ids(accounts: list[dict[str, Any]]) -> list[str]:
    return [account["id"] for account in accounts]


def rest(world: World, page: dict[str, Any], limit: int = 10) -> list[str]:
    """The ids of the accounts after `page`."""
    rows: list[str] = []
    while page["next_cursor"] is not None:
        page = world.page(limit=limit, cursor=page["next_cursor"])
        rows += ids(page["data"])
    return rows


@pytest.mark.statement("list.walk-complete")
@pytest.mark.parametrize("limit", [1, 2, 7, 25, 40, 99])
def test_walk_shows_every_account_exactly_once_whatever_the_limit(world: World, limit: int) -> None:
    walked = world.walk(limit)

    assert len(set(ids(walked))) == len(walked) == 120
    assert walked == world.walk(100)


@pytest.mark.statement("list.walk-complete")
def test_walk_shows_the_accounts_of_the_world(world: World) -> None:
    assert sorted(ids(world.walk(11))) == sorted(each["account"]["id"] for each in world.state()["accounts"])


@pytest.mark.statement("list.walk-complete")
def test_limit_may_change_from_page_to_page(world: World) -> None:
    whole = ids(world.walk())
    first = world.page(limit=3)
    second = world.page(limit=100, cursor=first["next_cursor"])

    assert ids(first["data"]) + ids(second["data"]) == whole[:103]


@pytest.mark.statement("list.walk-complete")
def test_same_cursor_gives_the_same_page_again(world: World) -> None:
    cursor = world.page()["next_cursor"]

    assert world.page(cursor=cursor) == world.page(cursor=cursor)


@pytest.mark.statement("list.walk-complete", "list.ties-by-id")
@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_walk_through_tied_accounts_shows_each_once(empty: World, limit: int) -> None:
    ids_made = {empty.make(created_at=NOW)["id"] for _ in range(10)}

    assert sorted(ids(empty.walk(limit))) == sorted(ids_made)


@pytest.mark.statement("list.walk-complete")
@pytest.mark.parametrize("limit", [1, 3, 25])
def test_walk_with_a_filter_shows_every_match_exactly_once(world: World, limit: int) -> None:
    matches = [account for account in world.walk() if account["platform"] == "facebook"]

    assert len(matches) > 3
    assert world.walk(limit, platform="facebook") == matches


@pytest.mark.statement("list.walk-complete")
def test_cursor_continues_under_another_filter(world: World) -> None:
    """A cursor is only a position; the caller repeats the filters."""
    walked = world.walk()
    cursor = world.page(limit=60)["next_cursor"]

    assert world.page(cursor=cursor, platform="x", limit=100)["data"] == [
        account for account in walked[60:] if account["platform"] == "x"
    ]


@pytest.mark.statement("list.walk-steady")
def test_new_accounts_do_not_shift_a_walk(world: World) -> None:
    before = ids(world.walk())
    page = world.page(limit=10)
    for _ in range(15):
        world.make()

    assert ids(page["data"]) + rest(world, page) == before


@pytest.mark.statement("list.walk-steady")
def test_accounts_created_ahead_of_a_walk_appear_in_it(world: World) -> None:
    before = ids(world.walk())
    page = world.page(limit=10)
    id = world.make(created_at="2001-01-01T00:00:00.000Z")["id"]

    assert ids(page["data"]) + rest(world, page) == [*before, id]


@pytest.mark.statement("list.walk-steady")
def test_accounts_deleted_behind_a_walk_do_not_shift_it(world: World) -> None:
    before = ids(world.walk())
    page = world.page(limit=10)
    for id in before[:10]:
        world.delete(id)

    assert rest(world, page) == before[10:]


@pytest.mark.statement("list.walk-steady", "list.deleted-excluded")
def test_only_accounts_deleted_ahead_of_a_walk_are_left_out(world: World) -> None:
    before = ids(world.walk())
    page = world.page(limit=10)
    for id in before[12:40:3]:
        world.delete(id)

    deleted = set(before[12:40:3])
    assert rest(world, page) == [id for id in before[10:] if id not in deleted]


@pytest.mark.statement("list.walk-steady")
def test_walk_continues_after_the_account_of_its_cursor_is_deleted(world: World) -> None:
    before = ids(world.walk())
    page = world.page(limit=10)
    world.delete(before[9])

    assert rest(world, page) == before[10:]


@pytest.mark.statement("list.walk-steady", "list.ties-by-id")
def test_changes_among_tied_accounts_do_not_disturb_a_walk(empty: World) -> None:
    before = sorted((empty.make(created_at=NOW)["id"] for _ in range(20)), reverse=True)
    page = empty.page(limit=10)
    empty.delete(before[9])
    empty.delete(before[15])
    empty.make(created_at=NOW, id="ffffffff-ffff-4fff-bfff-ffffffffffff")
    last = empty.make(created_at=NOW, id="00000000-0000-4000-8000-000000000001")["id"]

    assert rest(empty, page, limit=3) == [*before[10:15], *before[16:], last]


@pytest.mark.statement("list.walk-steady")
def test_account_changed_during_a_walk_appears_once(world: World) -> None:
    before = ids(world.walk())
    page = world.page(limit=10)
    world.advance(days=1)
    world.patch(before[5], username="seen")
    world.patch(before[50], username="to_be_seen")

    assert ids(page["data"]) + rest(world, page) == before


@pytest.mark.statement("list.walk-steady")
def test_account_connected_during_a_walk_does_not_shift_it(world: World) -> None:
    before = ids(world.walk())
    page = world.page(limit=10)
    world.advance(seconds=1)
    session = world.session()
    world.finalize(session["session_token"], *ids(session["pages"]))

    assert ids(page["data"]) + rest(world, page) == before
    assert len(world.walk()) == 122


@pytest.mark.statement("list.walk-steady")
def test_changes_do_not_disturb_a_filtered_walk(empty: World) -> None:
    created = [empty.make(platform=platform, created_at=later(minutes=-n))["id"] for n, platform in _alternating(20)]
    page = empty.page(limit=3, platform="x")
    empty.delete(created[0])
    empty.delete(created[8])
    empty.make(platform="x")

    rows = ids(empty.page(limit=100, platform="x", cursor=page["next_cursor"])["data"])
    assert rows == [id for id in created[6::2] if id != created[8]]


def _alternating(count: int) -> list[tuple[int, str]]:
    return [(n, "x" if n % 2 == 0 else "reddit") for n in range(count)]
