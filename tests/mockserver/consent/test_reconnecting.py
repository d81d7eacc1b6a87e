"""Accounts that are connected again."""

from __future__ import annotations

import pytest
from tests.mockserver.consent.flow import TENANT, start
from tests.support.times import later
from tests.support.world import World


@pytest.mark.statement("events.connected")
@pytest.mark.parametrize("status", ["active", "disabled", "revoked", "token_expired"])
def test_existing_account_becomes_active_under_its_id(empty: World, status: str) -> None:
    account = empty.make(platform="x", status=status, tenant_id=TENANT)
    empty.advance(days=1)
    outcome = start(empty, "x", tenant_id=TENANT).outcome(page=account["network_unique_id"])

    assert outcome == {"status": "connected", "account_ids": account["id"]}
    (again,) = empty.walk()
    assert again == {
        **account,
        "status": "active",
        "token_expires_at": later(days=1, hours=2),
        "last_synced_at": later(days=1),
        "updated_at": later(days=1),
    }
    assert [each["event"] for each in empty.events()] == ["account.connected"]


def test_existing_account_may_be_among_several_pages(empty: World) -> None:
    account = empty.make(platform="facebook", status="revoked", display_name="Acme", username="acme")
    attempt = start(empty)
    token = attempt.outcome(page=[account["network_unique_id"], attempt.ids()[0]])["session_token"]
    offered = empty.pending(token)["availablePages"]
    assert [(page["id"], page["name"], page["username"]) for page in offered[:1]] == [
        (account["network_unique_id"], "Acme", "acme")
    ]
    empty.finalize(token, *(page["id"] for page in offered))

    assert empty.get(account["id"])["status"] == "active"
    assert len(empty.walk()) == 2


def test_deleted_account_is_connected_anew(empty: World) -> None:
    account = empty.make(platform="x")
    empty.delete(account["id"])
    outcome = start(empty, "x").outcome(page=account["network_unique_id"])

    assert outcome["account_ids"] != account["id"]
    assert empty.get(outcome["account_ids"])["network_unique_id"] == account["network_unique_id"]


def test_screen_offers_connected_accounts_starting_with_broken_ones(empty: World) -> None:
    active = empty.make(platform="x", display_name="Active One")
    expired = empty.make(platform="x", display_name="Expired One", status="token_expired")
    empty.make(platform="reddit", display_name="Elsewhere")
    page = start(empty, "x").look().text

    assert "Connected already" in page
    assert "Elsewhere" not in page
    assert page.index(expired["network_unique_id"]) < page.index(active["network_unique_id"])


def test_screen_offers_only_accounts_of_the_tenant(empty: World) -> None:
    empty.make(platform="x", display_name="Mine", tenant_id=TENANT)
    empty.make(platform="x", display_name="Theirs", tenant_id="another")
    page = start(empty, "x", tenant_id=TENANT).look().text

    assert "Mine" in page
    assert "Theirs" not in page


def test_page_of_another_world_is_not_on_offer(empty: World, other: World) -> None:
    account = other.page(platform="x")["data"][0]

    assert start(empty, "x").decide("approve", page=account["network_unique_id"]).status_code == 400


@pytest.mark.parametrize("decision", ["approve", "deny"])
def test_attempt_of_one_world_changes_no_other(world: World, other: World, decision: str) -> None:
    before = other.state()
    start(world).outcome(decision)

    assert other.state() == before
