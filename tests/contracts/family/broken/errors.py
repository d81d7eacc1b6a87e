"""Problem documents that are none, and bad requests that are not refused as such."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Answer, Call, answer

from postfuze_mock.problems import CONTENT_TYPE, Problem
from postfuze_mock.worlds.accounts import missing

Body = dict[str, Any]


def _problems(mock: Mock, change: Callable[[Body], Any], *statuses: int) -> None:
    """Change the problem documents of some statuses (none: of all)."""

    def maybe(_call: Call, said: Answer) -> Answer:
        wanted = said.status >= 400 and (not statuses or said.status in statuses)
        return said.but(change(said.json)) if wanted else said

    mock.answers("*", maybe)


def _without(name: str) -> Callable[[Body], Body]:
    return lambda body: {each: value for each, value in body.items() if each != name}


@broken("errors.problem-document", "problem documents have no `type`")
def no_type(mock: Mock) -> None:
    _problems(mock, _without("type"))


@broken("errors.problem-document", "problem documents have no `detail` where an account is unknown")
def no_detail(mock: Mock) -> None:
    _problems(mock, _without("detail"), 404)


@broken("errors.problem-document", "`detail` is an object")
def detail_is_an_object(mock: Mock) -> None:
    _problems(mock, lambda body: {**body, "detail": {"message": body["detail"]}}, 400, 404, 422)


@broken("errors.problem-document", "`type` is a URL of its own")
def type_is_a_url(mock: Mock) -> None:
    _problems(mock, lambda body: {**body, "type": f"https://errors.example.com/{body['status']}"})


@broken("errors.problem-document", "errors are wrapped in `error`")
def wrapped(mock: Mock) -> None:
    _problems(mock, lambda body: {"error": body})


@broken("errors.problem-document", "problem documents are announced as plain JSON")
def plain_json(mock: Mock) -> None:
    mock.answers(
        "*",
        lambda _, said: said.but(said.json, content_type="application/json") if said.status >= 400 else said,
    )


@broken("errors.problem-document", "a 401 is a page of HTML")
def html(mock: Mock) -> None:
    page = answer(401, b"<html><body><h1>401 Unauthorized</h1></body></html>", "text/html")
    mock.answers("*", lambda _, said: page if said.status == 401 else said)


@broken("errors.problem-document", "a 404 has an empty body")
def empty(mock: Mock) -> None:
    mock.answers("*", lambda _, said: answer(404, b"", "text/plain") if said.status == 404 else said)


@broken("errors.problem-document", "a 403 is announced as plain JSON")
def forbidden_in_json(mock: Mock) -> None:
    mock.answers(
        "*",
        lambda _, said: said.but(said.json, content_type="application/json") if said.status == 403 else said,
    )


@broken("errors.title", "every title is `Error`")
def every_title(mock: Mock) -> None:
    _problems(mock, lambda body: {**body, "title": "Error"})


@broken("errors.problem-document", "problem documents have no `title`")
def no_title(mock: Mock) -> None:
    _problems(mock, _without("title"))


@broken("errors.title", "the title of a 404 names what was not found")
def account_not_found(mock: Mock) -> None:
    _problems(mock, lambda body: {**body, "title": "Account Not Found"}, 404)


@broken("errors.title", "the title of a 400 is another status's")
def another_title(mock: Mock) -> None:
    _problems(mock, lambda body: {**body, "title": "Unprocessable Entity"}, 400)


@broken("errors.problem-document", "problem documents have no `status`")
def no_status(mock: Mock) -> None:
    _problems(mock, _without("status"))


@broken("errors.status", "`status` is a text")
def status_in_a_text(mock: Mock) -> None:
    _problems(mock, lambda body: {**body, "status": str(body["status"])})


@broken("errors.status", "`status` of a 404 is 400")
def another_status(mock: Mock) -> None:
    _problems(mock, lambda body: {**body, "status": 400}, 404)


@broken("errors.code", "`code` is a number")
def numbered_code(mock: Mock) -> None:
    _problems(mock, lambda body: {**body, "code": 40400}, 404)


@broken("errors.code", "`code` is another one each time")
def counting_code(mock: Mock) -> None:
    numbers = count(1)
    _problems(mock, lambda body: {**body, "code": f"E{next(numbers)}"}, 404)


@broken("errors.validation", "a 404 has `errors`")
def errors_of_404(mock: Mock) -> None:
    _problems(mock, lambda body: {**body, "errors": []}, 404)


@broken("errors.validation", "a 401 has `errors`")
def errors_of_401(mock: Mock) -> None:
    _problems(mock, lambda body: {**body, "errors": [{"message": body["detail"]}]}, 401)


@broken("errors.validation", "a request that failed validation has no `errors`")
def no_errors(mock: Mock) -> None:
    _problems(mock, _without("errors"))


@broken("errors.validation", "`errors` is an object by field")
def errors_by_field(mock: Mock) -> None:
    def change(body: Body) -> Body:
        return (
            {**body, "errors": {str(at): each for at, each in enumerate(body["errors"])}} if "errors" in body else body
        )

    _problems(mock, change)


@broken("errors.validation", "`errors` is empty")
def empty_errors(mock: Mock) -> None:
    _problems(mock, lambda body: {**body, "errors": []} if "errors" in body else body)


CRASH = answer(500, Problem(500, None).document(), CONTENT_TYPE)


def _crashes(mock: Mock, operation: str, when: Callable[[Call, Answer], bool]) -> None:
    mock.answers(
        operation, lambda call, said: CRASH if said.status in (400, 404, 415, 422) and when(call, said) else said
    )


@broken("errors.no-server-error", "a limit that is no number answers 500")
def bad_limit(mock: Mock) -> None:
    _crashes(mock, "listSocialAccounts", lambda call, said: "limit" in call.parameters and said.status == 400)


@broken("errors.no-server-error", "a filter `id` that is no UUID answers 500")
def bad_filter(mock: Mock) -> None:
    _crashes(mock, "listSocialAccounts", lambda call, _: "id" in call.parameters)


@broken("errors.no-server-error", "a cursor that is no base64 answers 500")
def bad_cursor(mock: Mock) -> None:
    _crashes(
        mock,
        "listSocialAccounts",
        lambda call, _: (
            not call.parameters.get("cursor", "a").strip("*%!").isascii()
            or "." not in call.parameters.get("cursor", ".")
        ),
    )


@broken("errors.no-server-error", "a body that is no JSON answers 500")
def bad_body(mock: Mock) -> None:
    _crashes(mock, "finalizeConnection", lambda call, _: call.json is None)


@broken("errors.no-server-error", "a window of letters answers 500")
def bad_window(mock: Mock) -> None:
    _crashes(mock, "getSocialAccountMetrics", lambda call, said: bool(call.query) and said.status == 400)


@broken("errors.no-server-error", "an id in the path that is no UUID answers 500")
def bad_path(mock: Mock) -> None:
    _crashes(mock, "getSocialAccount", lambda call, _: len(call.id) != 36)


@broken("errors.no-server-error", "`selectedPageIds` that is no array answers 500")
def bad_ids(mock: Mock) -> None:
    def when(call: Call, _said: Answer) -> bool:
        return isinstance(call.json, dict) and not isinstance(call.json.get("selectedPageIds", []), list)

    _crashes(mock, "finalizeConnection", when)


@broken("errors.no-server-error", "a bad redirect URI answers 500")
def bad_redirect(mock: Mock) -> None:
    _crashes(mock, "createAuthUrl", lambda call, said: bool(call.body) and said.status == 400)


@broken("errors.no-server-error", "NUL in a filter answers 500")
def nul(mock: Mock) -> None:
    mock.answers(
        "listSocialAccounts",
        lambda call, said: CRASH if any("\0" in value for value in call.parameters.values()) else said,
    )


@broken("errors.no-server-error", "a long filter answers 500")
def long_filter(mock: Mock) -> None:
    mock.answers(
        "listSocialAccounts",
        lambda call, said: CRASH if any(len(value) > 255 for value in call.parameters.values()) else said,
    )


@broken("errors.problem-document", "an unknown account is told in plain text")
def plain_text(mock: Mock) -> None:
    said = answer(404, missing().document()["detail"].encode(), "text/plain")
    mock.answers("getSocialAccount", lambda _, real: said if real.status == 404 else real)


@broken("errors.problem-document", "what a session does not offer is refused in plain JSON")
def page_in_plain_json(mock: Mock) -> None:
    mock.answers(
        "finalizeConnection",
        lambda _, said: said.but(said.json, content_type="application/json") if said.status == 422 else said,
    )


@broken("errors.title", "to disconnect an account again is answered with a title of its own")
def gone_already(mock: Mock) -> None:
    deleted: set[str] = set()

    def change(call: Call, said: Answer) -> Answer:
        if said.status == 200:
            deleted.add(call.id)
        return said.but({**said.json, "title": "Already Gone"}) if said.status == 404 and call.id in deleted else said

    mock.answers("deleteSocialAccount", change)


@broken("errors.no-server-error", "a quotation mark in a tenant answers 500")
def quotation_mark(mock: Mock) -> None:
    mock.answers(
        "listSocialAccounts", lambda call, said: CRASH if "'" in call.parameters.get("tenant_id", "") else said
    )


@broken("errors.no-server-error", "a window that begins in the year 10000 answers 500")
def year_10000(mock: Mock) -> None:
    mock.answers(
        "getSocialAccountMetrics",
        lambda call, said: (
            CRASH if call.parameters.get("since", "0") >= "253402300800" and said.status == 400 else said
        ),
    )
