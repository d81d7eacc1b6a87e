"""Account health: the probe, the refresh, the fallback."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support import schemas
from tests.support.times import NOW, later
from tests.support.world import World

FIELDS = ["id", "network", "healthy", "status", "error_code", "token_expires_at", "checked_live", "checked_at"]
UNREACHABLE = {"platform": "unreachable"}
FAR = later(days=30)
PAST = later(days=-1)
JUST_NEAR = later(minutes=10, milliseconds=-1)
"""Near its expiry is a token that expires within less than ten minutes."""


@pytest.mark.statement("health.fields")
def test_check_has_the_eight_documented_fields(world: World) -> None:
    for account in world.walk():
        health = world.health(account["id"])
        assert list(health) == FIELDS
        assert (health["id"], health["network"]) == (account["id"], account["platform"])
        schemas.check("AccountHealth", health)


@pytest.mark.statement("health.error-code")
def test_error_code_is_null_exactly_when_healthy(world: World) -> None:
    checks = [world.health(account["id"]) for account in world.walk()]

    assert {(check["healthy"], check["error_code"] is None) for check in checks} == {(True, True), (False, False)}


@pytest.mark.statement("health.live-probe")
def test_active_account_is_probed_live_and_healthy(world: World) -> None:
    account = world.make(token_expires_at=FAR)

    assert world.health(account["id"]) == {
        "id": account["id"],
        "network": "x",
        "healthy": True,
        "status": "active",
        "error_code": None,
        "token_expires_at": FAR,
        "checked_live": True,
        "checked_at": NOW,
    }


@pytest.mark.statement("health.live-probe")
def test_at_least_two_platforms_cannot_be_probed(world: World) -> None:
    checks = {
        account["platform"]: world.health(world.make(platform=account["platform"])["id"]) for account in world.walk()
    }
    unprobed = {platform for platform, check in checks.items() if not check["checked_live"]}

    assert 2 <= len(unprobed) < len(checks)
    assert all(check["healthy"] for check in checks.values())


@pytest.mark.statement("health.live-probe")
@pytest.mark.assumption("account.last-synced", "live-contact")
def test_healthy_probe_sets_last_synced_at_and_nothing_else(world: World) -> None:
    account = world.make(token_expires_at=FAR, last_synced_at=None)
    world.advance(minutes=1)
    world.health(account["id"])

    assert world.get(account["id"]) == {**account, "last_synced_at": later(minutes=1)}


@pytest.mark.statement("health.refresh")
@pytest.mark.assumption("health.near-expiry", "10-minutes")
@pytest.mark.parametrize("expiry", [JUST_NEAR, later(minutes=1), NOW, PAST, later(days=-400)])
def test_probe_refreshes_a_token_near_or_past_its_expiry(world: World, expiry: str) -> None:
    account = world.make(token_expires_at=expiry)
    health = world.health(account["id"])

    assert (health["healthy"], health["checked_live"]) == (True, True)
    assert health["token_expires_at"] == later(hours=2)


@pytest.mark.statement("health.refresh")
@pytest.mark.assumption("health.near-expiry", "10-minutes")
@pytest.mark.parametrize("expiry", [later(minutes=10), later(minutes=10, milliseconds=1), FAR])
def test_probe_does_not_refresh_a_token_valid_for_ten_minutes(world: World, expiry: str) -> None:
    account = world.make(token_expires_at=expiry)

    assert world.health(account["id"])["token_expires_at"] == expiry


@pytest.mark.statement("health.refresh")
def test_token_that_never_expires_is_not_refreshed(world: World) -> None:
    account = world.make(token_expires_at=None)

    assert world.health(account["id"])["token_expires_at"] is None


@pytest.mark.statement("health.refresh")
def test_healthy_account_has_an_unexpired_token(world: World) -> None:
    checks = [world.health(account["id"]) for account in world.walk()]
    probed = [check for check in checks if check["checked_live"] and check["healthy"]]

    assert len(probed) > 50
    assert all(check["token_expires_at"] is None or check["token_expires_at"] > NOW for check in probed)


@pytest.mark.statement("health.refresh")
def test_refresh_sets_updated_at_and_is_not_repeated(world: World) -> None:
    account = world.make(token_expires_at=PAST)
    world.advance(hours=1)
    world.health(account["id"])
    refreshed = world.get(account["id"])
    world.advance(minutes=1)

    assert (refreshed["updated_at"], refreshed["token_expires_at"]) == (later(hours=1), later(hours=3))
    assert world.health(account["id"])["token_expires_at"] == later(hours=3)


@pytest.mark.statement("health.refresh")
def test_passing_time_flips_and_refreshes_nothing(world: World) -> None:
    before = world.walk()
    world.advance(days=1000)

    assert world.walk() == before
    assert world.events() == []


@pytest.mark.statement("health.catches-unauthorized", "health.error-code")
def test_refused_account_is_unhealthy_with_unchanged_status(world: World) -> None:
    account = world.make(token_expires_at=FAR, behaviour={"identity": "unauthorized"})
    health = world.health(account["id"])

    assert (health["healthy"], health["error_code"], health["checked_live"]) == (False, "unauthorized", True)
    assert health["status"] == "active"
    assert world.get(account["id"]) == account


@pytest.mark.statement("health.catches-unauthorized")
def test_account_recovers_once_the_platform_accepts_it(world: World) -> None:
    account = world.make(token_expires_at=FAR, behaviour={"identity": "unauthorized"})
    world.health(account["id"])
    world.patch(account["id"], behaviour={"identity": "ok"})

    assert world.health(account["id"])["healthy"] is True


@pytest.mark.statement("health.fallback")
@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"token_expires_at": FAR}, None),
        ({"token_expires_at": None}, None),
        ({"token_expires_at": later(seconds=1)}, None),
        ({"token_expires_at": NOW}, "token_expired"),
        ({"token_expires_at": PAST}, "token_expired"),
        ({"status": "disabled", "token_expires_at": FAR}, "disabled"),
        ({"status": "revoked", "token_expires_at": FAR}, "revoked"),
        ({"status": "token_expired", "token_expires_at": FAR}, "token_expired"),
    ],
    ids=str,
)
def test_unprobed_health_follows_status_and_expiry(world: World, fields: dict[str, Any], error: str | None) -> None:
    account = world.make(**fields, behaviour={**UNREACHABLE, "identity": "unauthorized", "refresh": "revoked"})
    health = world.health(account["id"])

    assert (health["checked_live"], health["healthy"], health["error_code"]) == (False, error is None, error)
    assert health["checked_at"] == NOW
    assert world.get(account["id"]) == account


@pytest.mark.statement("health.fallback")
def test_unprobed_token_expires_by_the_clock(world: World) -> None:
    account = world.make(token_expires_at=later(hours=1), behaviour=UNREACHABLE)
    world.advance(3599.999)
    assert world.health(account["id"])["healthy"] is True
    world.advance(0.001)

    assert world.health(account["id"])["error_code"] == "token_expired"
    assert world.get(account["id"])["status"] == "active"


@pytest.mark.statement("health.refresh-failure")
@pytest.mark.parametrize("expiry", [JUST_NEAR, PAST])
def test_failed_refresh_flips_the_account_for_later_reads(world: World, expiry: str) -> None:
    account = world.make(token_expires_at=expiry, behaviour={"refresh": "fails"})
    world.advance(0.5)
    health = world.health(account["id"])
    flipped = {**account, "status": "token_expired", "updated_at": later(seconds=0.5)}

    assert (health["healthy"], health["status"], health["error_code"]) == (False, "token_expired", "token_expired")
    assert (health["checked_live"], health["token_expires_at"]) == (True, expiry)
    assert world.get(account["id"]) == flipped
    assert world.walk(id=account["id"]) == [flipped]


@pytest.mark.statement("health.refresh-failure")
def test_unneeded_failing_refresh_flips_nothing(world: World) -> None:
    account = world.make(token_expires_at=later(minutes=10), behaviour={"refresh": "fails"})

    assert world.health(account["id"])["healthy"] is True
    assert world.get(account["id"])["status"] == "active"


@pytest.mark.statement("health.refresh-failure")
def test_flipped_account_stays_flipped_while_refreshing_fails(world: World) -> None:
    account = world.make(token_expires_at=PAST, behaviour={"refresh": "fails"})
    world.health(account["id"])
    flipped = world.get(account["id"])
    world.advance(days=1)

    assert world.health(account["id"])["error_code"] == "token_expired"
    assert world.get(account["id"]) == flipped


@pytest.mark.statement("health.refresh")
@pytest.mark.assumption("health.recovery", "active-again")
def test_flipped_account_becomes_active_once_a_refresh_succeeds(world: World) -> None:
    account = world.make(token_expires_at=PAST, behaviour={"refresh": "fails"})
    world.health(account["id"])
    world.patch(account["id"], behaviour={"refresh": "ok"})
    health = world.health(account["id"])

    assert (health["healthy"], health["status"]) == (True, "active")
    assert world.get(account["id"])["token_expires_at"] == later(hours=2)


@pytest.mark.statement("health.unprobed")
@pytest.mark.parametrize("status", ["disabled", "revoked"])
def test_disabled_or_revoked_account_is_not_probed(world: World, status: str) -> None:
    account = world.make(status=status, token_expires_at=PAST)
    health = world.health(account["id"])

    assert (health["checked_live"], health["healthy"], health["error_code"]) == (False, False, status)
    assert world.get(account["id"]) == account


@pytest.mark.statement("health.refresh-failure", "health.error-code")
@pytest.mark.assumption("health.revoked-grant", "token-expired")
def test_refresh_that_finds_the_grant_revoked_flips_the_account_like_any_failure(world: World) -> None:
    account = world.make(token_expires_at=PAST, behaviour={"refresh": "revoked"})
    first, second = world.health(account["id"]), world.health(account["id"])

    assert (first["checked_live"], first["status"], first["error_code"]) == (True, "token_expired", "token_expired")
    assert second == first
    assert world.get(account["id"])["status"] == "token_expired"


@pytest.mark.statement("health.reread")
def test_retrieval_shows_the_status_and_expiry_of_the_check(world: World) -> None:
    for account in world.walk():
        health, after = world.health(account["id"]), world.get(account["id"])
        assert (health["status"], health["token_expires_at"]) == (after["status"], after["token_expires_at"])


@pytest.mark.statement("health.reread")
def test_generated_world_has_accounts_changed_by_a_check(world: World) -> None:
    before = {account["id"]: account for account in world.walk()}
    checks = [world.health(id) for id in before]

    assert any(check["status"] != before[check["id"]]["status"] for check in checks)
    assert any(check["token_expires_at"] != before[check["id"]]["token_expires_at"] for check in checks)


@pytest.mark.statement("health.checked-at")
@pytest.mark.parametrize("behaviour", [{}, UNREACHABLE, {"identity": "unauthorized"}], ids=str)
def test_each_check_is_made_at_the_time_of_the_call(world: World, behaviour: dict[str, str]) -> None:
    account = world.make(behaviour=behaviour)
    times = []
    for _ in range(3):
        times.append(world.health(account["id"])["checked_at"])
        world.advance(minutes=1)

    assert times == [NOW, later(minutes=1), later(minutes=2)]


@pytest.mark.statement("health.unknown")
def test_unknown_and_deleted_accounts_get_404(world: World) -> None:
    account = world.make()
    world.delete(account["id"])

    for id in (account["id"], "00000000-0000-4000-8000-000000000000"):
        assert (world.health_response(id).status_code, world.health_response(id).json()["code"]) == (404, "not_found")
