"""What the checks of lists and accounts observe of a deployment."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import pytest
from tests.contracts.family.judgement import checks_of, failed
from tests.contracts.family.mock import Deployment, Mock
from tests.contracts.family.wire import Request, Response

from postfuze_contracts.model.options import Access, Pin

PRECISION, SETTLING = "account.created-precision", "list.settling"


def observed(deployment: Deployment, *, pins: dict[str, Pin] | None = None) -> dict[str, set[str]]:
    """The choices by assumption. Nothing may fail."""
    finished = deployment.judge(checks_of("account", "get", "list"), access=Access.PASSIVE, pins=pins or {})
    assert failed(finished) == frozenset()
    choices = defaultdict[str, set[str]](set)
    for each in finished.observations:
        choices[each.assumption].add(each.choice)
    return choices


def test_passive_run_observes_one_choice_for_each_assumption(deployment: Deployment) -> None:
    assert observed(deployment) == {
        "fields.null": {"null"},
        "ids.form": {"uuid"},
        "parameters.unknown": {"ignored"},
        "parameters.repeated": {"last-wins"},
        "account.platform-values": {"documented"},
        "account.update-order": {"not-before"},
        "list.disabled": {"listed"},
        "ids.malformed-path": {"404"},
        "ids.malformed-filter": {"refused"},
        "platform.unknown-filter": {"refused"},
        "filters.empty": {"empty-page"},
        "tenants.comparison": {"exact"},
        "limit.below-range": {"refused"},
        "limit.above-range": {"refused"},
        "list.end": {"null"},
        PRECISION: {"as-kept"},
    }


def test_pinned_wide_choice_is_not_broken_by_what_fits_the_narrow_one(deployment: Deployment) -> None:
    pins = {"account.platform-values": Pin("further", "as pinned"), PRECISION: Pin("finer", "as pinned")}

    assert observed(deployment, pins=pins).keys().isdisjoint(pins)


def test_two_ends_of_the_range_of_limits_are_told_apart(mock: Mock) -> None:
    mock.settings = replace(mock.settings, assume={"limit.above-range": "clamped"})
    with mock.served() as deployment:
        choices = observed(deployment)

    assert (choices["limit.below-range"], choices["limit.above-range"]) == ({"refused"}, {"clamped"})


@pytest.mark.parametrize("limit", ["256", "257"])
def test_limit_that_is_cut_to_a_byte_fits_no_choice(mock: Mock, limit: str) -> None:
    def cut(request: Request) -> Request:
        return request.with_query(limit="1") if request.parameters.get("limit") == limit else request

    mock.requests("listSocialAccounts", cut)
    with mock.served() as deployment:
        assert observed(deployment)["limit.above-range"] == {"refused", "a page of 1"}


def test_unavailable_list_is_no_empty_list(mock: Mock) -> None:
    """A 503 without Retry-After is not waited for; it blocks, and accuses no filter."""

    async def handle(request: Request) -> Response:
        problem = {"type": "about:blank", "title": "Service Unavailable", "status": 503, "detail": None}
        both = "platform" in request.parameters and "tenant_id" in request.parameters
        return Response.of(503, problem, "application/problem+json") if both else await request.send()

    mock.handle("listSocialAccounts", handle)
    with mock.served() as deployment:
        finished = deployment.judge(checks_of("list"), access=Access.PASSIVE)
    assert "list.filters-and" not in failed(finished)
