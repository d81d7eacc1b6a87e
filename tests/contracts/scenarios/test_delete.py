"""The checks of disconnecting: the mock passes, and each deployment that breaks a statement fails by that one."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from tests.contracts.conftest import Organization, failed, outcome
from tests.contracts.proxy import Answer, Call, Rule

from postfuze_contracts.model.operations import MISSING_ID
from postfuze_contracts.model.options import Access, Keys, Sessions
from postfuze_contracts.model.verdicts import Outcome

JUDGED = {f"delete.{name}" for name in ("acknowledged", "gone", "only-that-one", "again", "needs-scope")}


def deletes(call: Call) -> bool:
    return call.method == "DELETE" and not call.path.endswith(MISSING_ID)


def acknowledged_with(body: dict[str, Any], status: int | None = None) -> Rule:
    def rule(call: Call) -> Answer:
        answer = call.forward()
        return answer.but(body, status) if call.method == "DELETE" and answer.status == 200 else answer

    return rule


def still_retrieved() -> Rule:
    seen: dict[str, Answer] = {}

    def rule(call: Call) -> Answer:
        answer = call.forward()
        if call.method == "GET" and call.path.count("/") == 2:
            return seen.setdefault(call.path, answer) if answer.status == 200 else seen.get(call.path, answer)
        return answer

    return rule


def still_listed(by: str) -> Rule:
    """A list with the filter `by` shows accounts from before they were deleted."""
    rows: dict[str, dict[str, Any]] = {}
    deleted: list[str] = []

    def rule(call: Call) -> Answer:
        if deletes(call):
            rows.update({row["id"]: row for row in call.instead("GET", "/social-accounts?limit=100").json["data"]})
        answer = call.forward()
        if deletes(call) and answer.status == 200:
            deleted.append(call.path.split("/")[2])
        if call.path == "/social-accounts" and call.query.get(by) and answer.status == 200:
            wanted = [rows[id] for id in deleted if rows[id][by] == call.query[by]]
            return answer.but({**answer.json, "data": wanted + answer.json["data"]})
        return answer

    return rule


def takes_the_next_too(call: Call) -> Answer:
    id = call.path.split("/")[-1]
    rows = call.instead("GET", "/social-accounts?limit=100").json["data"] if deletes(call) else []
    answer = call.forward()
    after = [later["id"] for row, later in pairwise(rows) if row["id"] == id]
    if answer.status == 200 and after:
        call.instead("DELETE", f"/social-accounts/{after[0]}")
    return answer


def disables_its_platform() -> Rule:
    """Deleting an account disables, for all to see, those of the same platform."""
    platforms: set[str] = set()

    def changed(row: dict[str, Any]) -> dict[str, Any]:
        return {**row, "status": "disabled"} if row.get("platform") in platforms else row

    def rule(call: Call) -> Answer:
        before = call.instead("GET", call.path).json if deletes(call) else None
        answer = call.forward()
        if before is not None and answer.status == 200:
            platforms.add(before["platform"])
        if call.path == "/social-accounts" and answer.status == 200:
            return answer.but({**answer.json, "data": [changed(row) for row in answer.json["data"]]})
        return answer

    return rule


def once_more(call: Call) -> Answer:
    answer = call.forward()
    again = deletes(call) and answer.status == 404
    return answer.but({"id": call.path.split("/")[-1], "deleted": True}, 200) if again else answer


def accepts_any_id(call: Call) -> Answer:
    answer = call.forward()
    if call.method == "DELETE" and call.path.endswith(MISSING_ID) and answer.status == 404:
        return answer.but({"id": MISSING_ID, "deleted": True}, 200)
    return answer


def needs_no_scope(call: Call) -> Answer:
    key = call.headers.get("authorization", "")
    return replace(call, headers={**call.headers, "authorization": key.removesuffix("_readonly")}).forward()


def refuses_but_deletes(call: Call) -> Answer:
    answer = call.forward()
    if call.method == "DELETE" and answer.status == 403:
        needs_no_scope(call)
    return answer


BROKEN: dict[str, tuple[Rule, str]] = {
    "no id": (acknowledged_with({"deleted": True}), "delete.acknowledged"),
    "deleted is no boolean": (acknowledged_with({"id": MISSING_ID, "deleted": "true"}), "delete.acknowledged"),
    "204": (acknowledged_with({}, 202), "delete.acknowledged"),
    "still retrieved": (still_retrieved(), "delete.gone"),
    "still listed by platform": (still_listed("platform"), "delete.gone"),
    "still listed by username": (still_listed("username"), "delete.gone"),
    "still listed by id": (still_listed("id"), "delete.gone"),
    "the next taken too": (takes_the_next_too, "delete.only-that-one"),
    "its platform disabled": (disables_its_platform(), "delete.only-that-one"),
    "200 once more": (once_more, "delete.again"),
    "200 for any id": (accepts_any_id, "delete.again"),
    "no scope needed": (needs_no_scope, "delete.needs-scope"),
    "refused but deleted": (refuses_but_deletes, "delete.needs-scope"),
}


def test_the_mock_keeps_every_statement(organization: Organization) -> None:
    finished = organization.judge("delete")
    assert outcome(finished, Outcome.PASS) == JUDGED
    assert not failed(finished)


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_deployment_fails_by_the_statement_that_it_breaks(organization: Organization, name: str) -> None:
    rule, statement = BROKEN[name]
    assert failed(organization.judge("delete", rule)) == {statement}


def test_only_what_the_run_connected_is_deleted(organization: Organization) -> None:
    before = organization.caller.get("/social-accounts", limit=100).json["data"]
    finished = organization.judge("delete")
    after = {row["id"] for row in organization.caller.get("/social-accounts", limit=100).json["data"]}
    connected = {change.id for change in finished.ledger if change.what == "connected"}
    assert {change.id for change in finished.ledger if change.what == "deleted"} <= connected
    assert {row["id"] for row in before[:90]} <= after


def test_an_account_that_no_session_offered_is_left_alone(organization: Organization) -> None:
    """A deployment that tells ids of other accounts when it connects must not make the run delete those."""
    victim = organization.caller.get("/social-accounts", limit=1).json["data"][0]["id"]

    def rule(call: Call) -> Answer:
        answer = call.forward()
        if call.path.endswith("/finalize") and answer.status == 200:
            return answer.but(
                {"connectedAccounts": [{**each, "id": victim} for each in answer.json["connectedAccounts"]]}
            )
        return answer

    given = iter([organization.session() for _ in range(3)])
    finished = organization.judge("delete", rule, sessions=Sessions(fresh=lambda: next(given, None)))
    assert not failed(finished)
    assert organization.caller.get(f"/social-accounts/{victim}").status == 200


def test_without_writing_only_ids_that_never_were_are_tried(organization: Organization) -> None:
    finished = organization.judge("delete", access=Access.PASSIVE)
    assert outcome(finished, Outcome.PASS) == {"delete.again"}
    assert outcome(finished, Outcome.BLOCKED) == JUDGED - {"delete.again"}
    assert not finished.ledger


def test_without_a_read_only_key_the_rest_is_judged(organization: Organization) -> None:
    finished = organization.judge("delete", keys=Keys(full=organization.key()))
    assert outcome(finished, Outcome.BLOCKED) == {"delete.needs-scope"}
    assert outcome(finished, Outcome.PASS) == JUDGED - {"delete.needs-scope"}


def test_accounts_that_come_and_sync_meanwhile_accuse_nobody(organization: Organization) -> None:
    def rule(call: Call) -> Answer:
        organization.levers.create_account(platform="x")
        answer = call.forward()
        if call.path == "/social-accounts" and answer.status == 200:
            synced = [{**row, "last_synced_at": "2026-11-25T00:00:00Z"} for row in answer.json["data"]]
            return answer.but({**answer.json, "data": synced})
        return answer

    assert not failed(organization.judge("delete", rule))
