"""The client follows the cursors of lists."""

from __future__ import annotations

from tests.support.world import World

from postfuze_mock.client import Mock


def test_list_that_is_newest_first_is_complete(mock: Mock, world: World) -> None:
    ids = [account["id"] for account in world.walk()]

    assert len(ids) == 120
    assert [account["id"] for account in mock.search_accounts()] == ids
    assert [account["id"] for account in mock.search_accounts(limit=110)] == ids[:110]


def test_list_that_is_oldest_first_is_complete_and_in_order(mock: Mock) -> None:
    state = mock.get_state()
    session = mock.create_session("facebook", 2) | {"expires_at": None}
    tokens = [f"token-{number}" for number in range(2500)]
    mock.put_state({**state, "sessions": [{**session, "session_token": token} for token in tokens]})

    assert [each["session_token"] for each in mock.list_sessions()] == tokens
    assert [each["session_token"] for each in mock.list_sessions(limit=1200)] == tokens[-1200:]


def test_filters_apply_to_all_pages(mock: Mock, world: World) -> None:
    for number in range(250):
        world.call("GET", f"/{'nothing' if number % 2 else 'health'}")

    assert len(mock.list_requests(status=404)) == 125
    assert len(mock.list_requests()) == 250


def test_snapshots_of_ten_years_are_complete(mock: Mock, world: World) -> None:
    id = mock.create_account(behaviour={"snapshots": 3650})["id"]

    assert mock.list_snapshots(id) == world.series(id)
    assert [each["captured_at"] for each in mock.list_snapshots(id, limit=2)] == [
        each["captured_at"] for each in world.series(id)[-2:]
    ]


def test_call_among_many_is_asserted(mock: Mock, world: World) -> None:
    world.page(limit=7)
    for _ in range(150):
        world.call("GET", "/nothing")

    mock.assert_called("listSocialAccounts", times=1, query={"limit": 7})
