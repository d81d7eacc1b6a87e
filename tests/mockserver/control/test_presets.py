"""The control API: presets, one for each failure that the documents describe."""

from __future__ import annotations

from typing import Any, cast

import pytest
from tests.support.failing import Failing
from tests.support.times import NOW, later
from tests.support.world import Json, World

from postfuze_mock import spec

PRESETS = (
    "token_refresh_fails",
    "grant_revoked",
    "token_refused",
    "platform_down",
    "no_snapshot_yet",
    "account_gone",
    "session_expired",
    "key_revoked",
    "scope_missing",
    "rate_limited",
    "service_down",
)


def presets_of(world: World) -> list[Json]:
    return cast(list[Json], world.control("GET", "/faults?presets=true")["data"])


def use(failing: Failing, preset: str, **more: Any) -> Json:
    return cast(Json, failing.world.control("POST", "/faults", {"preset": preset, **more}))


def expiring(world: World, **fields: Any) -> Json:
    """A probed account whose token is about to expire."""
    return world.make(platform="x", token_expires_at=later(minutes=5), **fields)


def test_presets_are_listed_with_their_descriptions(failing: Failing) -> None:
    presets = presets_of(failing.world)

    assert tuple(each["preset"] for each in presets) == PRESETS
    assert all(each["title"] and each["description"] and each["operations"] for each in presets)
    assert failing.faults() == []


def test_presets_name_existing_statements_and_operations(failing: Failing) -> None:
    statements = {each.id for each in spec.statements()}

    for preset in presets_of(failing.world):
        assert set(preset["statements"]) <= statements
        assert preset["statements"]
        assert set(preset["operations"]) <= set(spec.operations())


def test_service_down_and_revoked_key_hit_every_operation(failing: Failing) -> None:
    operations = {each["preset"]: set(each["operations"]) for each in presets_of(failing.world)}
    keyed = {id for id, each in spec.operations().items() if each.definition.get("security", [{}]) != []}

    assert operations["service_down"] == set(spec.operations())
    assert operations["key_revoked"] == keyed
    assert operations["rate_limited"] == set(spec.operations()) - {"getServiceHealth"}


@pytest.mark.parametrize("preset", PRESETS)
def test_listed_body_can_be_posted(failing: Failing, preset: str) -> None:
    (entry,) = [each for each in presets_of(failing.world) if each["preset"] == preset]
    fault = failing.world.control("POST", "/faults", entry["body"])

    assert (fault["preset"], fault["operation"], fault["effect"]) == (preset, "*", entry["effect"])


@pytest.mark.statement("health.refresh-failure")
@pytest.mark.statement("events.token-expired")
def test_token_cannot_be_refreshed(failing: Failing) -> None:
    account = expiring(failing.world)
    use(failing, "token_refresh_fails")
    health = failing.world.health(account["id"])

    assert (health["healthy"], health["status"], health["error_code"]) == (False, "token_expired", "token_expired")
    assert failing.world.get(account["id"])["status"] == "token_expired"
    assert [event["event"] for event in failing.world.events()] == ["account.token_expired"]


def test_token_cannot_be_refreshed_once_it_expires(failing: Failing) -> None:
    """As the description of the preset says: advance the clock."""
    account = failing.world.make(platform="x")
    use(failing, "token_refresh_fails")
    assert failing.world.health(account["id"])["healthy"]
    failing.world.advance(days=400)

    assert failing.world.health(account["id"])["status"] == "token_expired"


@pytest.mark.statement("health.refresh")
def test_refreshed_account_recovers_when_the_fault_is_removed(failing: Failing) -> None:
    account = expiring(failing.world)
    use(failing, "token_refresh_fails", times=1)
    failing.world.health(account["id"])
    health = failing.world.health(account["id"])

    assert (health["healthy"], health["status"]) == (True, "active")


@pytest.mark.statement("health.refresh-failure")
@pytest.mark.statement("events.token-expired")
@pytest.mark.statement("events.reauth-required")
def test_grant_was_revoked(failing: Failing) -> None:
    account = expiring(failing.world)
    use(failing, "grant_revoked", times=1)
    health = failing.world.health(account["id"])

    assert (health["healthy"], health["status"], health["error_code"]) == (False, "token_expired", "token_expired")
    assert [event["event"].removeprefix("account.") for event in failing.world.events()] == [
        "token_expired",
        "reauth_required",
        "disconnected",
    ]


@pytest.mark.statement("health.catches-unauthorized")
def test_platform_refuses_the_token(failing: Failing) -> None:
    account = failing.world.make(platform="x")
    use(failing, "token_refused")
    health = failing.world.health(account["id"])

    assert (health["healthy"], health["status"], health["error_code"]) == (False, "active", "unauthorized")
    assert health["checked_live"]


@pytest.mark.statement("metrics.snapshot-fallback")
@pytest.mark.statement("health.fallback")
def test_platform_is_down(failing: Failing) -> None:
    account = failing.world.make(platform="x", behaviour={"snapshots": 3})
    live = failing.world.metrics(account["id"])
    use(failing, "platform_down")
    metrics, health = failing.world.metrics(account["id"]), failing.world.health(account["id"])

    assert (live["source"], metrics["source"]) == ("live", "snapshot")
    assert metrics["captured_at"] < NOW
    assert (health["healthy"], health["checked_live"]) == (True, False)


@pytest.mark.statement("metrics.none-yet")
def test_no_snapshot_has_been_taken_yet(failing: Failing) -> None:
    account = failing.world.make(platform="x", behaviour={"snapshots": 3})
    failing.world.store_snapshots(account["id"], {"captured_at": later(days=-9), "followers": 1})
    fault = use(failing, "no_snapshot_yet")
    metrics = failing.world.metrics(account["id"])

    assert (metrics["metrics"], metrics["message"]) == (
        None,
        "No metrics have been collected for this account yet.",
    )
    assert failing.world.series(account["id"]) == []
    failing.world.control("DELETE", f"/faults/{fault['id']}")
    assert len(failing.world.series(account["id"])) == 4


@pytest.mark.statement("get.deleted")
def test_account_is_gone(failing: Failing) -> None:
    account = f"/social-accounts/{failing.world.page()['data'][0]['id']}"
    real = failing.world.get_response("0b2e7d6f-5c1a-4a9f-9b1c-2e7d6f0a1234").json()
    use(failing, "account_gone")
    calls = [("GET", account), ("GET", f"{account}/metrics"), ("GET", f"{account}/health"), ("DELETE", account)]

    assert [failing.call(*call).json() for call in calls] == [real] * 4
    assert failing.statuses(1) == [200]


@pytest.mark.statement("connect.expired-session")
def test_session_has_expired(failing: Failing) -> None:
    session = failing.world.session()
    real = failing.world.pending_response("0" * 20).json()
    fault = use(failing, "session_expired")
    pages = failing.world.pending_response(session["session_token"])
    finalized = failing.world.finalize_response(session["session_token"], session["pages"][0]["id"])

    assert (pages.status_code, pages.json()) == (404, real)
    assert (finalized.status_code, finalized.json()) == (404, real)
    failing.world.control("DELETE", f"/faults/{fault['id']}")
    assert len(failing.world.pending(session["session_token"])["availablePages"]) == 2


@pytest.mark.statement("auth.revoked")
def test_key_was_revoked(failing: Failing) -> None:
    revoked = failing.world.list_response(key=failing.world.revoked_key)
    use(failing, "key_revoked")
    response = failing.call()

    assert (response.status_code, response.json()) == (401, revoked.json())
    assert failing.call("POST", "/social-networks/x/auth-url").status_code == 401


@pytest.mark.statement("delete.needs-scope")
def test_key_lacks_a_scope(failing: Failing) -> None:
    id = failing.world.page()["data"][0]["id"]
    real = failing.world.delete_response(id, key=failing.world.readonly_key)
    use(failing, "scope_missing")
    response = failing.world.delete_response(id)

    assert (response.status_code, response.json()) == (403, real.json())
    assert failing.world.get(id)


@pytest.mark.statement("limits.retry-after")
def test_rate_limit_is_used_up(failing: Failing) -> None:
    use(failing, "rate_limited", times=1)
    first, second = failing.call(), failing.call()

    assert (first.status_code, second.status_code) == (429, 200)
    assert first.headers["retry-after"] == "60"
    assert first.json()["code"] == "rate_limited"


@pytest.mark.statement("limits.retry-after")
@pytest.mark.statement("errors.problem-document")
def test_service_is_down(failing: Failing) -> None:
    use(failing, "service_down")
    responses = [failing.call(), failing.call(path="/health")]

    assert [response.status_code for response in responses] == [503, 503]
    assert all(response.headers["retry-after"] == "60" for response in responses)


def test_preset_can_be_limited_to_one_operation(failing: Failing) -> None:
    use(failing, "service_down", operation="getSocialAccount")
    id = failing.world.page()["data"][0]["id"]

    assert failing.call(path=f"/social-accounts/{id}").status_code == 503


def test_preset_supports_after_and_times(failing: Failing) -> None:
    use(failing, "service_down", after=1, times=2)

    assert failing.statuses(4) == [200, 503, 503, 200]


def test_random_preset_is_reproducible(failing: Failing) -> None:
    account = failing.world.make(platform="x", behaviour={"snapshots": 3})
    runs = []
    for _ in range(2):
        use(failing, "platform_down", probability=0.5)
        state = failing.world.state()
        runs.append([failing.world.metrics(account["id"])["source"] for _ in range(20)])
        failing.world.control("PUT", "/state", {**state, "counters": {**state["counters"], "fault": 0}, "faults": []})

    assert runs[0] == runs[1]
    assert set(runs[0]) == {"live", "snapshot"}


@pytest.mark.parametrize("preset", ["token_refresh_fails", "grant_revoked", "platform_down", "no_snapshot_yet"])
def test_preset_changes_no_stored_behaviour(failing: Failing, preset: str) -> None:
    account = failing.world.make(platform="x", behaviour={"snapshots": 3, "identity": "unauthorized"})
    before = failing.world.record(account["id"])["hidden"]
    use(failing, preset)
    failing.world.metrics(account["id"])
    failing.world.health(account["id"])

    assert failing.world.record(account["id"])["hidden"] == before


def test_preset_does_not_affect_other_worlds(failing: Failing, other: World) -> None:
    account = other.make(platform="x", behaviour={"snapshots": 3})
    use(failing, "platform_down")

    assert other.metrics(account["id"])["source"] == "live"


def test_control_api_shows_the_stored_accounts(failing: Failing) -> None:
    account = failing.world.make(platform="x", behaviour={"snapshots": 3})
    use(failing, "no_snapshot_yet")
    failing.world.metrics(account["id"])

    assert len(failing.world.control("GET", f"/accounts/{account['id']}/snapshots")["data"]) == 3


def test_reset_removes_the_effect_of_a_preset(failing: Failing) -> None:
    ids = [each["id"] for each in failing.world.walk(platform="x")]
    id = next(id for id in ids if failing.world.metrics(id).get("source") == "live")
    use(failing, "platform_down")
    failing.world.reset()

    assert failing.world.metrics(id)["source"] == "live"
