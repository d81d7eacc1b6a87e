"""How the client reports calls that differ from the expected one."""

from __future__ import annotations

from typing import Any
from unittest.mock import ANY

import pytest

from postfuze_mock.client.expected_call import ExpectedCall

LIST, FINALIZE = "listSocialAccounts", "finalizeConnection"


def call(query: str = "", operation: str | None = LIST, **more: Any) -> dict[str, Any]:
    """An entry of the journal."""
    return {
        "method": "GET",
        "path": f"/api/v1/social-accounts{query}",
        "operation": operation,
        "status": 200,
        "problem": None,
        "reason": None,
        "fault": None,
        "request": {"headers": {"user-agent": "acme/1.0"}, "body": None},
        **more,
    }


def post(body: Any) -> dict[str, Any]:
    return call(operation=FINALIZE, method="POST", request={"headers": {}, "body": body})


@pytest.mark.parametrize(
    ("expected", "entry"),
    [
        (ExpectedCall(LIST), call("?platform=x")),
        (ExpectedCall(LIST, query={}), call()),
        (ExpectedCall(LIST, query={"limit": 10, "platform": "x"}), call("?platform=x&limit=10")),
        (ExpectedCall(LIST, query={"flag": True, "empty": ""}), call("?flag=true&empty=")),
        (ExpectedCall(LIST, query={"id": ["a", "b"]}), call("?id=a&id=b")),
        (ExpectedCall(LIST, query={"username": "Zoë & co"}), call("?username=Zo%C3%AB+%26%20co")),
        (ExpectedCall(LIST, query={"cursor": ANY}), call("?cursor=abc")),
        (ExpectedCall(LIST, headers={"User-Agent": "acme/1.0"}), call()),
        (ExpectedCall(LIST, status=429), call(status=429)),
        (ExpectedCall(FINALIZE, body={"selectedPageIds": ["1"]}), post({"selectedPageIds": ["1"]})),
        (ExpectedCall(FINALIZE, body={"selectedPageIds": ANY}), post({"selectedPageIds": ["1"]})),
        (ExpectedCall(FINALIZE, body={"selectedPageIds": [ANY, "2"]}), post({"selectedPageIds": ["1", "2"]})),
    ],
)
def test_matching_call_is_found(expected: ExpectedCall, entry: dict[str, Any]) -> None:
    assert expected.matches([entry]) == [entry]
    assert expected.failure(1, [entry]) is None


@pytest.mark.parametrize(
    ("expected", "entry", "difference"),
    [
        (ExpectedCall(LIST, query={"limit": 10}), call("?limit=25"), "query limit: wanted 10, was '25'"),
        (ExpectedCall(LIST, query={"limit": 10}), call(), "query limit: wanted 10, was not sent"),
        (ExpectedCall(LIST, query={}), call("?limit=25"), "query limit: was '25', wanted none"),
        (ExpectedCall(LIST, query={"id": "a"}), call("?id=a&id=b"), "query id: wanted 'a', was ['a', 'b']"),
        (ExpectedCall(LIST, query={"cursor": ANY}), call(), "query cursor: wanted <ANY>, was not sent"),
        (ExpectedCall(LIST, headers={"X-Trace": "1"}), call(), "header X-Trace: wanted '1', was not sent"),
        (
            ExpectedCall(LIST, status=200),
            call(status=404, problem={"detail": "Gone."}),
            "status: wanted 200, was 404: Gone.",
        ),
        (ExpectedCall(LIST, status=200), call(status=None), "status: wanted 200, was no response"),
        (ExpectedCall(FINALIZE, body={"a": ["1"]}), post({"a": ["1", "2"]}), "body/a/1: was '2', wanted none"),
        (ExpectedCall(FINALIZE, body={"a": {"b": 1}}), post({"a": {"b": True}}), "body/a/b: wanted 1, was True"),
        (ExpectedCall(FINALIZE, body={"a": 1}), post({"b": 1}), "body/a: wanted 1, was not sent"),
        (ExpectedCall(FINALIZE, body={"a": None}), post({}), "body/a: wanted None, was not sent"),
        (ExpectedCall(FINALIZE, body={}), post({"a": None}), "body/a: was None, wanted none"),
        (ExpectedCall(FINALIZE, body={"a": 1}), post("{…"), "body: wanted {'a': 1}, was '{…'"),
        (ExpectedCall(FINALIZE, body=["1"]), post("1"), "body: wanted ['1'], was '1'"),
    ],
)
def test_difference_is_reported_with_its_place(expected: ExpectedCall, entry: dict[str, Any], difference: str) -> None:
    assert difference in expected.differences(entry)
    assert expected.matches([entry]) == []


def test_nearest_call_has_the_fewest_differences() -> None:
    expected = ExpectedCall(LIST, query={"platform": "x", "limit": 10}, status=200)
    calls = [call("?platform=x&limit=25"), call("?platform=facebook&limit=25"), call("?other=1", status=400)]

    assert expected.failure(None, calls) == (
        "listSocialAccounts was not called like this\n"
        "  the nearest of 3 calls was GET /api/v1/social-accounts?platform=x&limit=25 → 200\n"
        "    query limit: wanted 10, was '25'"
    )


def test_refusal_and_fault_of_the_nearest_call_are_reported() -> None:
    refused = call(status=401, reason={"rule": "auth.revoked", "detail": ""}, fault="id")

    assert "→ 401, by auth.revoked, hit by a fault\n" in (ExpectedCall(LIST, status=200).failure(None, [refused]) or "")


def test_actual_calls_are_reported() -> None:
    calls = [call(operation="getSocialAccount"), call(operation="getSocialAccount"), call(operation=None)]

    assert ExpectedCall(LIST).failure(None, calls) == (
        "listSocialAccounts was not called\n  instead: getSocialAccount twice, GET /api/v1/social-accounts once"
    )
    assert ExpectedCall(LIST).failure(None, []) == "listSocialAccounts was not called\n  and there was no other call"


@pytest.mark.parametrize(
    ("times", "calls", "line"),
    [
        (1, 2, "was called twice, wanted once"),
        (0, 1, "was called once, wanted never"),
        (3, 1, "was called once, wanted 3 times"),
        (2, 0, "was not called, wanted twice"),
    ],
)
def test_wrong_number_of_calls_is_reported(times: int, calls: int, line: str) -> None:
    message = ExpectedCall(LIST).failure(times, [call()] * calls) or ""

    assert message.splitlines()[0] == f"listSocialAccounts {line}"
    assert message.count("→ 200") == calls


def test_zero_expected_and_zero_actual_calls_pass() -> None:
    assert ExpectedCall(LIST).failure(0, [call(operation="getSocialAccount")]) is None
