"""The control API: searching accounts, their internal fields, disconnecting them."""

from __future__ import annotations

from typing import Any, cast

import pytest
from tests.support import schemas
from tests.support.times import NOW, later
from tests.support.world import Json, World

ID = "a1b2c3d4-1111-4a9f-9b1c-2e7d6f0a1234"
USUAL = {"platform": "reachable", "identity": "ok", "refresh": "ok", "snapshots": 0}
SEARCHED: dict[str, str] = {
    "id": ID,
    "username": "Needle-user",
    "display_name": "Ünder the Needle",
    "network_unique_id": "urn:needle:7",
    "tenant_id": "tenant_needle",
}


def search(world: World, query: str = "") -> list[Json]:
    return cast(list[Json], world.control("GET", f"/accounts?{query}")["data"])


def ids(world: World, query: str = "") -> list[str]:
    return [account["id"] for account in search(world, query)]


def test_account_is_shown_with_its_behaviour_and_whether_it_was_deleted(empty: World) -> None:
    account = empty.make(id=ID, behaviour={"refresh": "fails", "snapshots": 3})
    (row,) = search(empty)

    assert row == {**account, "behaviour": {**USUAL, "refresh": "fails", "snapshots": 3}, "deleted": False}
    schemas.check("SocialAccount", {name: row[name] for name in account})


def test_default_behaviour_is_shown_completely(empty: World) -> None:
    empty.make()

    assert search(empty)[0]["behaviour"] == USUAL


def test_shown_behaviour_can_be_sent_back_unchanged(world: World) -> None:
    (row,) = search(world, "limit=1")
    world.patch(row["id"], behaviour=row["behaviour"], updated_at=row["updated_at"])

    assert search(world, "limit=1") == [row]


def test_search_returns_the_newest_hundred_by_default(world: World) -> None:
    everything = [account["id"] for account in world.walk()]

    assert ids(world) == everything[:100]
    assert ids(world, "limit=3") == everything[:3]
    assert ids(world, "limit=1000") == everything


@pytest.mark.parametrize("field", SEARCHED)
def test_text_is_found_in_each_field_in_any_case(world: World, field: str) -> None:
    world.make(**{field: SEARCHED[field]})
    part = SEARCHED[field][:-1].swapcase()

    assert [account[field] for account in search(world, f"q={part}")] == [SEARCHED[field]]


def test_unknown_text_finds_nothing(world: World) -> None:
    assert search(world, "q=no+such+account") == []


def test_null_fields_match_no_text(empty: World) -> None:
    empty.make(tenant_id=None, username=None, display_name=None)

    assert search(empty, "q=None") == search(empty, "q=null") == []


@pytest.mark.parametrize("name", ["status", "platform"])
def test_filter_returns_exactly_the_matching_accounts(world: World, name: str) -> None:
    for value in {account[name] for account in world.walk()}:
        matching = [account["id"] for account in world.walk() if account[name] == value]
        assert ids(world, f"{name}={value}&limit=1000") == matching


def test_filters_combine_with_and(empty: World) -> None:
    needle = empty.make(username="needle", platform="x", status="revoked")
    for other in ({"username": "hay"}, {"platform": "reddit"}, {"status": "active"}):
        empty.make(**{"username": "needle", "platform": "x", "status": "revoked"} | other)

    assert ids(empty, "q=needle&platform=x&status=revoked") == [needle["id"]]


def test_deleted_accounts_are_shown_only_on_request(empty: World) -> None:
    account = empty.make(created_at=later(days=-1))
    deleted_account = empty.make(username="gone")
    empty.delete(deleted_account["id"])

    assert ids(empty) == [account["id"]]
    assert ids(empty, "deleted=true") == [deleted_account["id"], account["id"]]
    assert [row["deleted"] for row in search(empty, "deleted=true")] == [True, False]
    assert ids(empty, "deleted=true&q=gone&status=disabled") == [deleted_account["id"]]


def test_search_changes_nothing(world: World) -> None:
    before = world.state()
    search(world, "q=a&deleted=true")

    assert world.state() == before


def test_search_is_limited_to_one_world(world: World, other: World) -> None:
    other.make(id=ID)

    assert ids(other, f"q={ID}") == [ID]
    assert ids(world, f"q={ID}&deleted=true") == []


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=many", "limit"),
        ("deleted=perhaps", "deleted"),
        ("platform=myspace", "platform"),
    ],
)
def test_invalid_search_is_refused_with_the_name_of_the_parameter(world: World, query: str, name: str) -> None:
    response = world.control_response("GET", f"/accounts?{query}")

    assert response.status_code == 400
    assert [error["name"] for error in response.json()["errors"]] == [name]


def test_account_by_id_is_shown_as_in_the_search(world: World) -> None:
    world.make(id=ID, behaviour={"identity": "unauthorized"})

    assert world.control("GET", f"/accounts/{ID.upper()}") == search(world, f"q={ID}")[0]


def test_disconnected_account_is_still_shown_by_its_id(world: World) -> None:
    world.make(id=ID)
    world.delete(ID)

    assert world.control("GET", f"/accounts/{ID}")["deleted"] is True


def test_unknown_account_gets_404(world: World, other: World) -> None:
    other.make(id=ID)

    assert world.control_response("GET", f"/accounts/{ID}").status_code == 404


def test_account_is_disconnected_as_by_the_api(world: World) -> None:
    account = world.make(id=ID)
    response = world.control_response("DELETE", f"/accounts/{ID.upper()}")

    assert (response.status_code, response.json()) == (200, {"id": ID, "deleted": True})
    assert world.get_response(ID).status_code == 404
    assert [event["event"] for event in world.events()] == ["account.disconnected"]
    assert world.events()[0]["data"] == {**account, "status": "disabled"}


def test_key_without_scopes_may_disconnect_by_the_control_api(world: World) -> None:
    world.make(id=ID)

    assert world.control_response("DELETE", f"/accounts/{ID}", key=world.readonly_key).status_code == 200


def test_account_is_disconnected_once(world: World) -> None:
    world.make(id=ID)
    world.control("DELETE", f"/accounts/{ID}")
    before = world.state()

    assert world.control_response("DELETE", f"/accounts/{ID}").status_code == 404
    assert world.state() == before


def test_account_of_another_world_is_not_disconnected(world: World, other: World) -> None:
    other.make(id=ID)

    assert world.control_response("DELETE", f"/accounts/{ID}").status_code == 404
    assert other.get_response(ID).status_code == 200


def snapshots(world: World, query: str = "") -> list[Json]:
    return cast(list[Json], world.control("GET", f"/accounts/{ID}/snapshots?{query}")["data"])


def test_snapshots_are_those_of_the_series(world: World) -> None:
    world.make(id=ID, behaviour={"snapshots": 5})
    world.store_snapshots(ID, {"captured_at": NOW, "followers": 7})

    assert snapshots(world) == world.series(ID)
    assert snapshots(world, "limit=2") == world.series(ID)[-2:]


def test_account_without_snapshots_has_an_empty_list(world: World) -> None:
    world.make(id=ID)

    assert snapshots(world) == []


def test_snapshots_of_a_disconnected_account_can_still_be_seen(world: World) -> None:
    world.make(id=ID, behaviour={"snapshots": 2})
    world.delete(ID)

    assert len(snapshots(world)) == 2


def test_snapshots_of_an_unknown_account_get_404(world: World, other: World) -> None:
    other.make(id=ID)

    assert world.control_response("GET", f"/accounts/{ID}/snapshots").status_code == 404


@pytest.mark.parametrize("limit", ["0", "1001", "all"])
def test_invalid_number_of_snapshots_is_refused(world: World, limit: str) -> None:
    world.make(id=ID)
    response: Any = world.control_response("GET", f"/accounts/{ID}/snapshots?limit={limit}")

    assert response.status_code == 400
    assert response.json()["errors"][0]["name"] == "limit"
