"""Events about accounts, as the mock records them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.support.times import later
from tests.support.world import World

PAST = later(days=-1)


@pytest.mark.statement("events.connected")
def test_connecting_fires_one_event_per_account(world: World) -> None:
    session = world.session(pages=3)
    connected = world.finalize(session["session_token"], *(page["id"] for page in session["pages"][:2]))

    assert [event["event"] for event in world.events()] == ["account.connected", "account.connected"]
    assert [event["data"] for event in world.events()] == [world.get(each["id"]) for each in connected]


@pytest.mark.statement("events.connected")
def test_refused_finalization_and_listing_pages_fire_nothing(world: World) -> None:
    session = world.session()
    world.pending(session["session_token"])
    world.finalize_response(session["session_token"], "unknown")

    assert world.events() == []


@pytest.mark.statement("events.disconnected")
def test_disconnecting_fires_account_disconnected_with_the_new_state(world: World) -> None:
    account = world.make()
    world.advance(minutes=1)
    world.delete(account["id"])
    (event,) = world.events()

    assert event["event"] == "account.disconnected"
    assert event["created_at"] == later(minutes=1)
    assert event["data"] == {**account, "status": "disabled", "updated_at": later(minutes=1)}


@pytest.mark.statement("events.disconnected")
def test_refused_deletion_fires_nothing(world: World) -> None:
    account = world.make()
    world.delete_response(account["id"], world.readonly_key)
    world.delete_response("00000000-0000-4000-8000-000000000000")

    assert world.events() == []


@pytest.mark.statement("events.token-expired")
def test_failed_refresh_fires_account_token_expired_once(world: World) -> None:
    account = world.make(token_expires_at=PAST, behaviour={"refresh": "fails"})
    for _ in range(3):
        world.health(account["id"])
        world.advance(hours=1)
    (event,) = world.events()

    assert event["event"] == "account.token_expired"
    assert (event["data"]["id"], event["data"]["status"]) == (account["id"], "token_expired")


@pytest.mark.statement("events.token-expired")
def test_one_of_many_concurrent_checks_fires_the_event(world: World) -> None:
    account = world.make(token_expires_at=PAST, behaviour={"refresh": "fails"})
    with ThreadPoolExecutor(20) as threads:
        checks = list(threads.map(lambda _: world.health(account["id"]), range(20)))

    assert {check["status"] for check in checks} == {"token_expired"}
    assert len(world.events("account.token_expired")) == 1


@pytest.mark.statement("events.token-expired")
def test_second_failure_after_recovery_fires_again(world: World) -> None:
    account = world.make(token_expires_at=PAST)
    for refresh in ("fails", "ok", "fails"):
        world.patch(account["id"], behaviour={"refresh": refresh})
        world.health(account["id"])
        world.advance(hours=3)

    assert len(world.events("account.token_expired")) == 2


@pytest.mark.statement("events.token-expired")
def test_expiry_without_a_probe_fires_nothing(world: World) -> None:
    account = world.make(token_expires_at=PAST, behaviour={"platform": "unreachable", "refresh": "fails"})
    world.health(account["id"])
    world.get(account["id"])

    assert world.events() == []


@pytest.mark.statement("events.token-expired", "events.reauth-required")
def test_refused_identity_fires_nothing(world: World) -> None:
    account = world.make(behaviour={"identity": "unauthorized"})
    world.health(account["id"])

    assert world.events() == []


@pytest.mark.statement("events.token-expired", "events.reauth-required", "events.disconnected")
@pytest.mark.assumption("events.revoked-grant", "disconnected-too")
def test_revoked_grant_fires_each_of_three_events_once(world: World) -> None:
    account = world.make(token_expires_at=PAST, behaviour={"refresh": "revoked"})
    world.health(account["id"])
    world.health(account["id"])
    events = [event["event"] for event in world.events()]

    assert events == ["account.token_expired", "account.reauth_required", "account.disconnected"]
    assert all(event["data"] == world.get(account["id"]) for event in world.events())


@pytest.mark.statement("events.reauth-required")
def test_grant_found_revoked_after_another_failure_fires_account_reauth_required_once(world: World) -> None:
    account = world.make(token_expires_at=PAST, behaviour={"refresh": "fails"})
    world.health(account["id"])
    world.patch(account["id"], behaviour={"refresh": "revoked"})
    world.health(account["id"])
    world.health(account["id"])

    assert len(world.events("account.reauth_required")) == len(world.events("account.token_expired")) == 1


@pytest.mark.statement("events.reauth-required")
def test_revocation_found_once_stays_found_in_a_saved_state(world: World) -> None:
    account = world.make(token_expires_at=PAST, behaviour={"refresh": "revoked"})
    world.health(account["id"])
    world.control("PUT", "/state", world.state())
    world.health(account["id"])

    assert len(world.events("account.reauth_required")) == 1


@pytest.mark.statement("events.connected", "events.disconnected")
def test_events_have_unique_ids_and_are_in_order(world: World) -> None:
    session = world.session()
    for each in world.finalize(session["session_token"], *(page["id"] for page in session["pages"])):
        world.advance(minutes=1)
        world.delete(each["id"])
    events = world.events()

    assert [event["event"].removeprefix("account.") for event in events] == ["connected"] * 2 + ["disconnected"] * 2
    assert len({event["id"] for event in events}) == 4
    assert [event["created_at"] for event in events] == sorted(event["created_at"] for event in events)


@pytest.mark.statement("events.connected", "isolation.list")
def test_events_belong_to_one_organization(world: World, other: World) -> None:
    world.delete(world.make()["id"])

    assert other.events() == []
