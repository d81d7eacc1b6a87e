"""What coverage counts, over all worlds and all resets."""

from __future__ import annotations

from typing import Final

import pytest
from tests.mockserver.conftest import Start
from tests.mockserver.coverage.met import Met
from tests.support.servers import RunningMock

from postfuze_mock.worlds.coverage import MAX_CALLS

ACCOUNT: Final = "a1b2c3d4-0000-4a9f-9b1c-2e7d6f0a1234"
NOBODY: Final = "00000000-0000-4000-8000-000000000000"


def test_nothing_is_met_before_the_first_call(met: Met) -> None:
    report = met.report()

    assert (report["percent"], report["met"], report["calls"]) == (0, 0, 0)
    assert not any(statement["met"] for statement in report["statements"])


def test_one_call_meets_its_items_and_their_statements(met: Met) -> None:
    met.demo.page(platform="x")

    assert "listSocialAccounts" in met
    assert "list.by-platform" in met
    assert "list.by-tenant" not in met
    assert {each["id"]: each["met"] for each in met.report()["statements"]}["list.filter-platform"]


def test_totals_are_those_of_the_items(met: Met) -> None:
    met.demo.page(limit=5)
    report = met.report()
    items = [item for group in report["groups"] for item in group["items"]]

    assert report["total"] == len(items) == sum(group["total"] for group in report["groups"])
    assert report["met"] == sum(item["met"] for item in items) == sum(group["met"] for group in report["groups"])
    assert report["percent"] == int(report["met"] / report["total"] * 1000) / 10


def test_answers_are_counted_by_status(met: Met) -> None:
    met.demo.page()
    met.other.page()
    met.demo.list_response({"limit": 101})
    met.client.create_fault(operation="listSocialAccounts", effect={"drop": "empty"}, times=1)
    with pytest.raises(Exception, match="disconnected"):
        met.demo.list_response()

    group = met.group("listSocialAccounts")
    assert group["answers"] == {"200": 2, "400": 1, "dropped": 1}
    assert group["calls"] == 4
    assert met.report()["calls"] == 4


def test_resets_and_restored_states_undo_nothing(met: Met) -> None:
    met.demo.page(limit=5)
    met.client.reset()
    met.client.put_state(met.client.get_state())
    met.client.reset(all=True)
    met.client.delete_requests()

    assert "list.limit" in met


@pytest.mark.memory_only
def test_world_that_is_dropped_leaves_what_it_met(start: Start) -> None:
    server: RunningMock = start("--max-worlds", "2")
    met = Met(server)
    for name in ("first", "second", "third"):
        server.world(name).page(limit=5)

    assert "first" not in {world["name"] for world in met.client.list_worlds()}
    assert met.group("listSocialAccounts")["answers"] == {"200": 3}


def test_calls_of_the_control_api_are_not_counted(met: Met) -> None:
    met.client.search_accounts()
    met.client.list_events()

    assert met.report()["calls"] == 0


def test_unknown_paths_are_not_counted(met: Met) -> None:
    met.demo.call("GET", "/posts")

    assert met.report()["calls"] == 0


def test_deleting_begins_anew(met: Met) -> None:
    met.demo.page()
    met.client.delete_coverage()

    assert met.report()["met"] == 0
    assert met.group("listSocialAccounts")["answers"] == {}


def test_more_calls_than_are_gathered_are_counted(met: Met) -> None:
    for _ in range(MAX_CALLS + 3):
        met.demo.get_response(ACCOUNT)

    assert met.group("getSocialAccount")["answers"] == {"200": MAX_CALLS + 3}


def test_journal_without_bodies_and_entries_hides_nothing(met: Met) -> None:
    met.client.put_journal_settings(bodies=False, size=1)
    met.demo.page(username="nobody")
    met.demo.page()

    assert "listSocialAccounts.200.empty" in met


def test_answer_that_the_journal_cuts_is_read_whole(met: Met) -> None:
    page = met.demo.page(limit=100)
    met.demo.page(limit=100, cursor=page["next_cursor"])

    assert "list.last-page" in met


def test_status_by_a_fault_is_marked_until_a_call_gets_it_without_one(met: Met) -> None:
    met.prefer(404, f"/social-accounts/{NOBODY}")
    assert met["getSocialAccount.404"] | {"met": True, "by_fault": True} == met["getSocialAccount.404"]

    met.demo.get_response(NOBODY)
    assert met["getSocialAccount.404"] | {"met": True, "by_fault": False} == met["getSocialAccount.404"]


def test_scripted_fault_shows_its_preset_and_marks_the_answer(met: Met) -> None:
    met.client.create_fault(preset="platform_down", times=1)
    met.demo.call("GET", f"/social-accounts/{ACCOUNT}/metrics")

    assert "preset.platform_down" in met
    assert met["getSocialAccountMetrics.200.snapshot"]["by_fault"] is True


def test_preset_that_hits_no_call_is_not_met(met: Met) -> None:
    met.client.create_fault(preset="platform_down", times=1)
    met.demo.page()

    assert "preset.platform_down" not in met


def test_retry_is_met_by_the_same_operation_in_the_same_world(met: Met) -> None:
    met.prefer(429)
    met.other.page()
    met.demo.call("GET", f"/social-accounts/{ACCOUNT}")
    assert "retry.succeeds" not in met

    met.demo.page()
    assert "retry.succeeds" in met


def test_sequence_in_the_wrong_order_is_not_met(met: Met) -> None:
    met.demo.page()
    met.prefer(429)

    assert "retry.succeeds" not in met


def test_sequence_is_followed_over_many_calls(met: Met) -> None:
    met.prefer(429)
    for _ in range(MAX_CALLS):
        met.other.page(limit=1)
    met.demo.page()

    assert "retry.succeeds" in met


def test_one_organization_is_not_two(met: Met) -> None:
    met.demo.page()
    met.demo.list_response(key="sk_live_demo")
    assert "list.organizations" not in met

    met.other.page()
    assert "list.organizations" in met


def test_account_that_no_world_has_is_not_foreign(met: Met) -> None:
    met.other.get_response(NOBODY)

    assert "get.unknown" in met
    assert "get.foreign" not in met


def test_text_in_an_account_is_not_taken_for_a_member(met: Met) -> None:
    name = '"status":"disabled"'
    account = met.client.create_account(display_name=name)
    met.demo.get_response(account["id"])

    assert "get.disabled" not in met


def test_alternative_of_an_assumption_meets_no_answer_that_is_declared_otherwise(start: Start) -> None:
    server: RunningMock = start("--assume", "errors.validation-status=422")
    met = Met(server)
    met.demo.list_response({"limit": 101})

    assert "listSocialAccounts.400.parameter" not in met
