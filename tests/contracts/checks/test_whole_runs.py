"""Runs of all checks against the mock: with everything, with less access, with one key, and without accounts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from tests.contracts.family.judgement import checks_of, failed, statements
from tests.contracts.family.mock import NAME, Deployment, Mock
from tests.contracts.family.wire import Request, Response

from postfuze_contracts.checks import REGISTRY
from postfuze_contracts.engine import catalogue
from postfuze_contracts.model.events import RunFinished
from postfuze_contracts.model.operations import MISSING_ID
from postfuze_contracts.model.options import Access, Profile
from postfuze_contracts.model.verdicts import Outcome
from postfuze_mock import spec

OBSERVABLE = {each.id for each in spec.statements() if each.observable}
ENTRIES = catalogue.entries(REGISTRY)


def needing(*needs: str) -> set[str]:
    """The statements whose checks all declare one of these needs."""
    return {
        entry.statement.id
        for entry in ENTRIES
        if all({need.id for need in catalogue.needs_of(check)} & set(needs) for check in entry.checks)
    }


LIMITS, WRITING, PROBING = needing("allow.exhaust_limits"), needing("access.full"), needing("access.probe")
OTHER_KEYS = needing("keys.read_only", "keys.revoked", "keys.expired", "keys.other_organization", "modes.both")
#: The last two have checks that judge other things without a session.
SESSIONS = needing("sessions.fresh", "sessions.expired") | {"connect.no-key", "list.walk-steady"}
#: The statements that can be judged without an account, generated checks aside.
WITHOUT_ACCOUNTS = {"list.empty", "list.envelope", "get.unknown", "health.unknown", "service.health"}


@pytest.fixture(scope="module")
def full() -> Iterator[RunFinished]:
    """A run with full access, every key, and permission to exhaust the rate limits, against strict keys."""
    mock = Mock()
    mock.refuse_unknown_keys()
    mock.tenant = "tenant_42"
    mock.settings = replace(mock.settings, rate_limits=True)
    mock.exhaust_limits = True
    with mock.served() as deployment:
        yield deployment.judge(REGISTRY)


def contents(deployment: Deployment) -> dict[str, Any]:
    """The accounts, sessions and events of the organization, without the traces of live metrics pulls."""
    state = deployment.control.get_state()
    for account in state["accounts"]:
        account["account"] |= {"last_synced_at": None, "updated_at": None}
    return {name: state[name] for name in ("accounts", "sessions", "events")}


def undeclared(finished: RunFinished) -> dict[str, set[str]]:
    """The needs that blocked a statement although none of its checks declares them."""
    declared = {each.statement.id: {need.id for need in each.needs} for each in ENTRIES}
    blocking = {
        verdict.statement: {"data.account" if need.id.startswith("data.account") else need.id for need in verdict.needs}
        for verdict in finished.verdicts
    }
    rest = {name: ids - declared[name] - {"target.unexpected"} for name, ids in blocking.items()}
    return {name: ids for name, ids in rest.items() if ids}


def test_mock_passes_every_observable_statement(full: RunFinished) -> None:
    assert statements(full, Outcome.PASS) == OBSERVABLE


def test_run_observes_the_choices_of_the_mock(full: RunFinished) -> None:
    choices = {each.id: each.choice for each in spec.assumptions()}
    choices |= {"auth-url.redirect-uri": "any-host", "keys.other-mode": "refused"}
    observed = {each.assumption: each.choice for each in full.observations}
    assert len(observed) > 15
    assert observed == {name: choices[name] for name in observed}


def test_events_of_a_run_contain_no_key(full: RunFinished) -> None:
    assert NAME not in repr(full)


@pytest.mark.parametrize("profile", ["quick", pytest.param("ci", marks=pytest.mark.slow)])
def test_passive_run_judges_reads_and_changes_nothing(mock: Mock, profile: Profile) -> None:
    requests: list[Request] = []

    def record(request: Request, response: Response) -> Response:
        requests.append(request)
        return response

    mock.responses("*", record)
    mock.refuse_unknown_keys()
    with mock.served() as deployment:
        session = mock.session()
        options = deployment.options(Access.PASSIVE)
        sessions = replace(options.sessions, fresh=lambda: session)
        before = contents(deployment)
        finished = deployment.run(replace(options, sessions=sessions, profile=profile), REGISTRY)
        assert contents(deployment) == before
    assert statements(finished, Outcome.BLOCKED) == WRITING | PROBING | LIMITS
    assert statements(finished, Outcome.PASS) == OBSERVABLE - WRITING - PROBING - LIMITS
    assert undeclared(finished) == {}
    assert not finished.ledger
    probes = {request.id for request in requests if request.operation == "getSocialAccountHealth"}
    assert {id for id in probes if len(id) == 36} <= {MISSING_ID}


def test_run_with_one_key_is_blocked_where_it_needs_more(mock: Mock) -> None:
    mock.refuse_unknown_keys()
    with mock.served() as deployment:
        finished = deployment.run(deployment.options(one_key=True), REGISTRY)
    assert not failed(finished)
    assert undeclared(finished) == {}
    assert statements(finished, Outcome.BLOCKED) == OTHER_KEYS | SESSIONS | LIMITS


def test_organization_without_accounts_is_blocked_and_never_fails(mock: Mock) -> None:
    mock.document = {"generate": 0}
    subjects = ("account", "delete", "get", "health", "isolation", "list", "metrics", "service")
    with mock.served() as deployment:
        finished = deployment.judge(checks_of(*subjects), access=Access.PASSIVE)
    judged = {each.id for each in spec.statements() if each.observable and each.subject in subjects}
    judged &= frozenset().union(*(check.statements for check in checks_of(*subjects)))
    assert statements(finished, Outcome.PASS) & judged == WITHOUT_ACCOUNTS
    assert statements(finished, Outcome.BLOCKED) >= judged - WITHOUT_ACCOUNTS
    assert not failed(finished)
    assert undeclared(finished) == {}
