"""Choices and alternatives for metrics and health: what is missing, unknown, unreachable or cannot be refreshed."""

from __future__ import annotations

import pytest
from tests.support.times import NOW, later
from tests.support.world import World

FIRST, SECOND = "2026-06-01T06:00:00.000Z", "2026-06-02T06:00:00.000Z"
PAST = later(days=-1)
UNKNOWN = "00000000-0000-4000-8000-000000000000"
UNREACHABLE = {"platform": "unreachable"}


def outcome(health: dict[str, object]) -> tuple[object, object, object]:
    return health["healthy"], health["error_code"], health["checked_live"]


@pytest.mark.assumption("metrics.missing", "left-out")
def test_metric_that_the_platform_lacks_is_left_out(world: World) -> None:
    account = world.make(platform="reddit", behaviour={"snapshots": 1})

    assert "following" not in world.metrics(account["id"])
    assert "following" not in world.series(account["id"])[0]


@pytest.mark.assumption("metrics.missing", "null")
def test_metric_that_the_platform_lacks_is_null(assumed: World) -> None:
    account = assumed.make(platform="reddit", behaviour={"snapshots": 1})

    for value in (assumed.metrics(account["id"]), assumed.series(account["id"])[0]):
        assert value["following"] is None
        assert isinstance(value["followers"], int)


@pytest.mark.assumption("metrics.series-raw", "same")
def test_snapshot_of_a_series_has_its_payload(world: World) -> None:
    account = world.make(behaviour=UNREACHABLE)
    world.store_snapshots(account["id"], {"captured_at": FIRST, "raw": {"count": 1}})

    assert world.series(account["id"])[0]["raw"] == world.metrics(account["id"])["raw"] == {"count": 1}


@pytest.mark.assumption("metrics.series-raw", "empty")
def test_payload_is_empty_in_a_series(assumed: World) -> None:
    account = assumed.make(behaviour=UNREACHABLE)
    assumed.store_snapshots(account["id"], {"captured_at": FIRST, "raw": {"count": 1}})

    assert assumed.metrics(account["id"])["raw"] == {"count": 1}
    assert assumed.series(account["id"])[0]["raw"] == {}


@pytest.mark.assumption("metrics.unknown", "404")
def test_unknown_account_has_no_metrics(world: World) -> None:
    assert world.metrics_response(UNKNOWN).status_code == 404
    assert world.metrics_response(UNKNOWN, {"since": "0"}).status_code == 404


@pytest.mark.assumption("metrics.unknown", "message")
def test_metrics_of_an_unknown_account_are_a_message(assumed: World) -> None:
    for window in ({}, {"since": 0}):
        response = assumed.metrics(UNKNOWN, **window)
        assert (response["social_account_id"], response["metrics"]) == (UNKNOWN, None)
        assert response["message"]


@pytest.mark.parametrize(
    "expected",
    [
        pytest.param([SECOND], marks=pytest.mark.assumption("metrics.window-bounds", "since-exclusive")),
        pytest.param([], marks=pytest.mark.assumption("metrics.window-bounds", "exclusive")),
    ],
)
def test_snapshot_captured_at_since_is_excluded(assumed: World, expected: list[str]) -> None:
    account = assumed.make()
    assumed.store_snapshots(account["id"], {"captured_at": FIRST}, {"captured_at": SECOND})

    assert [each["captured_at"] for each in assumed.series(account["id"], since=FIRST, until=SECOND)] == expected
    wide = assumed.series(account["id"], since=later(FIRST, milliseconds=-1), until=later(SECOND, milliseconds=1))
    assert [each["captured_at"] for each in wide] == [FIRST, SECOND]


@pytest.mark.assumption("health.expired-token", "never-healthy")
def test_expired_token_is_refreshed_whatever_its_scopes(world: World) -> None:
    health = world.health(world.make(platform="reddit", scopes=["read"], token_expires_at=PAST)["id"])

    assert health["healthy"] is True
    assert health["token_expires_at"] > NOW


@pytest.mark.assumption("health.expired-token", "may-be-healthy")
def test_expired_token_that_cannot_be_refreshed_may_be_healthy(assumed: World) -> None:
    account = assumed.make(platform="reddit", scopes=["read"], token_expires_at=PAST)
    refreshable = assumed.make(platform="x", scopes=["offline.access"], token_expires_at=PAST)

    assert outcome(assumed.health(account["id"])) == (True, None, True)
    assert assumed.get(account["id"])["token_expires_at"] == PAST
    assumed.health(refreshable["id"])
    assert assumed.get(refreshable["id"])["token_expires_at"] > NOW


@pytest.mark.assumption("health.unrefreshable", "flips")
def test_token_that_cannot_be_refreshed_flips_the_account(world: World) -> None:
    account = world.make(scopes=[], token_expires_at=PAST, behaviour={"refresh": "fails"})

    assert world.health(account["id"])["status"] == "token_expired"


@pytest.mark.assumption("health.unrefreshable", "kept")
def test_token_that_cannot_be_refreshed_keeps_the_status(assumed: World) -> None:
    account = assumed.make(scopes=[], token_expires_at=PAST, behaviour={"refresh": "fails"})
    health = assumed.health(account["id"])

    assert (*outcome(health), health["status"]) == (False, "token_expired", True, "active")
    assert assumed.get(account["id"]) == account
    assert assumed.events() == []


@pytest.mark.assumption("health.unrefreshable", "kept")
def test_failed_refresh_of_a_token_with_the_scope_still_flips(assumed: World) -> None:
    account = assumed.make(scopes=["offline.access"], token_expires_at=PAST, behaviour={"refresh": "fails"})

    assert assumed.health(account["id"])["status"] == "token_expired"


@pytest.mark.assumption("health.unreachable", "fallback")
def test_status_and_expiry_decide_while_the_platform_cannot_be_reached(world: World) -> None:
    assert outcome(world.health(world.make(behaviour=UNREACHABLE)["id"])) == (True, None, False)


@pytest.mark.assumption("health.unreachable", "probe-failed")
def test_probe_fails_while_the_platform_cannot_be_reached(assumed: World) -> None:
    assert outcome(assumed.health(assumed.make(behaviour=UNREACHABLE)["id"])) == (False, "unreachable", True)
    assert outcome(assumed.health(assumed.make(platform="pinterest", behaviour=UNREACHABLE)["id"]))[2] is False


@pytest.mark.assumption("health.unreachable", "not-healthy")
def test_account_is_not_healthy_while_the_platform_cannot_be_reached(assumed: World) -> None:
    assert outcome(assumed.health(assumed.make(behaviour=UNREACHABLE)["id"])) == (False, "unreachable", False)
    disabled = assumed.make(status="disabled", behaviour=UNREACHABLE)
    assert outcome(assumed.health(disabled["id"])) == (False, "disabled", False)


@pytest.mark.assumption("health.no-expiry", "healthy")
def test_account_without_an_expiry_is_healthy_without_a_probe(world: World) -> None:
    account = world.make(platform="pinterest", token_expires_at=None)

    assert outcome(world.health(account["id"])) == (True, None, False)


@pytest.mark.assumption("health.no-expiry", "not-healthy")
def test_account_without_an_expiry_is_not_healthy_without_a_probe(assumed: World) -> None:
    account = assumed.make(platform="pinterest", token_expires_at=None)

    assert outcome(assumed.health(account["id"])) == (False, "expiry_unknown", False)


@pytest.mark.assumption("health.expiry-reread", "after")
def test_health_shows_the_new_expiry(world: World) -> None:
    account = world.make(token_expires_at=PAST)

    assert world.health(account["id"])["token_expires_at"] == world.get(account["id"])["token_expires_at"] > NOW


@pytest.mark.assumption("health.expiry-reread", "before")
def test_health_shows_the_expiry_from_before_the_probe(assumed: World) -> None:
    account = assumed.make(token_expires_at=PAST)

    assert assumed.health(account["id"])["token_expires_at"] == PAST
    assert assumed.get(account["id"])["token_expires_at"] > NOW
