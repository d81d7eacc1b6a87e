"""The social account object."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from tests.support import schemas
from tests.support.times import NOW, moment
from tests.support.world import World

FIELDS: dict[str, tuple[type, ...]] = {
    "id": (str,),
    "platform": (str,),
    "tenant_id": (str, type(None)),
    "social_network_id": (str,),
    "network_unique_id": (str,),
    "username": (str, type(None)),
    "display_name": (str, type(None)),
    "profile_image_url": (str, type(None)),
    "account_type": (str, type(None)),
    "status": (str,),
    "scopes": (list,),
    "token_expires_at": (str, type(None)),
    "last_synced_at": (str, type(None)),
    "created_at": (str,),
    "updated_at": (str,),
}
"""The document's table."""

NULLABLE = [name for name, types in FIELDS.items() if type(None) in types]
TIMESTAMPS = ("token_expires_at", "last_synced_at", "created_at", "updated_at")
PLATFORMS = {
    "x", "linkedin", "instagram", "tiktok", "youtube", "facebook", "threads", "bluesky", "pinterest",
    "google_business", "reddit",
}  # fmt: skip


@pytest.mark.statement("account.fields")
def test_account_has_the_fifteen_documented_fields(world: World) -> None:
    for account in world.walk():
        assert list(account) == list(FIELDS)
        assert all(isinstance(account[name], types) for name, types in FIELDS.items()), account
        assert all(isinstance(scope, str) for scope in account["scopes"])


@pytest.mark.statement("account.fields")
def test_listed_and_retrieved_accounts_follow_the_schema(world: World) -> None:
    for account in world.walk():
        schemas.check("SocialAccount", account)
        schemas.check("SocialAccount", world.get(account["id"]))


@pytest.mark.statement("account.fields")
def test_responses_contain_no_internal_fields(world: World) -> None:
    account = world.make(behaviour={"platform": "unreachable", "identity": "unauthorized", "snapshots": 3})

    assert list(account) == list(world.get(account["id"])) == list(FIELDS)


@pytest.mark.statement("account.nulls")
@pytest.mark.assumption("fields.null", "null")
@pytest.mark.parametrize("field", NULLABLE)
def test_each_nullable_field_is_null_in_some_generated_account(world: World, field: str) -> None:
    values = [account[field] for account in world.walk()]

    assert None in values
    assert any(value is not None for value in values)


@pytest.mark.statement("account.nulls")
@pytest.mark.parametrize("field", sorted(FIELDS.keys() - set(NULLABLE)))
def test_no_other_field_can_be_made_null(world: World, field: str) -> None:
    account = world.make()

    assert world.control_response("PATCH", f"/accounts/{account['id']}", {field: None}).status_code == 400
    assert world.get(account["id"]) == account


@pytest.mark.statement("account.id")
@pytest.mark.assumption("ids.form", "uuid")
def test_no_two_accounts_have_the_same_id(world: World) -> None:
    created = [world.make()["id"] for _ in range(20)]
    connected = [each["id"] for each in world.finalize(*_selection(world.session(pages=20)))]
    ids = [account["id"] for account in world.walk()]

    assert len(ids) == 160
    assert len(set(ids)) == len(ids)
    assert {*created, *connected} <= set(ids)
    assert all(str(UUID(id)) == id for id in ids)


@pytest.mark.statement("account.platform")
@pytest.mark.assumption("account.platform-values", "documented")
def test_generated_world_has_accounts_of_exactly_the_eleven_platforms(world: World) -> None:
    assert {account["platform"] for account in world.walk()} == PLATFORMS


@pytest.mark.statement("account.platform")
def test_account_of_another_platform_is_refused(world: World) -> None:
    assert world.control_response("POST", "/accounts", {"platform": "myspace"}).status_code == 400


@pytest.mark.statement("account.status")
@pytest.mark.assumption("account.status-values", "token-expired-and-revoked")
def test_generated_accounts_cover_every_status(world: World) -> None:
    assert {account["status"] for account in world.walk()} == {"active", "disabled", "token_expired", "revoked"}


@pytest.mark.statement("account.status")
def test_status_is_an_open_string(world: World) -> None:
    account = world.make(status="under_review")

    assert world.get(account["id"])["status"] == "under_review"


@pytest.mark.statement("account.timestamps")
def test_timestamps_are_utc_with_milliseconds(world: World) -> None:
    timestamps = [account[name] for account in world.walk() for name in TIMESTAMPS if account[name] is not None]

    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", each) and moment(each) for each in timestamps)


@pytest.mark.assumption("account.update-order", "not-before")
def test_updated_at_is_between_created_at_and_now(world: World) -> None:
    for account in world.walk():
        assert account["created_at"] <= account["updated_at"] <= NOW


@pytest.mark.statement("account.tenant")
@pytest.mark.parametrize("tenant", ["tenant_42", "Kunde Müller", None])
def test_connected_account_has_the_tenant_of_its_session(world: World, tenant: str | None) -> None:
    session = world.session(tenant_id=tenant)
    (connected,) = world.finalize(session["session_token"], session["pages"][0]["id"])

    assert world.get(connected["id"])["tenant_id"] == tenant


@pytest.mark.statement("account.tenant")
def test_connected_account_has_no_tenant_by_default(world: World) -> None:
    session = world.session()
    (connected,) = world.finalize(session["session_token"], session["pages"][0]["id"])

    assert world.get(connected["id"])["tenant_id"] is None


@pytest.mark.statement("account.social-network")
def test_all_accounts_of_a_platform_share_one_social_network(world: World) -> None:
    for platform in PLATFORMS:
        world.make(platform=platform)
        world.finalize(*_selection(world.session(platform)))
    networks: dict[str, set[str]] = {}
    for account in world.walk():
        networks.setdefault(account["platform"], set()).add(account["social_network_id"])

    assert {len(ids) for ids in networks.values()} == {1}
    assert len({id for ids in networks.values() for id in ids}) == len(PLATFORMS)


@pytest.mark.statement("account.network-unique-id")
@pytest.mark.parametrize("platform", sorted(PLATFORMS))
def test_connected_account_has_the_id_of_its_page(world: World, platform: str) -> None:
    session = world.session(platform, pages=3)
    connected = world.finalize(*_selection(session))

    assert [world.get(each["id"])["network_unique_id"] for each in connected] == _selection(session)[1:]


def _selection(session: dict[str, Any]) -> list[str]:
    """The arguments that finalize a session with all of its pages."""
    return [session["session_token"], *(page["id"] for page in session["pages"])]
