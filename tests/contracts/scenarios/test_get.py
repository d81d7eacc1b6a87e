"""The checks of retrieving an account: the mock passes, and what breaks a statement fails by that one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.contracts.conftest import Organization, failed, outcome
from tests.contracts.proxy import Answer, Call, Rule

from postfuze_contracts.model.options import Access
from postfuze_contracts.model.verdicts import Outcome

ROOT = "/social-accounts"


def gets(call: Call) -> bool:
    return call.method == "GET" and call.path.startswith(f"{ROOT}/") and call.path.count("/") == 2


def changed(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Rule:
    def rule(call: Call) -> Answer:
        answer = call.forward()
        return answer.but(change(answer.json)) if gets(call) and answer.status == 200 else answer

    return rule


def another_account(call: Call) -> Answer:
    answer = call.forward()
    first = call.instead("GET", f"{ROOT}?limit=1").json["data"] if gets(call) and answer.status == 200 else []
    return answer.but(first[0]) if first else answer


def missing_when_disabled(call: Call) -> Answer:
    answer = call.forward()
    hidden = gets(call) and answer.status == 200 and answer.json["status"] == "disabled"
    return call.instead("GET", f"{ROOT}/00000000-0000-4000-8000-000000000000") if hidden else answer


def null_when_missing(call: Call) -> Answer:
    answer = call.forward()
    return Answer(200, {"content-type": "application/json"}, b"null") if gets(call) and answer.status == 404 else answer


def status_for_unknown(status: int) -> Rule:
    def rule(call: Call) -> Answer:
        answer = call.forward()
        return answer.but({**answer.json, "status": status}, status) if gets(call) and answer.status == 404 else answer

    return rule


def keeps_deleted(status: int) -> Rule:
    """Deleted accounts are still retrieved; or answer `status`."""
    known: dict[str, Any] = {}

    def rule(call: Call) -> Answer:
        if call.method == "DELETE":
            known[call.path] = {**call.instead("GET", call.path).json, "status": "disabled"}
        answer = call.forward()
        if gets(call) and call.path in known and answer.status == 404:
            return Answer(status, {"content-type": "application/json"}, json.dumps(known[call.path]).encode())
        return answer

    return rule


BROKEN: dict[str, tuple[Rule, set[str]]] = {
    "another name": (changed(lambda account: {**account, "display_name": "Somebody"}), {"get.by-id"}),
    "wrapped": (changed(lambda account: {"data": account}), {"get.by-id"}),
    "a field less": (changed(lambda account: {k: v for k, v in account.items() if k != "scopes"}), {"get.by-id"}),
    "another account": (another_account, {"get.by-id"}),
    "disabled ones are missing": (missing_when_disabled, {"get.by-id"}),
    "null for unknown ones": (null_when_missing, {"get.unknown"}),
    "400 for unknown ones": (status_for_unknown(400), {"get.unknown"}),
    "403 for unknown ones": (status_for_unknown(403), {"get.unknown"}),
    "deleted ones are shown": (keeps_deleted(200), {"get.deleted"}),
    "410 for deleted ones": (keeps_deleted(410), {"get.deleted"}),
}


@pytest.mark.parametrize(("rule", "broken"), BROKEN.values(), ids=BROKEN)
def test_what_is_retrieved_wrongly_fails_by_its_statement(
    organization: Organization, rule: Rule, broken: set[str]
) -> None:
    assert failed(organization.judge("get", rule)) == broken


@pytest.mark.parametrize("profile", ["quick", "ci"])
def test_the_mock_keeps_every_statement_of_retrieving(organization: Organization, profile: Any) -> None:
    passed = outcome(organization.judge("get", profile=profile), Outcome.PASS)
    assert passed == {"get.by-id", "get.unknown", "get.deleted"}


def test_a_reader_judges_all_but_deleted_accounts(organization: Organization) -> None:
    finished = organization.judge("get", access=Access.PASSIVE)
    assert outcome(finished, Outcome.PASS) == {"get.by-id", "get.unknown"}
    assert outcome(finished, Outcome.BLOCKED) == {"get.deleted"}
