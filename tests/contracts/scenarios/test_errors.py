"""The checks of errors: the mock passes, each deployment that breaks a statement fails by it, and a correct one that
decided otherwise, or has a gateway in front, is not accused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from tests.contracts.conftest import Organization, failed, outcome
from tests.contracts.proxy import Answer, Call, Rule

from postfuze_contracts.model.options import Access
from postfuze_contracts.model.verdicts import Outcome

STATEMENTS = {
    f"errors.{name}" for name in ("problem-document", "title", "status", "code", "validation", "no-server-error")
}
Document = dict[str, Any]
_numbers = count()
_PROBLEM = {"content-type": "application/problem+json"}


def problem(change: Callable[[Document], Document], *statuses: int) -> Rule:
    """Problems are changed, of these statuses or of all."""

    def rule(call: Call) -> Answer:
        answer = call.forward()
        if answer.status < 400 or (statuses and answer.status not in statuses):
            return answer
        return answer.but(change(answer.json))

    return rule


def put(*statuses: int, **members: Any) -> Rule:
    return problem(lambda document: {**document, **members}, *statuses)


def drop(name: str, *statuses: int) -> Rule:
    return problem(lambda document: {key: value for key, value in document.items() if key != name}, *statuses)


def content_type(value: str) -> Rule:
    def rule(call: Call) -> Answer:
        answer = call.forward()
        return replace(answer, headers={**answer.headers, "content-type": value}) if answer.status >= 400 else answer

    return rule


def crash(when: Callable[[Call], bool]) -> Rule:
    """500 where the request is such."""

    def rule(call: Call) -> Answer:
        answer = call.forward()
        title = {"type": "about:blank", "title": "Internal Server Error", "status": 500, "detail": None}
        return replace(answer.but(title, 500), headers=_PROBLEM) if when(call) else answer

    return rule


def html(status: int, when: Callable[[Call, Answer], bool]) -> Rule:
    """What a gateway answers by itself."""

    def rule(call: Call) -> Answer:
        answer = call.forward()
        if not when(call, answer):
            return answer
        return Answer(status, {"content-type": "text/html"}, b"<html><h1>Bad Request</h1></html>")

    return rule


def is_list(call: Call) -> bool:
    return call.path == "/social-accounts"


def is_malformed_json(call: Call) -> bool:
    return call.path.endswith("/finalize") and call.body in (b"{", b"nonsense")


BROKEN: dict[str, tuple[Rule, str]] = {
    "application/json": (content_type("application/json"), "errors.problem-document"),
    "text/html": (content_type("text/html"), "errors.problem-document"),
    "no type": (drop("type"), "errors.problem-document"),
    "a type of its own": (put(type="https://example.com/not-found"), "errors.problem-document"),
    "no title": (drop("title"), "errors.problem-document"),
    "no status": (drop("status"), "errors.problem-document"),
    "no detail": (drop("detail"), "errors.problem-document"),
    "details in a list": (put(detail=["a"]), "errors.problem-document"),
    "a problem in an envelope": (problem(lambda document: {"error": document}), "errors.problem-document"),
    "a 404 of another form": (problem(lambda _: {"message": "no"}, 404), "errors.problem-document"),
    "HTML for malformed JSON": (html(400, lambda call, _: is_malformed_json(call)), "errors.problem-document"),
    "a title for all": (put(title="Error"), "errors.title"),
    "a title of 404 in words": (put(404, title="No such account"), "errors.title"),
    "a status of 400 for all": (put(status=400), "errors.status"),
    "a status in text": (problem(lambda document: {**document, "status": str(document["status"])}), "errors.status"),
    "a number for code": (put(code=17), "errors.code"),
    "a code for each time": (problem(lambda document: {**document, "code": f"e{next(_numbers)}"}), "errors.code"),
    "errors on 401": (put(401, errors=[]), "errors.validation"),
    "errors on 404": (put(404, errors=[{"message": "none"}]), "errors.validation"),
    "no errors": (drop("errors"), "errors.validation"),
    "empty errors": (put(400, errors=[]), "errors.validation"),
    "errors by field": (put(400, errors={"limit": ["wrong"]}), "errors.validation"),
    "500 for a limit in words": (crash(lambda call: call.query.get("limit") == "x"), "errors.no-server-error"),
    "500 for a huge limit": (crash(lambda call: len(call.query.get("limit", "")) > 18), "errors.no-server-error"),
    "500 for a cursor that is no base64": (
        crash(lambda call: is_list(call) and "." in call.query.get("cursor", "")),
        "errors.no-server-error",
    ),
    "500 for NUL": (crash(lambda call: "%00" in call.target), "errors.no-server-error"),
    "500 for an id that is no UUID": (
        crash(lambda call: is_list(call) and 0 < len(call.query.get("id", "")) < 36),
        "errors.no-server-error",
    ),
    "500 for a path that is no UUID": (
        crash(lambda call: call.path in ("/social-accounts/x", "/social-accounts/1")),
        "errors.no-server-error",
    ),
    "500 for a month 13": (crash(lambda call: "2026-13" in call.target), "errors.no-server-error"),
    "500 for malformed JSON": (crash(is_malformed_json), "errors.no-server-error"),
    "500 for deep JSON": (crash(lambda call: call.body.startswith(b"[[[")), "errors.no-server-error"),
    "500 for a media type": (
        crash(lambda call: call.headers.get("content-type", "").startswith("text/plain")),
        "errors.no-server-error",
    ),
    "500 for half a character": (crash(lambda call: "%ED%A0%80" in call.target.upper()), "errors.no-server-error"),
}


def test_the_mock_keeps_every_statement(organization: Organization) -> None:
    assert outcome(organization.judge("errors"), Outcome.PASS) == STATEMENTS


def test_reading_is_enough(organization: Organization) -> None:
    assert outcome(organization.judge("errors", access=Access.PASSIVE), Outcome.PASS) == STATEMENTS


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_deployment_fails_by_the_statement_that_it_breaks(organization: Organization, name: str) -> None:
    rule, statement = BROKEN[name]
    assert failed(organization.judge("errors", rule, access=Access.PASSIVE)) == {statement}


def unprocessable(call: Call) -> Answer:
    """422 with the newer phrase, for all that is not a cursor."""
    answer = call.forward()
    if answer.status != 400 or "errors" not in answer.json:
        return answer
    return answer.but({**answer.json, "status": 422, "title": "Unprocessable Content"}, 422)


def lenient(call: Call) -> Answer:
    """What is wrong with a list's parameters is overlooked, what is wrong with a window too."""
    answer = call.forward()
    is_read = is_list(call) or call.path.endswith("/metrics")
    return call.instead("GET", call.path) if is_read and answer.status == 400 else answer


CORRECT: dict[str, Rule] = {
    "a charset": content_type("application/problem+json; charset=utf-8"),
    "a media type in capitals": content_type("Application/Problem+JSON"),
    "no codes": drop("code"),
    "codes that are null": put(code=None),
    "details that are null": put(detail=None),
    "further members": put(instance="/a", trace_id="1"),
    "issues in text": put(400, errors=["limit is wrong"]),
    "titles in another case": problem(lambda document: {**document, "title": document["title"].lower()}),
    "422": unprocessable,
    "what is wrong is overlooked": lenient,
    "a gateway that refuses control characters": html(
        400, lambda call, _: "%00" in call.target or "%0D" in call.target
    ),
    "a gateway that refuses long lines": html(414, lambda call, _: len(call.target) > 2000),
    "a gateway that refuses what is no UTF-8": html(400, lambda call, _: "%ED%A0%80" in call.target.upper()),
    "a service behind a gateway that times out": html(504, lambda call, _: "1e400" in call.target),
}


@pytest.mark.parametrize("name", CORRECT)
def test_a_correct_deployment_is_not_accused(organization: Organization, name: str) -> None:
    finished = organization.judge("errors", CORRECT[name])
    assert failed(finished) == set()


@pytest.mark.parametrize(
    ("assumption", "choice"),
    [
        ("errors.validation-status", "422"),
        ("parameters.unknown", "refused"),
        ("parameters.repeated", "refused"),
        ("ids.malformed-path", "400"),
        ("ids.malformed-filter", "empty-page"),
        ("limit.out-of-range", "clamped"),
        ("platform.unknown-filter", "empty-page"),
        ("auth-url.unknown-platform", "404"),
    ],
)
@pytest.mark.parametrize("subject", ["errors", "generated"])
def test_no_way_to_decide_an_assumption_is_accused(
    organization: Organization, subject: str, assumption: str, choice: str
) -> None:
    organization.levers.reset(world={"assume": {assumption: choice}})
    assert failed(organization.judge(subject)) == set()
