"""The checks of the list: the mock passes, and each deployment that breaks a statement fails by that one."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Mapping
from itertools import count
from typing import Any

import pytest
from tests.contracts.broken_lists import ALSO, BROKEN, NAMES
from tests.contracts.conftest import Organization, failed, outcome
from tests.contracts.proxy import Answer, Call, Rule
from tests.contracts.relisting import Listing, Position, Row, sign, unpacked

from postfuze_contracts.model.options import Access
from postfuze_contracts.model.verdicts import Outcome
from postfuze_mock import spec

STATEMENTS = {each.id for each in spec.statements() if each.subject == "list" and each.observable}


@pytest.mark.parametrize(("rule", "statement"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_a_broken_list_fails_by_the_statement_that_it_breaks(
    organization: Organization, rule: Rule, statement: str
) -> None:
    assert failed(organization.judge("list", rule)) - ALSO.get(statement, set()) == {NAMES.get(statement, statement)}


@pytest.mark.parametrize("profile", ["quick", "ci"])
def test_the_mock_keeps_every_statement_of_the_list(organization: Organization, profile: Any) -> None:
    assert outcome(organization.judge("list", profile=profile), Outcome.PASS) == STATEMENTS


def test_a_reader_judges_all_but_what_takes_writing(organization: Organization) -> None:
    finished = organization.judge("list", access=Access.PASSIVE)
    assert outcome(finished, Outcome.BLOCKED) == {"list.walk-steady", "list.deleted-excluded"}
    assert outcome(finished, Outcome.PASS) == STATEMENTS - {"list.walk-steady", "list.deleted-excluded"}
    assert not finished.ledger


# --- correct deployments that differ ----------------------------------------------------------------------------------


def refusing(query: Mapping[str, str]) -> int:
    """Limits that are out of range are not taken."""
    limit = int(query.get("limit", 25))
    if not 1 <= limit <= 100:
        raise ValueError(limit)
    return limit


def padded(position: Position) -> str:
    """Cursors with padding and a long signature."""
    payload = base64.urlsafe_b64encode(json.dumps(position).encode()).decode()
    return f"{payload}.{sign(payload) * 2}"


def unpadded(cursor: str) -> Position | None:
    payload, _, signature = cursor.partition(".")
    return unpacked(payload.rstrip("=")) if signature and signature == sign(payload) * 2 else None


def with_more_members(rows: list[Row], cursor: str | None) -> Any:
    return {"data": [{**row, "object": "account"} for row in rows], "next_cursor": cursor, "has_more": bool(cursor)}


CORRECT = {
    "as it is": Listing(),
    "refusing": Listing(limit=refusing),
    "other cursors": Listing(seal=padded, open=unpadded),
    "more members": Listing(envelope=with_more_members),
}


@pytest.mark.parametrize("rule", CORRECT.values(), ids=CORRECT)
def test_a_correct_list_that_differs_is_not_accused(organization: Organization, rule: Rule) -> None:
    assert not failed(organization.judge("list", rule))


@pytest.mark.parametrize("size", [0, 1, 2, 3, 5])
def test_a_sparse_organization_is_not_accused(organization: Organization, size: int) -> None:
    organization.levers.reset(world={"generate": size})
    assert not failed(organization.judge("list", access=Access.PASSIVE))
    assert not failed(organization.judge("list"))


@pytest.mark.parametrize("subject", ["list", "account", "get", "auth", "isolation"])
def test_data_that_others_change_all_the_while_is_no_failure(organization: Organization, subject: str) -> None:
    numbers, own = count(), list[str]()
    lock = threading.Lock()

    def rule(call: Call) -> Answer:
        with lock:
            if call.method == "GET" and next(numbers) % 2:
                own.append(organization.levers.create_account()["id"])
            if len(own) > 3:
                organization.caller.call("DELETE", f"/api/v1/social-accounts/{own.pop(0)}")
            someone = organization.caller.get("/social-accounts", limit=100).json["data"][-1]["id"]
            organization.levers.patch_account(someone, display_name=f"Renamed {next(numbers)}")
        return call.forward()

    assert not failed(organization.judge(subject, rule))
