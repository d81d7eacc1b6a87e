"""The checks of accounts and of retrieving one: the mock passes, and what breaks a statement fails by that one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.contracts.conftest import Organization, failed, outcome
from tests.contracts.proxy import Answer, Call, Rule

from postfuze_contracts.model.options import Access
from postfuze_contracts.model.verdicts import Outcome
from postfuze_mock import spec

Account = dict[str, Any]
ROOT = "/social-accounts"


def statements(subject: str) -> set[str]:
    return {each.id for each in spec.statements() if each.subject == subject and each.observable}


def shows(change: Callable[[Account], Account], *, only: str = "") -> Rule:
    """All accounts are shown changed: in lists and alone, or in `only` one of these."""

    def rule(call: Call) -> Answer:
        answer = call.forward()
        if call.method != "GET" or answer.status != 200 or not call.path.startswith(ROOT) or "pending" in call.path:
            return answer
        if call.path == ROOT and only != "get":
            return answer.but({**answer.json, "data": [change(row) for row in answer.json["data"]]})
        return answer.but(change(answer.json)) if call.path.count("/") == 2 and only != "list" else answer

    return rule


def without(name: str) -> Callable[[Account], Account]:
    return lambda account: {key: value for key, value in account.items() if key != name}


def having(name: str, value: Any) -> Callable[[Account], Account]:
    return lambda account: {**account, name: value}


def not_null(name: str, value: Any) -> Callable[[Account], Account]:
    return lambda account: {**account, name: value if account[name] is not None else None}


ACCOUNTS: dict[str, tuple[Rule, set[str]]] = {
    "no scopes": (shows(without("scopes")), {"account.fields"}),
    "no tenant": (shows(lambda account: {k: v for k, v in account.items() if v is not None}), {"account.fields"}),
    "a field is missing alone": (shows(without("account_type"), only="get"), {"account.fields"}),
    "scopes in a text": (shows(lambda account: {**account, "scopes": " ".join(account["scopes"])}), {"account.fields"}),
    "a number for an id": (shows(having("network_unique_id", 1466912345678901234)), {"account.fields"}),
    "no creation": (shows(having("created_at", None)), {"account.nulls"}),
    "null scopes": (shows(having("scopes", None)), {"account.nulls"}),
    "null status, alone": (shows(having("status", None), only="get"), {"account.nulls"}),
    "one id for all": (shows(having("id", "a1b2c3d4-0000-4a9f-9b1c-2e7d6f0a1234"), only="list"), {"account.id"}),
    "capitals": (shows(lambda account: {**account, "platform": account["platform"].upper()}), {"account.platform"}),
    "another platform": (shows(having("platform", "myspace")), {"account.platform"}),
    "an empty status": (shows(having("status", "")), {"account.status"}),
    "no offset": (
        shows(lambda account: {**account, "updated_at": account["updated_at"].rstrip("Z")}),
        {"account.timestamps"},
    ),
    "a date": (shows(not_null("token_expires_at", "2027-01-01")), {"account.timestamps"}),
    "updated before": (shows(having("updated_at", "2001-01-01T00:00:00.000Z")), {"account.timestamps"}),
    "unix seconds": (shows(having("created_at", 1718000000)), {"account.fields", "account.timestamps"}),
}


@pytest.mark.parametrize(("rule", "broken"), ACCOUNTS.values(), ids=ACCOUNTS)
def test_a_broken_account_fails_by_the_statement_that_it_breaks(
    organization: Organization, rule: Rule, broken: set[str]
) -> None:
    assert failed(organization.judge("account", rule, access=Access.PASSIVE)) == broken


CORRECT: dict[str, Rule] = {
    "as they are": shows(lambda account: account),
    "more fields": shows(having("avatar", None)),
    "another state": shows(having("status", "pending_review")),
    "another offset": shows(having("updated_at", "2099-06-14T14:10:00+02:00")),
    "microseconds": shows(having("created_at", "2020-06-14T12:10:00.123456Z")),
    "an update in its second": shows(
        lambda account: {**account, "created_at": "2020-06-14T12:10:00.900Z", "updated_at": "2020-06-14T12:10:00Z"}
    ),
}


@pytest.mark.parametrize("rule", CORRECT.values(), ids=CORRECT)
def test_a_correct_account_that_differs_is_not_accused(organization: Organization, rule: Rule) -> None:
    assert not failed(organization.judge("account", rule))
    assert not failed(organization.judge("get", rule))


@pytest.mark.parametrize("profile", ["quick", "ci"])
def test_the_mock_keeps_every_statement_of_accounts(organization: Organization, profile: Any) -> None:
    passed = outcome(organization.judge("account", access=Access.PASSIVE, profile=profile), Outcome.PASS)
    assert passed == statements("account")


def test_an_empty_organization_blocks_what_needs_accounts(organization: Organization) -> None:
    organization.levers.reset(world="empty")
    assert outcome(organization.judge("account"), Outcome.BLOCKED) == statements("account")
    assert not failed(organization.judge("get"))
