"""What the client says of calls that were not as they should be."""

from __future__ import annotations

from typing import Any
from unittest.mock import ANY

import pytest

from postfuze_mock.client.asserting import Wanted, check_operation, complaint, matching

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


def sent(body: Any) -> dict[str, Any]:
    return call(operation=FINALIZE, method="POST", request={"headers": {}, "body": body})


@pytest.mark.parametrize(
    ("wanted", "entry"),
    [
        (Wanted(LIST), call("?platform=x")),
        (Wanted(LIST, query={}), call()),
        (Wanted(LIST, query={"limit": 10, "platform": "x"}), call("?platform=x&limit=10")),
        (Wanted(LIST, query={"flag": True, "empty": ""}), call("?flag=true&empty=")),
        (Wanted(LIST, query={"id": ["a", "b"]}), call("?id=a&id=b")),
        (Wanted(LIST, query={"username": "Zoë & co"}), call("?username=Zo%C3%AB+%26%20co")),
        (Wanted(LIST, query={"cursor": ANY}), call("?cursor=abc")),
        (Wanted(LIST, headers={"User-Agent": "acme/1.0"}), call()),
        (Wanted(LIST, status=429), call(status=429)),
        (Wanted(FINALIZE, body={"selectedPageIds": ["1"]}), sent({"selectedPageIds": ["1"]})),
        (Wanted(FINALIZE, body={"selectedPageIds": ANY}), sent({"selectedPageIds": ["1"]})),
        (Wanted(FINALIZE, body={"selectedPageIds": [ANY, "2"]}), sent({"selectedPageIds": ["1", "2"]})),
    ],
)
def test_call_that_is_just_so_is_found(wanted: Wanted, entry: dict[str, Any]) -> None:
    assert matching(wanted, [entry]) == [entry]
    assert complaint(wanted, 1, [entry]) is None


@pytest.mark.parametrize(
    ("wanted", "entry", "difference"),
    [
        (Wanted(LIST, query={"limit": 10}), call("?limit=25"), "query limit: wanted 10, was '25'"),
        (Wanted(LIST, query={"limit": 10}), call(), "query limit: wanted 10, was not sent"),
        (Wanted(LIST, query={}), call("?limit=25"), "query limit: was '25', wanted none"),
        (Wanted(LIST, query={"id": "a"}), call("?id=a&id=b"), "query id: wanted 'a', was ['a', 'b']"),
        (Wanted(LIST, query={"cursor": ANY}), call(), "query cursor: wanted <ANY>, was not sent"),
        (Wanted(LIST, headers={"X-Trace": "1"}), call(), "header X-Trace: wanted '1', was not sent"),
        (
            Wanted(LIST, status=200),
            call(status=404, problem={"detail": "Gone."}),
            "status: wanted 200, was 404: Gone.",
        ),
        (Wanted(LIST, status=200), call(status=None), "status: wanted 200, was no answer"),
        (Wanted(FINALIZE, body={"a": ["1"]}), sent({"a": ["1", "2"]}), "body/a/1: was '2', wanted none"),
        (Wanted(FINALIZE, body={"a": {"b": 1}}), sent({"a": {"b": True}}), "body/a/b: wanted 1, was True"),
        (Wanted(FINALIZE, body={"a": 1}), sent({"b": 1}), "body/a: wanted 1, was not sent"),
        (Wanted(FINALIZE, body={"a": None}), sent({}), "body/a: wanted None, was not sent"),
        (Wanted(FINALIZE, body={}), sent({"a": None}), "body/a: was None, wanted none"),
        (Wanted(FINALIZE, body={"a": 1}), sent("{…"), "body: wanted {'a': 1}, was '{…'"),
        (Wanted(FINALIZE, body=["1"]), sent("1"), "body: wanted ['1'], was '1'"),
    ],
)
def test_difference_is_told_with_its_place(wanted: Wanted, entry: dict[str, Any], difference: str) -> None:
    assert difference in wanted.differences(entry)
    assert matching(wanted, [entry]) == []


def test_nearest_miss_is_the_call_with_the_fewest_differences() -> None:
    wanted = Wanted(LIST, query={"platform": "x", "limit": 10}, status=200)
    calls = [call("?platform=x&limit=25"), call("?platform=facebook&limit=25"), call("?other=1", status=400)]

    assert complaint(wanted, None, calls) == (
        "listSocialAccounts was not called like this\n"
        "  the nearest of 3 calls was GET /api/v1/social-accounts?platform=x&limit=25 → 200\n"
        "    query limit: wanted 10, was '25'"
    )


def test_refusal_and_fault_of_the_nearest_miss_are_told() -> None:
    refused = call(status=401, reason={"rule": "auth.revoked", "detail": ""}, fault="id")

    assert "→ 401, by auth.revoked, hit by a fault\n" in (complaint(Wanted(LIST, status=200), None, [refused]) or "")


def test_what_was_called_instead_is_told() -> None:
    calls = [call(operation="getSocialAccount"), call(operation="getSocialAccount"), call(operation=None)]

    assert complaint(Wanted(LIST), None, calls) == (
        "listSocialAccounts was not called\n  instead: getSocialAccount twice, GET /api/v1/social-accounts once"
    )
    assert complaint(Wanted(LIST), None, []) == "listSocialAccounts was not called\n  nor was anything else"


@pytest.mark.parametrize(
    ("times", "calls", "told"),
    [
        (1, 2, "was called twice, wanted was once"),
        (0, 1, "was called once, wanted was never"),
        (3, 1, "was called once, wanted was 3 times"),
        (2, 0, "was not called, wanted was twice"),
    ],
)
def test_wrong_number_of_calls_is_told(times: int, calls: int, told: str) -> None:
    message = complaint(Wanted(LIST), times, [call()] * calls) or ""

    assert message.splitlines()[0] == f"listSocialAccounts {told}"
    assert message.count("→ 200") == calls


def test_call_that_was_never_wanted_and_never_made_is_right() -> None:
    assert complaint(Wanted(LIST), 0, [call(operation="getSocialAccount")]) is None


def test_misspelt_operation_is_told_with_the_right_one() -> None:
    with pytest.raises(ValueError, match=r"no operation listSocialAccount; did you mean listSocialAccounts\?"):
        check_operation("listSocialAccount")
    check_operation(LIST)
