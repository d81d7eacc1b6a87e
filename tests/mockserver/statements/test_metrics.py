"""Account metrics: one value, or none yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.support import schemas
from tests.support.times import NOW, later
from tests.support.world import World

METRICS = {"followers", "following", "posts_count", "impressions", "reach", "profile_views"}
LIVE_PLATFORMS = [
    "x",
    "linkedin",
    "instagram",
    "tiktok",
    "youtube",
    "facebook",
    "threads",
    "bluesky",
    "pinterest",
    "reddit",
]
UNREACHABLE = {"platform": "unreachable"}


def counts(value: dict[str, Any]) -> dict[str, int]:
    return {name: value[name] for name in METRICS & set(value)}


def leaves(node: Any) -> Iterator[Any]:
    """The leaf values of a JSON document."""
    if isinstance(node, dict):
        for each in node.values():
            yield from leaves(each)
    else:
        yield node


@pytest.mark.statement("metrics.live", "metrics.value-fields")
@pytest.mark.parametrize("platform", LIVE_PLATFORMS)
def test_reachable_platform_gives_a_live_value_of_this_moment(world: World, platform: str) -> None:
    account = world.make(platform=platform)
    value = world.metrics(account["id"])

    assert value["source"] == "live"
    assert value["captured_at"] == NOW
    assert (value["social_account_id"], value["network"]) == (account["id"], platform)
    assert counts(value)


@pytest.mark.statement("metrics.live")
def test_each_call_gets_a_fresh_live_value(world: World) -> None:
    account = world.make()
    world.metrics(account["id"])
    world.advance(minutes=5)

    assert world.metrics(account["id"])["captured_at"] == later(minutes=5)


@pytest.mark.statement("metrics.live")
def test_live_value_is_preferred_to_a_stored_snapshot(world: World) -> None:
    account = world.make(behaviour={"snapshots": 30})

    assert world.metrics(account["id"])["source"] == "live"


@pytest.mark.statement("metrics.value-fields")
def test_value_has_the_documented_fields_and_integer_metrics(world: World) -> None:
    for account in world.walk():
        response = world.metrics(account["id"])
        schemas.check("AccountMetrics", response)
        if "captured_at" in response:
            assert set(response) - METRICS == {"social_account_id", "network", "source", "raw", "captured_at"}
            assert all(type(count) is int and count >= 0 for count in counts(response).values())


@pytest.mark.statement("metrics.value-fields")
@pytest.mark.assumption("metrics.metric-sets", "per-platform")
def test_live_value_of_x_has_fewer_metrics_than_its_snapshot(world: World) -> None:
    account = world.make(platform="x", behaviour={"snapshots": 1})
    live = world.metrics(account["id"])
    world.patch(account["id"], behaviour=UNREACHABLE)
    snapshot = world.metrics(account["id"])

    assert set(counts(live)) == {"followers", "following", "posts_count"}
    assert set(counts(snapshot)) == METRICS


@pytest.mark.statement("metrics.raw")
@pytest.mark.parametrize("platform", LIVE_PLATFORMS)
def test_counts_in_the_raw_payload_are_those_of_the_fields(world: World, platform: str) -> None:
    account = world.make(platform=platform)
    value = world.metrics(account["id"])

    assert value["raw"] != {}
    assert {int(leaf) for leaf in leaves(value["raw"])} <= set(counts(value).values())
    assert value["followers"] in [int(leaf) for leaf in leaves(value["raw"])]


@pytest.mark.statement("metrics.raw")
def test_raw_payload_of_x_has_the_documented_form(world: World) -> None:
    value = world.metrics(world.make(platform="x")["id"])

    assert value["raw"] == {"public_metrics": {"followers_count": value["followers"]}}


@pytest.mark.statement("metrics.raw")
def test_raw_payload_of_a_stored_snapshot_is_returned_unmodified(world: World) -> None:
    raw = {"a": [1, 2.5, None, {"ключ": "значение"}], "b": {"c": True}, "": ""}
    account = world.make(behaviour=UNREACHABLE)
    world.store_snapshots(account["id"], {"captured_at": NOW, "followers": 1, "raw": raw})

    assert world.metrics(account["id"])["raw"] == raw


@pytest.mark.statement("metrics.snapshot-fallback")
def test_unreachable_platform_gives_the_latest_stored_snapshot(world: World) -> None:
    account = world.make(behaviour={"snapshots": 30, **UNREACHABLE})
    latest = world.series(account["id"])[-1]

    assert world.metrics(account["id"]) == {**latest, "source": "snapshot"}


@pytest.mark.statement("metrics.snapshot-fallback")
def test_latest_snapshot_is_newer_the_next_day(world: World) -> None:
    account = world.make(behaviour={"snapshots": 30, **UNREACHABLE})
    before = world.metrics(account["id"])
    world.advance(days=1)

    assert world.metrics(account["id"])["captured_at"] == later(before["captured_at"], days=1)


@pytest.mark.statement("metrics.snapshot-fallback")
def test_latest_snapshot_is_decided_by_capture_not_storage(world: World) -> None:
    account = world.make(behaviour=UNREACHABLE)
    for day, followers in [("2026-06-02", 2), ("2026-06-03", 3), ("2026-06-01", 1)]:
        world.store_snapshots(account["id"], {"captured_at": f"{day}T06:00:00.000Z", "followers": followers})

    assert world.metrics(account["id"])["followers"] == 3


@pytest.mark.statement("metrics.snapshot-fallback", "metrics.live")
def test_recovered_platform_gives_a_live_value(world: World) -> None:
    account = world.make(behaviour={"snapshots": 5, **UNREACHABLE})
    sources = []
    for platform in ("unreachable", "reachable", "unreachable"):
        world.patch(account["id"], behaviour={"platform": platform})
        sources.append(world.metrics(account["id"])["source"])

    assert sources == ["snapshot", "live", "snapshot"]


@pytest.mark.statement("metrics.none-yet")
def test_message_is_returned_without_platform_and_snapshot(world: World) -> None:
    account = world.make(behaviour=UNREACHABLE)

    assert world.metrics(account["id"]) == {
        "social_account_id": account["id"],
        "metrics": None,
        "message": "No metrics have been collected for this account yet.",
    }


@pytest.mark.statement("metrics.none-yet")
def test_first_snapshot_replaces_the_message(world: World) -> None:
    account = world.make(behaviour=UNREACHABLE)
    world.store_snapshots(account["id"], {"captured_at": NOW, "followers": 7})

    assert world.metrics(account["id"])["followers"] == 7


@pytest.mark.statement("metrics.none-yet")
def test_connected_account_has_no_snapshot_at_first(world: World) -> None:
    session = world.session("instagram")
    (connected,) = world.finalize(session["session_token"], session["pages"][0]["id"])
    world.patch(connected["id"], behaviour=UNREACHABLE)

    assert "message" in world.metrics(connected["id"])
    assert world.series(connected["id"]) == []


@pytest.mark.statement("metrics.live")
@pytest.mark.assumption("metrics.live-snapshot", "not-stored")
def test_live_pull_stores_no_snapshot(world: World) -> None:
    account = world.make()
    world.metrics(account["id"])

    assert world.series(account["id"]) == []


@pytest.mark.statement("metrics.live")
@pytest.mark.assumption("account.last-synced", "live-contact")
def test_live_pull_sets_last_synced_at_and_nothing_else(world: World) -> None:
    account = world.make(last_synced_at=None)
    world.advance(minutes=3)
    world.metrics(account["id"])

    assert world.get(account["id"]) == {**account, "last_synced_at": later(minutes=3)}


@pytest.mark.statement("metrics.snapshot-fallback", "metrics.series-switch")
@pytest.mark.assumption("account.last-synced", "live-contact")
def test_stored_value_changes_nothing(world: World) -> None:
    account = world.make(behaviour={"snapshots": 3, **UNREACHABLE})
    before = world.state()
    world.metrics(account["id"])
    world.series(account["id"])

    assert world.state() == before


@pytest.mark.statement("metrics.live")
@pytest.mark.assumption("metrics.refused-token", "live")
@pytest.mark.parametrize("status", ["disabled", "revoked", "token_expired"])
def test_account_of_any_status_gives_a_live_value(world: World, status: str) -> None:
    account = world.make(status=status, behaviour={"snapshots": 3})

    assert world.metrics(account["id"])["source"] == "live"


@pytest.mark.statement("metrics.value-fields")
def test_unknown_and_deleted_accounts_get_404(world: World) -> None:
    account = world.make()
    world.delete(account["id"])
    for id in (account["id"], "00000000-0000-4000-8000-000000000000"):
        assert world.metrics_response(id).json()["code"] == "not_found"
        assert world.metrics_response(id, {"until": NOW}).json()["code"] == "not_found"
