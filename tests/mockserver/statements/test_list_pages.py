"""List accounts: what a page is, and in which order."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.times import NOW, later
from tests.support.world import World


def newest_first(accounts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The documented order: `(created_at desc, id desc)`."""
    return sorted(accounts, key=lambda account: (account["created_at"], account["id"]), reverse=True)


@pytest.mark.statement("list.envelope")
def test_page_has_only_data_and_next_cursor(world: World) -> None:
    page = world.page()

    assert list(page) == ["data", "next_cursor"]
    assert isinstance(page["data"], list)
    assert isinstance(page["next_cursor"], str)


@pytest.mark.statement("list.default-25")
def test_page_without_a_limit_holds_25(world: World) -> None:
    assert len(world.page()["data"]) == 25
    assert world.page() == world.page(limit=25)


@pytest.mark.statement("list.limit-100")
@pytest.mark.parametrize("limit", [1, 2, 24, 26, 99, 100])
def test_page_holds_as_many_as_the_limit_says(world: World, limit: int) -> None:
    assert len(world.page(limit=limit)["data"]) == limit


@pytest.mark.statement("list.limit-100")
def test_last_page_holds_the_remaining_accounts(empty: World) -> None:
    ids = [empty.make()["id"] for _ in range(3)]

    assert {account["id"] for account in empty.page(limit=100)["data"]} == set(ids)


@pytest.mark.statement("list.limit-100", "errors.validation")
@pytest.mark.assumption("limit.below-range", "refused")
@pytest.mark.assumption("limit.above-range", "refused")
@pytest.mark.parametrize("limit", [0, -1, 101, 1000, 10**30])
def test_limit_out_of_range_is_refused(world: World, limit: int) -> None:
    response = world.list_response({"limit": limit})

    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert (error["in"], error["name"]) == ("query", "limit")


@pytest.mark.statement("list.newest-first")
def test_accounts_are_ordered_newest_first_within_a_page(world: World) -> None:
    created = [account["created_at"] for account in world.page(limit=100)["data"]]

    assert created == sorted(created, reverse=True)
    assert len(set(created)) > 50


@pytest.mark.statement("list.newest-first")
def test_accounts_are_ordered_newest_first_from_page_to_page(world: World) -> None:
    walked = world.walk(limit=7)

    assert walked == newest_first(walked)


@pytest.mark.statement("list.newest-first")
def test_new_account_comes_first(world: World) -> None:
    account = world.make()

    assert account["created_at"] == NOW
    assert world.page(limit=1)["data"] == [account]


@pytest.mark.statement("list.newest-first")
def test_changing_an_account_does_not_move_it(world: World) -> None:
    before = [account["id"] for account in world.walk()]
    world.advance(hours=1)
    world.patch(before[-1], username="changed")
    world.health(before[60])
    world.metrics(before[90])

    assert [account["id"] for account in world.walk()] == before


@pytest.mark.statement("list.ties-by-id")
@pytest.mark.assumption("account.created-precision", "as-kept")
def test_accounts_of_equal_created_at_are_ordered_by_descending_id(empty: World) -> None:
    ids = [empty.make(created_at=NOW)["id"] for _ in range(30)]

    assert [account["id"] for account in empty.walk()] == sorted(ids, reverse=True)


@pytest.mark.statement("list.ties-by-id")
def test_ties_of_a_generated_world_are_ordered(world: World) -> None:
    walked = world.walk()

    assert len({account["created_at"] for account in walked}) < len(walked)
    assert walked == newest_first(walked)


@pytest.mark.statement("list.ties-by-id")
def test_same_instant_written_with_another_offset_is_a_tie(empty: World) -> None:
    ids = [empty.make(created_at=at)["id"] for at in [NOW, "2026-06-14T14:10:00+02:00", "2026-06-14T12:10:00Z"] * 3]

    assert [account["id"] for account in empty.walk()] == sorted(ids, reverse=True)


@pytest.mark.statement("list.null-at-end")
@pytest.mark.parametrize("limit", [1, 5, 25, 60, 100])
def test_next_cursor_is_null_only_on_the_last_page(world: World, limit: int) -> None:
    count, page = 0, world.page(limit=limit)
    while page["next_cursor"] is not None:
        count += len(page["data"])
        assert count < 120
        page = world.page(limit=limit, cursor=page["next_cursor"])

    assert count + len(page["data"]) == 120


@pytest.mark.statement("list.null-at-end")
@pytest.mark.assumption("list.end", "null")
def test_next_cursor_is_null_on_an_exactly_full_last_page(empty: World) -> None:
    for _ in range(4):
        empty.make()
    first = empty.page(limit=2)
    second = empty.page(limit=2, cursor=first["next_cursor"])

    assert len(second["data"]) == 2
    assert second["next_cursor"] is None
    assert empty.page(limit=4)["next_cursor"] is None


@pytest.mark.statement("list.null-at-end")
def test_cursor_leads_to_an_empty_page_if_the_rest_was_deleted(empty: World) -> None:
    older = empty.make(created_at=later(days=-1))
    empty.make()
    cursor = empty.page(limit=1)["next_cursor"]
    empty.delete(older["id"])

    assert empty.page(limit=1, cursor=cursor) == {"data": [], "next_cursor": None}


@pytest.mark.statement("list.empty")
def test_world_without_accounts_has_an_empty_page(empty: World) -> None:
    assert empty.page() == {"data": [], "next_cursor": None}


@pytest.mark.statement("list.empty")
def test_filter_without_matches_gives_an_empty_page(world: World) -> None:
    assert world.page(tenant_id="nobody") == {"data": [], "next_cursor": None}


@pytest.mark.statement("list.deleted-excluded")
def test_world_of_deleted_accounts_has_an_empty_page(empty: World) -> None:
    for _ in range(3):
        empty.delete(empty.make()["id"])

    assert empty.page() == {"data": [], "next_cursor": None}
