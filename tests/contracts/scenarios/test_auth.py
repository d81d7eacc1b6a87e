"""The checks of keys and of the service: the mock passes, and what breaks a statement fails by that one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.contracts.conftest import Organization, failed, outcome
from tests.contracts.proxy import Answer, Call, Rule
from tests.contracts.relisting import problem

from postfuze_contracts.model.options import Access, Keys, Secret
from postfuze_contracts.model.verdicts import Outcome
from postfuze_mock import spec

AUTH = {each.id for each in spec.statements() if each.subject == "auth" and each.observable}
WRITING = {"auth.write-scopes"}
ROOT = "/social-accounts"


def header(call: Call) -> str:
    return call.headers.get("authorization", "")


def accepting(when: Callable[[Call], bool]) -> Rule:
    """Keys that are worth nothing are taken for good ones."""
    return lambda call: (
        replace(call, headers={**call.headers, "authorization": "Bearer sk_live_demo"}).forward()
        if when(call)
        else call.forward()
    )


def refusing(when: Callable[[Call], bool], status: int = 401) -> Rule:
    return lambda call: problem(status, "Refused", None) if when(call) else call.forward()


def saying(detail: str) -> Rule:
    def rule(call: Call) -> Answer:
        answer = call.forward()
        return answer.but({**answer.json, "detail": detail}) if answer.status == 401 else answer

    return rule


def unknown_first(call: Call) -> Answer:
    """Looks the account up before it looks at the key."""
    missing = "c0de" in call.path
    return problem(404, "Not Found", None) if missing and "sk_" not in header(call) else call.forward()


def by_any_scheme(call: Call) -> Answer:
    key = header(call).rpartition(" ")[2]
    bare = key.startswith("sk_test_")
    return replace(call, headers={**call.headers, "authorization": f"Bearer {key}"} if bare else call.headers).forward()


def read_only(call: Call) -> bool:
    return header(call).endswith("_readonly")


def is_get(call: Call) -> bool:
    return call.method == "GET" and call.path.startswith(f"{ROOT}/") and call.path.count("/") == 2


def nothing_without_scopes(call: Call) -> Answer:
    answer = call.forward()
    empty = read_only(call) and call.path == ROOT and call.method == "GET"
    return answer.but({"data": [], "next_cursor": None}) if empty else answer


def any_key_writes(call: Call) -> Answer:
    full = header(call).removesuffix("_readonly")
    return replace(call, headers={**call.headers, "authorization": full}).forward()


def no_key_writes(call: Call) -> Answer:
    writes = call.method == "DELETE" and header(call).startswith("Bearer sk_") and "_re" not in header(call)
    return problem(403, "Forbidden", None) if writes and "_expired" not in header(call) else call.forward()


def standing(organization: Organization) -> list[tuple[str, str, object]]:
    rows = organization.levers.get_state()["accounts"]
    return [(row["account"]["id"], row["account"]["status"], row.get("deleted")) for row in rows]


REFUSALS = {"auth.missing", "auth.malformed", "auth.revoked", "auth.expired"}
BROKEN: dict[str, tuple[Rule, set[str]]] = {
    "no key at all": (accepting(lambda call: "authorization" not in call.headers), {"auth.missing"}),
    "no key for metrics": (
        accepting(lambda call: "authorization" not in call.headers and call.path.endswith("metrics")),
        {"auth.missing"},
    ),
    "no key to delete": (
        accepting(lambda call: "authorization" not in call.headers and call.method == "DELETE"),
        {"auth.missing"},
    ),
    "any text": (accepting(lambda call: header(call) == "Bearer xyz"), {"auth.malformed"}),
    "any scheme": (by_any_scheme, {"auth.malformed"}),
    "looked up first": (unknown_first, {"auth.missing", "auth.malformed"}),
    "revoked": (accepting(lambda call: "_revoked" in header(call)), {"auth.revoked"}),
    "revoked for one": (accepting(lambda call: "_revoked" in header(call) and is_get(call)), {"auth.revoked"}),
    "expired": (accepting(lambda call: "_expired" in header(call)), {"auth.expired"}),
    "403 for expired": (refusing(lambda call: "_expired" in header(call), 403), {"auth.expired"}),
    "another detail": (saying("Who are you?"), REFUSALS),
    "no live keys": (refusing(lambda call: header(call).startswith("Bearer sk_live_")), {"auth.modes"}),
    "no reading without scopes": (
        refusing(lambda call: read_only(call) and is_get(call), 403),
        {"auth.reads-need-no-scope"},
    ),
    "no list without scopes": (
        refusing(lambda call: read_only(call) and call.path == ROOT, 403),
        {"auth.reads-need-no-scope"},
    ),
    "no health without scopes": (
        refusing(lambda call: read_only(call) and call.path.endswith("health"), 403),
        {"auth.reads-need-no-scope"},
    ),
    "an empty list without scopes": (nothing_without_scopes, {"auth.reads-need-no-scope"}),
    "any key writes": (any_key_writes, {"auth.write-scopes"}),
    "no key writes": (no_key_writes, {"auth.write-scopes"}),
}


@pytest.mark.parametrize(("rule", "broken"), BROKEN.values(), ids=BROKEN)
def test_a_broken_key_fails_by_the_statement_that_it_breaks(
    organization: Organization, rule: Rule, broken: set[str]
) -> None:
    assert failed(organization.judge("auth", rule)) == broken


@pytest.mark.parametrize("profile", ["quick", "ci"])
def test_the_mock_keeps_every_statement_of_keys(organization: Organization, profile: Any) -> None:
    assert outcome(organization.judge("auth", profile=profile), Outcome.PASS) == AUTH


def test_a_reader_judges_all_but_writing_and_changes_nothing(organization: Organization) -> None:
    before = standing(organization)
    finished = organization.judge("auth", access=Access.PASSIVE)
    assert outcome(finished, Outcome.PASS) == AUTH - WRITING
    assert standing(organization) == before


def test_a_deployment_that_takes_every_key_loses_nothing_to_a_reader(organization: Organization) -> None:
    key = organization.key().value

    def rule(call: Call) -> Answer:
        return replace(call, headers={**call.headers, "authorization": f"Bearer {key}"}).forward()

    before = standing(organization)
    assert failed(organization.judge("auth", rule, access=Access.PASSIVE)) == REFUSALS
    assert standing(organization) == before


def test_with_one_key_what_needs_others_is_blocked(organization: Organization) -> None:
    finished = organization.judge("auth", keys=Keys(full=organization.key()))
    blocked = {"auth.revoked", "auth.expired", "auth.modes", "auth.reads-need-no-scope"}
    assert outcome(finished, Outcome.BLOCKED) == blocked
    assert outcome(finished, Outcome.PASS) == AUTH - blocked


def test_modes_that_have_data_of_their_own_are_no_failure(organization: Organization) -> None:
    keys = Keys(full=organization.key(), read_only=Secret("sk_live_of-the-other-mode_readonly", "read-only key"))
    assert not failed(organization.judge("auth", keys=keys, access=Access.PASSIVE))


def test_no_key_is_shown(organization: Organization) -> None:
    finished = organization.judge("auth", saying("Who are you?"))
    assert organization.name not in repr([verdict.failures for verdict in finished.verdicts])


def service(**changes: Any) -> Rule:
    def rule(call: Call) -> Answer:
        answer = call.forward()
        return answer.but({**answer.json, **changes}) if call.path == "/health" else answer

    return rule


SERVICES: dict[str, Rule] = {
    "not ok": service(ok=False),
    "another name": service(service="Postfuze"),
    "no time": service(time=None),
    "unix time": service(time=1718000000),
    "a key is wanted": refusing(lambda call: call.path == "/health"),
}


@pytest.mark.parametrize("rule", SERVICES.values(), ids=SERVICES)
def test_a_service_that_says_otherwise_fails(organization: Organization, rule: Rule) -> None:
    assert failed(organization.judge("service", rule)) == {"service.health"}


def test_the_mock_says_that_it_is_up(organization: Organization) -> None:
    assert outcome(organization.judge("service"), Outcome.PASS) == {"service.health"}
