"""The generated checks: the mock passes, a deployment that breaks what any request can show fails, and nothing that
they send could harm a target."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.contracts.conftest import Organization, failed, outcome
from tests.contracts.proxy import Answer, Call, Rule

from postfuze_contracts.checks.generated.cases import Sendable, generate
from postfuze_contracts.checks.generated.operations import harmless
from postfuze_contracts.model.operations import DELETE, FINALIZE, HEALTH, MISSING_ID, MISSING_SESSION
from postfuze_contracts.model.options import Access, Options, Profile
from postfuze_contracts.model.verdicts import Outcome
from postfuze_mock import spec

Document = dict[str, Any]
ERRORS = {f"errors.{name}" for name in ("problem-document", "title", "status", "code", "validation", "no-server-error")}
ACCOUNT = {f"account.{name}" for name in ("fields", "nulls", "platform", "status", "timestamps")}
USUAL = ERRORS | ACCOUNT | {"list.envelope", "list.default-25", "list.limit-100", "get.by-id", "service.health"}
UNWRITTEN = Options("http://unused.invalid")


def rows(change: Callable[[Document], Document]) -> Rule:
    """Accounts are changed, in lists and alone."""

    def rule(call: Call) -> Answer:
        answer = call.forward()
        if answer.status != 200 or not call.path.startswith("/social-accounts") or call.path.count("/") > 2:
            return answer
        body = answer.json
        page = {**body, "data": list(map(change, body["data"]))} if "data" in body else change(body)
        return answer.but(page)

    return rule


def put(**members: Any) -> Rule:
    return rows(lambda row: {**row, **members})


def listed(change: Callable[[Document], Document]) -> Rule:
    def rule(call: Call) -> Answer:
        answer = call.forward()
        return answer.but(change(answer.json)) if call.path == "/social-accounts" and answer.status == 200 else answer

    return rule


def metrics(change: Callable[[Document], Document]) -> Rule:
    def rule(call: Call) -> Answer:
        answer = call.forward()
        return answer.but(change(answer.json)) if call.path.endswith("/metrics") and answer.status == 200 else answer

    return rule


def without(name: str) -> Rule:
    """A list ignores this parameter."""

    def rule(call: Call) -> Answer:
        if call.path == "/social-accounts" and name in call.target and call.forward().status == 200:
            return call.instead("GET", call.path)
        return call.forward()

    return rule


def crashing(call: Call) -> Answer:
    answer = call.forward()
    return answer.but({"error": "Traceback"}, 500) if answer.status == 400 else answer


def accepting(call: Call) -> Answer:
    """Finalizing anything succeeds."""
    answer = call.forward()
    return answer.but({"connectedAccounts": []}, 200) if call.path.endswith("/finalize") else answer


BROKEN: dict[str, tuple[Rule, str]] = {
    "no scopes": (rows(lambda row: {key: value for key, value in row.items() if key != "scopes"}), "account.fields"),
    "scopes in text": (put(scopes="a b"), "account.fields"),
    "no status": (put(status=None), "account.nulls"),
    "a platform of its own": (put(platform="myspace"), "account.platform"),
    "a status in numbers": (put(status=1), "account.status"),
    "unix timestamps": (put(created_at=1_780_000_000), "account.timestamps"),
    "timestamps without an offset": (put(updated_at="2026-06-01T00:00:00"), "account.timestamps"),
    "followers in text": (
        metrics(lambda document: {**document, "followers": "1"}),
        "metrics.value-fields",
    ),
    "no next_cursor": (listed(lambda page: {"data": page["data"]}), "list.envelope"),
    "limit ignored": (without("limit"), "list.limit-100"),
    "500 for what is wrong": (crashing, "errors.no-server-error"),
    "sessions made up": (accepting, "connect.unknown-session"),
}


@pytest.mark.parametrize("profile", ["quick", "ci"])
def test_the_mock_keeps_what_is_judged(organization: Organization, profile: Profile) -> None:
    finished = organization.judge("generated", profile=profile)
    assert failed(finished) == set()
    assert outcome(finished, Outcome.PASS) >= USUAL


def test_reading_is_enough(organization: Organization) -> None:
    finished = organization.judge("generated", access=Access.PASSIVE)
    assert failed(finished) == set()
    assert outcome(finished, Outcome.PASS) >= USUAL


@pytest.mark.parametrize("seed", range(5))
def test_no_seed_accuses_the_mock(organization: Organization, seed: int) -> None:
    assert failed(organization.judge("generated", seed=seed)) == set()


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_deployment_fails_by_the_statement_that_it_breaks(organization: Organization, name: str) -> None:
    rule, statement = BROKEN[name]
    assert statement in failed(organization.judge("generated", rule))


def ids_of_another_kind(row: Document) -> Document:
    return {**row, "profile_image_url": "https://pbs.example/…", "extra": 1, "network_unique_id": "ünïque"}


def test_what_openapi_yaml_adds_to_the_documents_is_not_judged(organization: Organization) -> None:
    assert failed(organization.judge("generated", rows(ids_of_another_kind), profile="ci")) <= FILTERS


FILTERS = {"list.filter-network-unique-id", "list.filter-alias"}  # which that deployment does break


@pytest.mark.parametrize("operation", spec.operations())
def test_equal_seeds_make_equal_requests(operation: str) -> None:
    assert list(generate(operation, UNWRITTEN)) == list(generate(operation, UNWRITTEN))


@pytest.mark.parametrize("operation", [DELETE, FINALIZE, HEALTH])
def test_what_would_change_a_target_is_aimed_at_nothing(operation: str) -> None:
    aimed = [harmless(request) for request in generate(operation, UNWRITTEN)]
    assert aimed
    assert all(map(hits_nothing, aimed))


def hits_nothing(request: Sendable) -> bool:
    id = request.path.get("id", "")
    return (
        request.path.get("sessionToken") == MISSING_SESSION
        or id == MISSING_ID
        or (request.operation == HEALTH and len(id) != len(MISSING_ID))
    )


@pytest.mark.parametrize("access", list(Access))
def test_nothing_of_an_organization_is_changed(organization: Organization, access: Access) -> None:
    organization.session(pages=2)
    options = organization.options(access=access)
    before = state(organization)
    organization.judge("generated", profile="ci", access=options.access)
    assert state(organization) == before


def state(organization: Organization) -> dict[str, Any]:
    """All of an organization, but for what a live pull of metrics notes."""
    shown = organization.levers.get_state()
    accounts = [
        {**each, "account": {**each["account"], "last_synced_at": None, "updated_at": None}}
        for each in shown["accounts"]
    ]
    tokens = {session["session_token"] for session in shown["sessions"]}
    kept = tokens_before.setdefault(organization.name, tokens)
    return {"accounts": accounts, "sessions": kept & tokens, "events": shown["events"]}


#: Judging mints sessions of its own.
tokens_before: dict[str, set[str]] = {}
