"""The checks of rate limits: the mock passes, and each deployment that breaks a statement fails by that one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest
from tests.contracts.conftest import Organization, failed, outcome
from tests.contracts.proxy import Answer, Call, Rule
from tests.e2e.mock_process import MockProcess

from postfuze_contracts.model.options import Access
from postfuze_contracts.model.verdicts import Outcome

JUDGED = {f"limits.{name}" for name in ("organization", "account-writes", "retry-after", "per-organization")}


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MockProcess]:
    process = MockProcess("--rate-limits", folder=tmp_path_factory.mktemp("limited"))
    yield process
    process.stop()


class Limited(Organization):
    """One whose clock goes together with those of the organizations that rules let its calls count in."""

    def advance(self, seconds: float) -> None:
        for suffix in ("", "-writes", "-twin", "-other", "-reader"):
            self.mock.mock(f"{self.name}{suffix}").advance_clock(seconds)


@pytest.fixture
def organization(limited: MockProcess) -> Iterator[Organization]:
    made = Limited(limited, "limited")
    yield made
    made.close()


def as_key(call: Call, key: str) -> Answer:
    return replace(call, headers={**call.headers, "authorization": f"Bearer {key}"}).forward()


def unlimited(method: str) -> Rule:
    """Calls of that method are spread over so many organizations that none of them is limited."""
    numbers = count()

    def rule(call: Call) -> Answer:
        return as_key(call, f"sk_test_spread-{next(numbers) // 15}") if call.method == method else call.forward()

    return rule


def twice_as_many() -> Rule:
    """Every other call counts elsewhere."""
    numbers = count()

    def rule(call: Call) -> Answer:
        key = call.headers.get("authorization", "").removeprefix("Bearer ")
        return as_key(call, f"{key}-twin") if next(numbers) % 2 else call.forward()

    return rule


def a_limit_for_each_key(call: Call) -> Answer:
    key = call.headers.get("authorization", "").removeprefix("Bearer ")
    return as_key(call, f"{key.removesuffix('_readonly')}-reader_readonly") if "_readonly" in key else call.forward()


def one_limit_for_all(call: Call) -> Answer:
    key = call.headers.get("authorization", "").removeprefix("Bearer ")
    return as_key(call, key.removesuffix("-other"))


def writes_counted_apart(call: Call) -> Answer:
    key = call.headers.get("authorization", "").removeprefix("Bearer ")
    return as_key(call, f"{key}-writes") if call.method == "DELETE" else call.forward()


def without_the_header(call: Call) -> Answer:
    answer = call.forward()
    kept = {name: value for name, value in answer.headers.items() if name != "retry-after"}
    return replace(answer, headers=kept) if answer.status == 429 else answer


def in_the_body(call: Call) -> Answer:
    answer = call.forward()
    return answer.but({**answer.json, "retry_after": 30}) if answer.status == 429 else answer


def as_a_date(call: Call) -> Answer:
    answer = call.forward()
    late = {"retry-after": "Wed, 25 Nov 2026 02:00:00 GMT"}
    return replace(answer, headers={**answer.headers, **late}) if answer.status == 429 else answer


def too_soon(call: Call) -> Answer:
    answer = call.forward()
    return replace(answer, headers={**answer.headers, "retry-after": "5"}) if answer.status == 429 else answer


BROKEN: dict[str, tuple[Rule, str]] = {
    "no limit of writes": (unlimited("DELETE"), "limits.account-writes"),
    "no limit of calls": (unlimited("GET"), "limits.organization"),
    "writes counted apart": (writes_counted_apart, "limits.account-writes"),
    "a limit for each key": (a_limit_for_each_key, "limits.per-organization"),
    "one limit for all": (one_limit_for_all, "limits.per-organization"),
    "no Retry-After": (without_the_header, "limits.retry-after"),
    "Retry-After in the body": (in_the_body, "limits.retry-after"),
    "Retry-After as a date": (as_a_date, "limits.retry-after"),
    "Retry-After too soon": (too_soon, "limits.retry-after"),
}


@pytest.mark.parametrize("assumed", ["first-call", "aligned"])
def test_the_mock_keeps_every_statement(organization: Organization, assumed: str) -> None:
    organization.levers.reset(world={"assume": {"limits.window-start": assumed}})
    finished = organization.judge("limits", exhaust_limits=True, access=Access.PASSIVE)
    assert outcome(finished, Outcome.PASS) == JUDGED
    assert not failed(finished)


@pytest.mark.slow
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_deployment_fails_by_the_statement_that_it_breaks(organization: Organization, name: str) -> None:
    rule, statement = BROKEN[name]
    assert failed(organization.judge("limits", rule, exhaust_limits=True)) == {statement}


@pytest.mark.slow
def test_higher_limits_than_the_documented_ones_are_caught(organization: Organization) -> None:
    found = failed(organization.judge("limits", twice_as_many(), exhaust_limits=True))
    assert {"limits.account-writes", "limits.organization"} <= found


def test_without_leave_nothing_is_exhausted(organization: Organization) -> None:
    finished = organization.judge("limits")
    assert outcome(finished, Outcome.BLOCKED) == JUDGED
    assert not finished.requests
