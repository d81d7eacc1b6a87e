"""The checks of starting the connect flow: the mock passes, and each deployment that breaks a statement fails by it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from tests.contracts.conftest import Organization, failed, outcome
from tests.contracts.proxy import Answer, Call, Rule

from postfuze_contracts.model.options import Access
from postfuze_contracts.model.verdicts import Outcome

JUDGED = {"auth-url.url", "auth-url.state"}


def starts(call: Call) -> bool:
    return call.path.endswith("/auth-url")


def giving(url: Callable[[dict[str, Any]], str]) -> Rule:
    """The URL is made of the body's members."""

    def rule(call: Call) -> Answer:
        answer = call.forward()
        return answer.but({"auth_url": url(call.json or {})}) if starts(call) and answer.status == 200 else answer

    return rule


def state(text: str) -> str:
    return f"https://platform.example/authorize?client_id=1&state={quote(text, safe='')}"


def encoded(members: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(members).encode()).decode().rstrip("=")


def refusing(flaw: Callable[[Call], bool], status: int = 400) -> Rule:
    def rule(call: Call) -> Answer:
        answer = call.forward()
        return answer.but({"title": "no"}, status) if starts(call) and flaw(call) else answer

    return rule


BROKEN: dict[str, tuple[Rule, str]] = {
    "a relative URL": (giving(lambda body: f"/authorize?state={hash(str(body))}"), "auth-url.url"),
    "a body wanted": (refusing(lambda call: not call.body), "auth-url.url"),
    "a tenant wanted": (refusing(lambda call: "tenant_id" not in (call.json or {})), "auth-url.url"),
    "500 without a redirect URI": (refusing(lambda call: "redirect_uri" not in (call.json or {}), 500), "auth-url.url"),
    "the tenant as it is": (giving(lambda body: state(f"{body.get('tenant_id')}.c2ln")), "auth-url.state"),
    "the members in base64": (giving(lambda body: state(encoded(body) + ".c2lnbmVk")), "auth-url.state"),
    "the members as JSON": (giving(lambda body: state(json.dumps(body))), "auth-url.state"),
    "the same for all": (giving(lambda _: state("0123456789abcdef")), "auth-url.state"),
    "no state": (giving(lambda body: f"https://platform.example/?client_id={len(body)}"), "auth-url.state"),
}


def test_the_mock_keeps_both_statements(organization: Organization) -> None:
    finished = organization.judge("auth_url")
    assert outcome(finished, Outcome.PASS) == JUDGED
    assert {(each.assumption, each.choice) for each in finished.observations} == {
        ("auth-url.unknown-platform", "400"),
        ("auth-url.redirect-uri", "any-host"),
        ("auth-url.scope", "not-needed"),
    }


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_deployment_fails_by_the_statement_that_it_breaks(organization: Organization, name: str) -> None:
    rule, statement = BROKEN[name]
    assert failed(organization.judge("auth_url", rule)) == {statement}


def test_an_organization_with_an_app_for_one_platform_is_judged_by_that(organization: Organization) -> None:
    finished = organization.judge("auth_url", refusing(lambda call: "/youtube/" not in call.path, 404))
    assert outcome(finished, Outcome.PASS) == JUDGED


def test_a_deployment_that_knows_where_it_redirects_is_accused_of_nothing(organization: Organization) -> None:
    finished = organization.judge("auth_url", refusing(lambda call: "redirect_uri" in (call.json or {})))
    assert outcome(finished, Outcome.PASS) == JUDGED
    assert ("auth-url.redirect-uri", "registered-hosts") in {
        (each.assumption, each.choice) for each in finished.observations
    }


def test_an_organization_without_apps_is_blocked(organization: Organization) -> None:
    finished = organization.judge("auth_url", refusing(lambda _: True, 404))
    assert outcome(finished, Outcome.BLOCKED) == JUDGED


def test_it_takes_full_access(organization: Organization) -> None:
    finished = organization.judge("auth_url", access=Access.PROBE)
    assert outcome(finished, Outcome.BLOCKED) == JUDGED
    assert not finished.requests
