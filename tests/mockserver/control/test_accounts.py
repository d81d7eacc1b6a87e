"""The control API: creating and changing accounts, storing snapshots."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support import schemas
from tests.support.times import NOW, later
from tests.support.world import World

ID = "a1b2c3d4-1111-4a9f-9b1c-2e7d6f0a1234"
FIELDS: dict[str, Any] = {
    "id": ID,
    "platform": "linkedin",
    "tenant_id": "tenant_42",
    "social_network_id": "f3c1b0a2-8d4e-4a9f-9b1c-2e7d6f0a1234",
    "network_unique_id": "urn:li:organization:1",
    "username": "acme",
    "display_name": "Acme Inc. 🦄",
    "profile_image_url": "https://example.com/a.png",
    "account_type": "organization",
    "status": "under_review",
    "scopes": ["one", "two"],
    "token_expires_at": "2026-07-01T00:00:00.000Z",
    "last_synced_at": "2026-06-02T00:00:00.000Z",
    "created_at": "2026-06-01T00:00:00.000Z",
    "updated_at": "2026-06-03T00:00:00.000Z",
}
NULLABLE = [
    "tenant_id",
    "username",
    "display_name",
    "profile_image_url",
    "account_type",
    "token_expires_at",
    "last_synced_at",
]
BAD_FIELDS: list[tuple[dict[str, Any], str]] = [
    ({"id": "x"}, "/id"),
    ({"platform": "myspace"}, "/platform"),
    ({"platform": None}, "/platform"),
    ({"username": 7}, "/username"),
    ({"scopes": "x"}, "/scopes"),
    ({"scopes": [None]}, "/scopes/0"),
    ({"created_at": "yesterday"}, "/created_at"),
    ({"created_at": "2026-02-30T00:00:00Z"}, "/created_at"),
    ({"created_at": None}, "/created_at"),
    ({"token_expires_at": 1}, "/token_expires_at"),
    ({"status": None}, "/status"),
    ({"profile_image_url": "not a url"}, "/profile_image_url"),
    ({"unknown": 1}, ""),
    ({"behaviour": None}, "/behaviour"),
    ({"behaviour": {"platform": "maybe"}}, "/behaviour/platform"),
    ({"behaviour": {"identity": "fails"}}, "/behaviour/identity"),
    ({"behaviour": {"refresh": True}}, "/behaviour/refresh"),
    ({"behaviour": {"snapshots": -1}}, "/behaviour/snapshots"),
    ({"behaviour": {"snapshots": 1.5}}, "/behaviour/snapshots"),
    ({"behaviour": {"snapshots": 10**9}}, "/behaviour/snapshots"),
    ({"behaviour": {"speed": 1}}, "/behaviour"),
]
BAD_SNAPSHOTS: list[tuple[Any, str]] = [
    ({}, ""),
    ({"snapshots": []}, "/snapshots"),
    ({"snapshots": {}}, "/snapshots"),
    ({"snapshots": [{}]}, "/snapshots/0"),
    ({"snapshots": [{"captured_at": "noon"}]}, "/snapshots/0/captured_at"),
    ({"snapshots": [{"captured_at": NOW}, {"captured_at": NOW, "followers": "many"}]}, "/snapshots/1/followers"),
    ({"snapshots": [{"captured_at": NOW, "followers": -1}]}, "/snapshots/0/followers"),
    ({"snapshots": [{"captured_at": NOW, "raw": []}]}, "/snapshots/0/raw"),
    ({"snapshots": [{"captured_at": NOW, "likes": 1}]}, "/snapshots/0"),
]


def test_account_is_created_with_201_and_shown_as_by_the_api(world: World) -> None:
    response = world.control_response("POST", "/accounts", {})

    assert response.status_code == 201
    assert world.get(response.json()["id"]) == response.json()


def test_every_field_can_be_set(world: World) -> None:
    assert world.make(**FIELDS) == FIELDS
    assert world.get(ID) == FIELDS


@pytest.mark.parametrize("field", FIELDS)
def test_each_field_can_be_set_alone_and_the_rest_is_generated(world: World, field: str) -> None:
    account = world.make(**{field: FIELDS[field]})

    assert account[field] == FIELDS[field]
    schemas.check("SocialAccount", account)


@pytest.mark.parametrize("field", NULLABLE)
def test_nullable_field_can_be_set_to_null(world: World, field: str) -> None:
    assert world.make(**{field: None})[field] is None


@pytest.mark.parametrize("platform", ["x", "linkedin", "youtube", "google_business", "reddit"])
def test_generated_fields_are_plausible(world: World, platform: str) -> None:
    account = world.make(platform=platform)
    generated = world.page(platform=platform, limit=2)["data"][1]

    assert (account["platform"], account["status"], account["created_at"], account["updated_at"]) == (
        platform,
        "active",
        NOW,
        NOW,
    )
    assert account["social_network_id"] == generated["social_network_id"]
    assert account["scopes"] == generated["scopes"]
    assert account["token_expires_at"] is None or account["token_expires_at"] > NOW
    assert world.health(account["id"])["healthy"] is True


def test_platform_is_x_by_default(world: World) -> None:
    assert world.make()["platform"] == "x"


def test_equal_requests_create_different_accounts(world: World) -> None:
    first, second = world.make(), world.make()

    assert first["id"] != second["id"]
    assert first["network_unique_id"] != second["network_unique_id"]


def test_timestamps_accept_any_offset_and_are_shown_in_utc(world: World) -> None:
    account = world.make(created_at="2026-06-01T02:00:00+02:00", token_expires_at="2026-07-01T00:00:00Z")

    assert (account["created_at"], account["token_expires_at"]) == (
        "2026-06-01T00:00:00.000Z",
        "2026-07-01T00:00:00.000Z",
    )


@pytest.mark.parametrize("again", [ID, ID.upper()])
def test_existing_id_is_refused_with_409(world: World, again: str) -> None:
    account = world.make(id=ID)
    response = world.control_response("POST", "/accounts", {"id": again, "username": "another"})

    assert (response.status_code, response.json()["code"]) == (409, "conflict")
    assert world.get(ID) == account


def test_id_in_upper_case_is_the_same_id(world: World) -> None:
    assert world.make(id=ID.upper())["id"] == ID
    assert world.patch(ID.upper(), username="changed")["id"] == ID


@pytest.mark.parametrize(("fields", "pointer"), BAD_FIELDS, ids=str)
def test_invalid_account_is_refused_with_its_place(world: World, fields: dict[str, Any], pointer: str) -> None:
    before = world.state()
    response = world.control_response("POST", "/accounts", fields)

    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"].startswith(pointer)
    assert world.state() == before


@pytest.mark.parametrize(("fields", "pointer"), BAD_FIELDS, ids=str)
def test_invalid_change_is_refused_with_its_place(world: World, fields: dict[str, Any], pointer: str) -> None:
    world.make(id=ID)
    before = world.state()
    response = world.control_response("PATCH", f"/accounts/{ID}", fields)

    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"].startswith(pointer)
    assert world.state() == before


@pytest.mark.parametrize("field", sorted(FIELDS.keys() - {"id", "updated_at"}))
def test_each_field_can_be_changed_alone(world: World, field: str) -> None:
    account = world.make(id=ID, created_at="2020-01-01T00:00:00.000Z")
    world.advance(minutes=1)
    changed = world.patch(ID, **{field: FIELDS[field]})

    assert changed == {**account, field: FIELDS[field], "updated_at": later(minutes=1)}
    assert world.get(ID) == changed


def test_updated_at_can_be_set(world: World) -> None:
    world.make(id=ID)

    assert world.patch(ID, updated_at="2027-01-01T00:00:00.000Z")["updated_at"] == "2027-01-01T00:00:00.000Z"


def test_id_cannot_be_changed(world: World) -> None:
    account = world.make()
    response = world.control_response("PATCH", f"/accounts/{account['id']}", {"id": ID})

    assert response.status_code == 400
    assert [error["pointer"] for error in response.json()["errors"]] == ["/id"]
    assert world.control("PATCH", f"/accounts/{account['id']}", {"id": account["id"]}) == account


def test_new_created_at_moves_the_account_in_the_list(empty: World) -> None:
    first, second = empty.make(created_at=later(days=-1)), empty.make()
    empty.patch(second["id"], created_at=later(days=-2))

    assert [account["id"] for account in empty.walk(limit=1)] == [first["id"], second["id"]]


def test_behaviour_changes_one_by_one(world: World) -> None:
    world.make(id=ID, behaviour={"platform": "unreachable", "snapshots": 3})
    world.patch(ID, behaviour={"identity": "unauthorized"})
    assert world.metrics(ID)["source"] == "snapshot"
    assert len(world.series(ID)) == 3
    world.patch(ID, behaviour={"platform": "reachable"})

    assert world.metrics(ID)["source"] == "live"
    assert world.health(ID)["error_code"] == "unauthorized"


def test_number_of_snapshots_can_be_changed(world: World) -> None:
    world.make(id=ID)
    for count in (5, 2, 0):
        world.patch(ID, behaviour={"snapshots": count})
        assert len(world.series(ID)) == count


def test_unknown_and_deleted_accounts_get_404(world: World) -> None:
    snapshots = {"snapshots": [{"captured_at": NOW}]}
    deleted = world.make()["id"]
    world.delete(deleted)
    for id in (ID, deleted):
        assert world.control_response("PATCH", f"/accounts/{id}", {"username": "x"}).status_code == 404
        assert world.control_response("POST", f"/accounts/{id}/snapshots", snapshots).status_code == 404


def test_account_of_another_world_gets_404(world: World, other: World) -> None:
    other.make(id=ID)

    assert world.control_response("PATCH", f"/accounts/{ID}", {"username": "x"}).status_code == 404


def test_snapshots_are_stored_with_201_and_shown_oldest_first(world: World) -> None:
    world.make(id=ID)
    snapshots = [{"captured_at": at, "followers": n} for n, at in enumerate([NOW, later(days=-2), later(days=-1)])]
    response = world.control_response("POST", f"/accounts/{ID}/snapshots", {"snapshots": snapshots})

    assert response.status_code == 201
    assert [each["captured_at"] for each in response.json()["data"]] == [later(days=-2), later(days=-1), NOW]
    assert [each["followers"] for each in world.series(ID)] == [1, 2, 0]


def test_snapshot_has_exactly_the_metrics_of_the_request(world: World) -> None:
    world.make(id=ID)
    world.store_snapshots(ID, {"captured_at": NOW, "reach": 3, "impressions": 9.5})

    assert world.series(ID) == [
        {"social_account_id": ID, "network": "x", "impressions": 9.5, "reach": 3, "raw": {}, "captured_at": NOW}
    ]


def test_snapshot_replaces_that_of_the_same_instant(world: World) -> None:
    world.make(id=ID, behaviour={"snapshots": 2})
    at = world.series(ID)[0]["captured_at"]
    for followers in (1, 2):
        world.store_snapshots(ID, {"captured_at": at, "followers": followers})

    assert len(world.series(ID)) == 2
    assert world.series(ID)[0]["followers"] == 2


@pytest.mark.parametrize(("body", "pointer"), BAD_SNAPSHOTS, ids=str)
def test_invalid_snapshot_is_refused_with_its_place(world: World, body: Any, pointer: str) -> None:
    world.make(id=ID)
    response = world.control_response("POST", f"/accounts/{ID}/snapshots", body)

    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"].startswith(pointer)
    assert world.series(ID) == []
