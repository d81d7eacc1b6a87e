"""Alternatives for accounts: disabled and deleted ones, metrics, health."""

from __future__ import annotations

import pytest
from tests.support.times import NOW, later
from tests.support.world import World

FIRST, SECOND = "2026-06-01T06:00:00.000Z", "2026-06-02T06:00:00.000Z"
PAST = later(days=-1)
UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.mark.assumption("list.disabled", "listed")
def test_disabled_but_not_deleted_account_is_listed(world: World) -> None:
    account = world.make(status="disabled")

    assert world.page(limit=1)["data"] == [account]
    assert world.get(account["id"]) == account


@pytest.mark.assumption("list.disabled", "hidden")
def test_disabled_account_is_not_listed_but_can_be_retrieved(assumed: World) -> None:
    account = assumed.make(status="disabled", username="hidden")

    assert "disabled" not in {each["status"] for each in assumed.walk()}
    assert assumed.walk(username="hidden") == assumed.walk(id=account["id"]) == []
    assert assumed.get(account["id"]) == account


@pytest.mark.assumption("list.disabled", "hidden")
@pytest.mark.parametrize("limit", [1, 3, 25])
def test_hidden_disabled_accounts_leave_no_gaps_in_pages(assumed: World, limit: int) -> None:
    assumed.reset(world={"generate": 0, "assume": {"list.disabled": "hidden"}})
    for number in range(12):
        assumed.make(status="disabled" if number % 3 else "active", created_at=later(minutes=-number))
    page = assumed.page(limit=limit)
    walked = page["data"]
    while page["next_cursor"] is not None:
        assert len(page["data"]) == limit
        page = assumed.page(limit=limit, cursor=page["next_cursor"])
        walked += page["data"]

    assert [each["status"] for each in walked] == ["active"] * 4
    assert page["data"]


@pytest.mark.assumption("list.disabled", "hidden")
def test_account_is_listed_again_once_it_is_active_again(assumed: World) -> None:
    account = assumed.make(status="disabled")
    active = assumed.patch(account["id"], status="active")

    assert assumed.page(limit=1)["data"] == [active]


@pytest.mark.assumption("delete.again", "200")
def test_second_deletion_is_acknowledged_and_changes_nothing(assumed: World) -> None:
    account = assumed.make()
    assumed.delete(account["id"])
    before = assumed.state()

    assert assumed.delete(account["id"].upper()) == {"id": account["id"], "deleted": True}
    assert assumed.state() == before
    assert assumed.get_response(account["id"]).status_code == 404


@pytest.mark.assumption("delete.again", "410")
def test_second_deletion_gets_410(assumed: World) -> None:
    account = assumed.make()
    assumed.delete(account["id"])

    assert assumed.delete_response(account["id"]).status_code == 410


@pytest.mark.assumption("delete.unknown", "200")
def test_deletion_of_an_unknown_account_is_acknowledged(assumed: World) -> None:
    before = assumed.state()
    response = assumed.delete_response(UNKNOWN)

    assert (response.status_code, response.json()) == (200, {"id": UNKNOWN, "deleted": False})
    assert assumed.state() == before


@pytest.mark.assumption("deleted.inspection", "answered")
def test_deleted_account_has_metrics_and_health(assumed: World) -> None:
    account = assumed.make(behaviour={"snapshots": 3})
    assumed.delete(account["id"])
    health = assumed.health(account["id"])

    assert len(assumed.series(account["id"])) == 3
    assert assumed.metrics(account["id"])["social_account_id"] == account["id"]
    assert (health["healthy"], health["status"], health["error_code"]) == (False, "disabled", "disabled")
    assert health["checked_live"] is False


@pytest.mark.assumption("deleted.inspection", "answered")
def test_deleted_account_is_still_not_listed_or_retrieved(assumed: World) -> None:
    account = assumed.make()
    assumed.delete(account["id"])
    assumed.metrics(account["id"])
    assumed.health(account["id"])

    assert assumed.get_response(account["id"]).status_code == 404
    assert assumed.walk(id=account["id"]) == []
    assert assumed.health_response(UNKNOWN).status_code == 404


@pytest.mark.assumption("metrics.refused-token", "snapshot")
@pytest.mark.parametrize("status", ["disabled", "revoked", "token_expired"])
def test_account_with_a_refused_token_gives_the_latest_snapshot(assumed: World, status: str) -> None:
    account = assumed.make(status=status, behaviour={"snapshots": 3})

    assert assumed.metrics(account["id"]) == {**assumed.series(account["id"])[-1], "source": "snapshot"}
    assert assumed.metrics(assumed.make()["id"])["source"] == "live"


@pytest.mark.assumption("metrics.live-snapshot", "stored")
def test_live_pull_is_stored_and_appears_in_the_series(assumed: World) -> None:
    account = assumed.make(behaviour={"snapshots": 2})
    live = assumed.metrics(account["id"])
    series = assumed.series(account["id"])

    assert len(series) == 3
    assert {**series[-1], "source": "live"} == live
    assert series[-1]["captured_at"] == NOW


@pytest.mark.assumption("metrics.live-snapshot", "stored")
def test_two_pulls_of_one_instant_are_one_snapshot(assumed: World) -> None:
    account = assumed.make()
    for _ in range(2):
        assumed.metrics(account["id"])
    assumed.advance(minutes=1)
    assumed.metrics(account["id"])

    assert [each["captured_at"] for each in assumed.series(account["id"])] == [NOW, later(minutes=1)]


@pytest.mark.assumption("metrics.snapshot-time", "daily-0000")
def test_snapshots_are_captured_at_midnight(assumed: World) -> None:
    account = assumed.make(behaviour={"snapshots": 3})
    captured = [each["captured_at"] for each in assumed.series(account["id"])]

    assert captured == [f"2026-06-{day}T00:00:00.000Z" for day in (12, 13, 14)]


@pytest.mark.assumption("metrics.window-bounds", "until-exclusive")
def test_snapshot_captured_at_until_is_excluded(assumed: World) -> None:
    account = assumed.make()
    assumed.store_snapshots(account["id"], {"captured_at": FIRST}, {"captured_at": SECOND})

    def within(since: str, until: str) -> list[str]:
        return [each["captured_at"] for each in assumed.series(account["id"], since=since, until=until)]

    assert within(FIRST, SECOND) == [FIRST]
    assert within(FIRST, later(SECOND, milliseconds=1)) == [FIRST, SECOND]


@pytest.mark.assumption("metrics.window-echo", "verbatim")
@pytest.mark.parametrize("spelling", ["1780272000", "2026-06-01", "2026-06-01T02:00:00+02:00", "2026-06-01T00:00:00Z"])
def test_bounds_are_echoed_verbatim(assumed: World, spelling: str) -> None:
    response = assumed.metrics(assumed.make()["id"], since=spelling, until=spelling)

    assert (response["since"], response["until"]) == (spelling, spelling)


@pytest.mark.assumption("metrics.open-bound", "omitted")
@pytest.mark.parametrize(("bound", "open"), [("since", "until"), ("until", "since")])
def test_open_bound_is_omitted(assumed: World, bound: str, open: str) -> None:
    account = assumed.make(behaviour={"snapshots": 1})
    instant = {"since": "2026-06-14T00:00:00.000Z", "until": "2026-06-15T00:00:00.000Z"}[bound]
    response = assumed.metrics(account["id"], **{bound: instant})

    assert response[bound] == instant
    assert open not in response


@pytest.mark.assumption("metrics.empty-series", "message")
def test_window_without_snapshots_returns_the_message(assumed: World) -> None:
    account = assumed.make(behaviour={"snapshots": 1})

    assert assumed.metrics(account["id"], until=0) == {
        "social_account_id": account["id"],
        "metrics": None,
        "message": "No metrics have been collected for this account yet.",
    }
    assert len(assumed.series(account["id"])) == 1


@pytest.mark.assumption("metrics.inverted-window", "message")
def test_inverted_window_returns_the_message(assumed: World) -> None:
    account = assumed.make(behaviour={"snapshots": 3})

    assert assumed.metrics(account["id"], since=SECOND, until=FIRST)["metrics"] is None


@pytest.mark.assumption("metrics.inverted-window", "empty-data")
def test_inverted_window_returns_an_empty_series(assumed: World) -> None:
    account = assumed.make(behaviour={"snapshots": 3})

    assert assumed.metrics(account["id"], since=SECOND, until=FIRST)["data"] == []


@pytest.mark.parametrize(
    "minutes",
    [
        pytest.param(5, marks=pytest.mark.assumption("health.near-expiry", "5-minutes")),
        pytest.param(60, marks=pytest.mark.assumption("health.near-expiry", "60-minutes")),
    ],
)
def test_token_is_refreshed_only_close_to_its_expiry(assumed: World, minutes: int) -> None:
    far, near = later(minutes=minutes), later(minutes=minutes, milliseconds=-1)

    assert assumed.health(assumed.make(token_expires_at=far)["id"])["token_expires_at"] == far
    assert assumed.health(assumed.make(token_expires_at=near)["id"])["token_expires_at"] == later(hours=2)


@pytest.mark.assumption("health.recovery", "stays-flipped")
def test_flipped_account_stays_flipped_even_if_a_refresh_would_succeed(assumed: World) -> None:
    account = assumed.make(token_expires_at=PAST, behaviour={"refresh": "fails"})
    assumed.health(account["id"])
    assumed.patch(account["id"], behaviour={"refresh": "ok"})
    health = assumed.health(account["id"])

    assert (health["healthy"], health["status"], health["error_code"]) == (False, "token_expired", "token_expired")
    assert assumed.get(account["id"])["status"] == "token_expired"


@pytest.mark.assumption("health.recovery", "stays-flipped")
def test_active_account_is_still_refreshed(assumed: World) -> None:
    account = assumed.make(token_expires_at=PAST)

    assert assumed.health(account["id"])["token_expires_at"] == later(hours=2)


@pytest.mark.assumption("health.revoked-grant", "revoked")
def test_account_with_a_revoked_grant_is_revoked_and_not_probed_again(assumed: World) -> None:
    account = assumed.make(token_expires_at=PAST, behaviour={"refresh": "revoked"})
    first, second = assumed.health(account["id"]), assumed.health(account["id"])

    assert (first["checked_live"], first["status"], first["error_code"]) == (True, "revoked", "revoked")
    assert (second["checked_live"], second["status"], second["error_code"]) == (False, "revoked", "revoked")
    assert [event["event"] for event in assumed.events()] == ["account.reauth_required", "account.disconnected"]


@pytest.mark.assumption("events.revoked-grant", "not-disconnected")
def test_revoked_grant_does_not_count_as_a_disconnection(assumed: World) -> None:
    assumed.health(assumed.make(token_expires_at=PAST, behaviour={"refresh": "revoked"})["id"])

    assert [event["event"] for event in assumed.events()] == ["account.token_expired", "account.reauth_required"]


@pytest.mark.assumption("metrics.iso-forms", "rfc3339")
def test_forms_beyond_rfc_3339_are_refused(assumed: World) -> None:
    response = assumed.metrics_response(assumed.make()["id"], {"since": "2026-06-01"})

    assert (response.status_code, response.json()["code"]) == (400, "validation_failed")
    assert [(error["in"], error["name"]) for error in response.json()["errors"]] == [("query", "since")]
