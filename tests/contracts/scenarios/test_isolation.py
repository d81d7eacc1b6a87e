"""The checks of organizations: the mock passes, and each leak fails by the statement that it breaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.contracts.conftest import Organization, failed, outcome
from tests.contracts.proxy import Answer, Call, Rule

from postfuze_contracts.model.options import Access, Keys
from postfuze_contracts.model.verdicts import Outcome

ROOT = "/social-accounts"


def as_the_other(call: Call) -> Call:
    """The same call with the key of the other organization."""
    header = call.headers.get("authorization", "")
    name = header.removeprefix("Bearer sk_").partition("_")[2]
    other = name.removesuffix("-other") if name.endswith("-other") else f"{name}-other"
    return replace(call, headers={**call.headers, "authorization": f"Bearer sk_test_{other}"})


def shared(when: Callable[[Call], bool]) -> Rule:
    """What an organization does not have is looked for in the other, `when` it is asked like this."""

    def rule(call: Call) -> Answer:
        answer = call.forward()
        if not when(call):
            return answer
        if answer.status == 404:
            return as_the_other(call).forward()
        if call.path == ROOT and answer.status == 200 and not answer.json["data"]:
            return as_the_other(call).forward()
        return answer

    return rule


def one_list_for_all(call: Call) -> Answer:
    mine = call.forward()
    if call.method != "GET" or call.path != ROOT or mine.status != 200:
        return mine
    both = [*mine.json["data"], *as_the_other(call).forward().json.get("data", [])]
    return mine.but({**mine.json, "data": both})


def status_for_others(status: int) -> Rule:
    """Accounts of the other organization answer otherwise than unknown ones."""

    def rule(call: Call) -> Answer:
        answer = call.forward()
        strange = answer.status == 404 and as_the_other(call).instead("GET", "/".join(call.path.split("/")[:3]))
        return answer.but({**answer.json, "status": status}, status) if strange and strange.status == 200 else answer

    return rule


def deletes_anyway(call: Call) -> Answer:
    """Answers 404, and deletes the other organization's account all the same."""
    answer = call.forward()
    if call.method == "DELETE" and answer.status == 404:
        as_the_other(call).forward()
    return answer


BROKEN: dict[str, tuple[Rule, set[str]]] = {
    "one list": (one_list_for_all, {"isolation.list"}),
    **{
        f"filter {name}": (shared(lambda call, name=name: name in call.query), {"isolation.list"})  # type: ignore[misc]
        for name in ("id", "network_unique_id", "networkUniqueId", "username")
    },
    "get": (shared(lambda call: call.method == "GET" and call.path.count("/") == 2), {"isolation.reads"}),
    "metrics": (shared(lambda call: call.path.endswith("/metrics")), {"isolation.reads"}),
    "health": (shared(lambda call: call.path.endswith("/health")), {"isolation.reads"}),
    "403": (status_for_others(403), {"isolation.reads", "isolation.delete"}),
    "delete": (shared(lambda call: call.method == "DELETE"), {"isolation.delete"}),
    "delete behind a 404": (deletes_anyway, {"isolation.delete"}),
}


@pytest.mark.parametrize(("rule", "broken"), BROKEN.values(), ids=BROKEN)
def test_a_leak_fails_by_the_statement_that_it_breaks(organization: Organization, rule: Rule, broken: set[str]) -> None:
    assert failed(organization.judge("isolation", rule)) == broken


@pytest.mark.parametrize("profile", ["quick", "ci"])
def test_the_mock_keeps_organizations_apart(organization: Organization, profile: Any) -> None:
    passed = outcome(organization.judge("isolation", profile=profile), Outcome.PASS)
    assert passed == {"isolation.list", "isolation.reads", "isolation.delete"}


def test_a_reader_judges_what_can_be_read_and_probes_nothing(organization: Organization) -> None:
    calls: list[Call] = []

    def rule(call: Call) -> Answer:
        calls.append(call)
        return call.forward()

    finished = organization.judge("isolation", rule, access=Access.PASSIVE)
    assert outcome(finished, Outcome.PASS) == {"isolation.list", "isolation.reads"}
    assert {call.method for call in calls} == {"GET"}
    assert not [call for call in calls if call.path.endswith("/health")]


def test_without_the_key_of_another_organization_all_is_blocked(organization: Organization) -> None:
    finished = organization.judge("isolation", keys=Keys(full=organization.key()))
    assert outcome(finished, Outcome.BLOCKED) == {"isolation.list", "isolation.reads", "isolation.delete"}


def test_another_organization_without_accounts_is_no_failure(organization: Organization) -> None:
    name = f"{organization.name}-other"
    organization.levers.world(name).reset(world="empty")
    assert not failed(organization.judge("isolation"))
