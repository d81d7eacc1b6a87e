"""An operation that a target does not have is one finding."""

from __future__ import annotations

import pytest
from tests.contracts.family.correct.deployed import AUTH_URL, SERVICE, lacking
from tests.contracts.family.mock import Mock

from postfuze_contracts.checks import REGISTRY
from postfuze_contracts.model.events import RunFinished
from postfuze_contracts.model.options import Access
from postfuze_contracts.model.verdicts import Outcome
from postfuze_contracts.target.deployed import MAIN
from postfuze_mock import spec


def run(mock: Mock, access: Access) -> RunFinished:
    with mock.served() as deployment:
        return deployment.run(deployment.options(access), REGISTRY)


def failures(finished: RunFinished) -> dict[str, int]:
    return {each.statement: len(each.failures) for each in finished.verdicts if each.outcome is Outcome.FAIL}


def needs(finished: RunFinished) -> dict[str, set[str]]:
    return {each.statement: {need.id for need in each.needs} for each in finished.verdicts if each.needs}


def test_main_statements_are_observable() -> None:
    assert {each.id for each in spec.statements() if each.observable} >= set(MAIN.values())


@pytest.mark.slow
def test_operations_of_the_pages_around_are_no_failures_and_block_what_only_they_show(mock: Mock) -> None:
    lacking(mock, SERVICE, AUTH_URL)
    finished = run(mock, Access.FULL)
    blocked = needs(finished)
    assert not failures(finished)
    assert not finished.faults
    assert {each for each, ids in blocked.items() if "operation.getServiceHealth" in ids} >= {"service.health"}
    assert {each for each, ids in blocked.items() if "operation.createAuthUrl" in ids} == {
        "auth-url.url",
        "auth-url.state",
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("operation", "status"),
    [
        ("getSocialAccountMetrics", 404),
        ("getSocialAccountHealth", 404),
        ("getSocialAccountHealth", 501),
        ("deleteSocialAccount", 405),
        ("finalizeConnection", 405),
    ],
)
def test_documented_operation_that_is_missing_fails_once(operation: str, status: int, mock: Mock) -> None:
    lacking(mock, operation, status=status)
    finished = run(mock, Access.FULL)
    assert failures(finished) == {MAIN[operation]: 1}
    assert not finished.faults
    assert f"operation.{operation}" in set().union(*needs(finished).values())
