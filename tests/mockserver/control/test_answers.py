"""The control API: what the API answers now for an account equals what it does answer, and finding it out changes
nothing."""

from __future__ import annotations

from typing import Any, Final

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.mockserver.assumptions.conftest import GROUPS
from tests.mockserver.model.values import START, behaviours, expiries
from tests.support.times import later
from tests.support.world import API, Json, World

from postfuze_fixtures.platforms import PLATFORMS
from postfuze_fixtures.timestamps import DAY_MS, iso

UNKNOWN: Final = "ffffffff-0000-4a9f-9b1c-2e7d6f0a1234"

fields = st.fixed_dictionaries(
    {"platform": st.sampled_from(list(PLATFORMS)), "created_at": st.just(iso(START - 40 * DAY_MS))},
    optional={
        "status": st.sampled_from(["active", "disabled", "token_expired", "revoked", "under_review"]),
        "token_expires_at": expiries,
        "scopes": st.sampled_from([[], ["offline.access"]]),
        "username": st.none() | st.just("ünïcode.名前"),
        "behaviour": st.builds(dict.__or__, behaviours, st.sampled_from([{}, {"snapshots": 0}, {"snapshots": 3}])),
    },
)
#: Presets that fail a call, which then changes nothing.
FAILING: Final = ("account_gone", "rate_limited")
presets = st.sampled_from([None, "token_refresh_fails", "grant_revoked", "token_refused", "platform_down", *FAILING])


def answers(world: World, id: str) -> list[Json]:
    data: list[Json] = world.control("GET", f"/accounts/{id}/answers")["data"]
    return data


def answer(world: World, id: str, operation: str = "getSocialAccountHealth") -> Json:
    (result,) = [each for each in answers(world, id) if each["operation"] == operation]
    return result


def check_all(world: World, id: str, *, failing: bool) -> None:
    """Each answer equals the call's response, byte for byte, unless a fault makes it fail (`failing`), and says what
    the call changes."""
    for each in answers(world, id):
        before, events = world.record(id)["account"], len(world.events())
        expected = answer(world, id, each["operation"])  # the call before may have changed the account
        response = world.call("GET", each["path"].removeprefix(API))
        after = world.record(id)["account"]

        assert world.requests()[-1]["operation"] == each["operation"]
        assert failing or (expected["status"], orjson.dumps(expected["body"])) == (
            response.status_code,
            response.content,
        )
        assert expected["changes"] == {name: value for name, value in after.items() if value != before[name]}
        assert expected["events"] == [event["event"] for event in world.events()[events:]]
        assert failing or (expected["rule"] is None) == response.is_success


@given(fields=fields, assume=st.sampled_from(GROUPS), deleted=st.booleans(), preset=presets)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_answers_are_those_of_the_api(
    world: World, fields: dict[str, Any], assume: dict[str, str], deleted: bool, preset: str | None
) -> None:
    world.reset(world="empty", assume=assume)
    id = world.make(**fields)["id"]
    if deleted:
        world.delete(id)
    if preset is not None:
        world.control("POST", "/faults", {"preset": preset})

    check_all(world, id, failing=preset in FAILING)


def test_asking_changes_nothing(world: World) -> None:
    account = world.make(token_expires_at=later(minutes=-1), behaviour={"refresh": "revoked"})
    world.control("POST", "/faults", {"preset": "platform_down", "operation": "getSocialAccountMetrics", "times": 1})
    world.control("DELETE", "/requests")
    state = world.state()

    assert answer(world, account["id"])["events"] != []
    assert world.state() == state
    assert world.requests() == []


def test_disconnected_account_is_answered_with_the_problem_and_its_rule(world: World) -> None:
    account = world.make()
    world.delete(account["id"])

    assert {(each["status"], each["rule"]) for each in answers(world, account["id"])} == {
        (404, "get.deleted"),
        (404, "deleted.inspection"),
    }


def test_unknown_account_has_no_answers(world: World) -> None:
    assert world.control_response("GET", f"/accounts/{UNKNOWN}/answers").status_code == 404


@pytest.mark.parametrize("fault", [{"after": 2}, {"probability": 0.5}, {"times": 3}], ids=str)
def test_fault_that_hits_the_next_call_is_named(world: World, fault: Json) -> None:
    account = world.make()
    operation = "getSocialAccountHealth"
    made = world.control("POST", "/faults", {"operation": operation, "effect": {"status": 404}, **fault})
    hits = []
    for _ in range(12):
        expected = answer(world, account["id"])["fault"]
        assert answer(world, account["id"], "getSocialAccount")["fault"] is None
        response = world.health_response(account["id"])
        assert (expected is not None) == (response.status_code == 404)
        assert expected is None or expected == made["id"]
        hits.append(expected is not None)

    assert set(hits) == {True, False}


def test_restored_account_is_served_again_as_active(world: World) -> None:
    account = world.make(username="acme", behaviour={"refresh": "fails"})
    world.delete(account["id"])
    events = len(world.events())
    world.advance(60)
    restored = world.control("POST", f"/accounts/{account['id']}/restore")

    assert restored == world.get(account["id"]) == {**account, "updated_at": world.now()}
    assert world.page(username="acme")["data"] == [restored]
    assert world.control("GET", f"/accounts/{account['id']}")["behaviour"]["refresh"] == "fails"
    assert len(world.events()) == events


def test_account_that_is_not_disconnected_stays_as_it_is(world: World) -> None:
    account = world.make(status="revoked")
    state = world.state()

    assert world.control("POST", f"/accounts/{account['id']}/restore") == account
    assert world.state() == state


def test_unknown_account_is_not_restored(world: World) -> None:
    response = world.control_response("POST", f"/accounts/{UNKNOWN}/restore")

    assert (response.status_code, response.json()["code"]) == (404, "not_found")
