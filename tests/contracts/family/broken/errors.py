"""Broken: problem documents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Request, Response

from postfuze_mock.worlds.accounts.accounts import missing

Body = dict[str, Any]


def _problems(mock: Mock, change: Callable[[Body], Any], *statuses: int) -> None:
    """Change the problem documents with these statuses, by default all."""

    def maybe(_request: Request, response: Response) -> Response:
        applies = response.status >= 400 and (not statuses or response.status in statuses)
        return response.with_body(change(response.json)) if applies else response

    mock.responses("*", maybe)


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
    mock.responses(
        "*",
        lambda _, response: (
            response.with_body(response.json, content_type="application/json") if response.status >= 400 else response
        ),
    )


@broken("errors.problem-document", "a 401 is a page of HTML")
def html(mock: Mock) -> None:
    page = Response.of(401, b"<html><body><h1>401 Unauthorized</h1></body></html>", "text/html")
    mock.responses("*", lambda _, response: page if response.status == 401 else response)


@broken("errors.problem-document", "a 404 has an empty body")
def empty(mock: Mock) -> None:
    mock.responses("*", lambda _, response: Response.of(404, b"", "text/plain") if response.status == 404 else response)


@broken("errors.problem-document", "a 403 is announced as plain JSON")
def forbidden_in_json(mock: Mock) -> None:
    mock.responses(
        "*",
        lambda _, response: (
            response.with_body(response.json, content_type="application/json") if response.status == 403 else response
        ),
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


@broken("errors.status", "`status` is a string")
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


@broken("errors.listed", "a request that failed validation has no `errors`")
def no_errors(mock: Mock) -> None:
    _problems(mock, _without("errors"))


@broken("errors.validation", "`errors` is an object by field")
def errors_by_field(mock: Mock) -> None:
    def change(body: Body) -> Body:
        return (
            {**body, "errors": {str(at): each for at, each in enumerate(body["errors"])}} if "errors" in body else body
        )

    _problems(mock, change)


@broken("errors.listed", "`errors` is empty")
def empty_errors(mock: Mock) -> None:
    _problems(mock, lambda body: {**body, "errors": []} if "errors" in body else body)


@broken("errors.problem-document", "an unknown account is reported in plain text")
def plain_text(mock: Mock) -> None:
    response = Response.of(404, missing().document()["detail"].encode(), "text/plain")
    mock.responses("getSocialAccount", lambda _, real: response if real.status == 404 else real)


@broken("errors.problem-document", "what a session does not offer is refused in plain JSON")
def page_in_plain_json(mock: Mock) -> None:
    mock.responses(
        "finalizeConnection",
        lambda _, response: (
            response.with_body(response.json, content_type="application/json") if response.status == 422 else response
        ),
    )


@broken("errors.title", "disconnecting an account again returns a title of its own")
def gone_already(mock: Mock) -> None:
    ids: set[str] = set()

    def change(request: Request, response: Response) -> Response:
        if response.status == 200:
            ids.add(request.id)
        return (
            response.with_body({**response.json, "title": "Already Gone"})
            if response.status == 404 and request.id in ids
            else response
        )

    mock.responses("deleteSocialAccount", change)


@broken("errors.problem-document", "a body that is not JSON is refused by a page of HTML")
def html_for_malformed_json(mock: Mock) -> None:
    page = Response.of(400, b"<html><body><h1>400 Bad Request</h1></body></html>", "text/html")
    mock.responses(
        "finalizeConnection", lambda request, response: page if request.body and request.json is None else response
    )


def _outside(mock: Mock, status: int, response: Response) -> None:
    """Answer so where no operation is called."""
    mock.responses("", lambda _, real: response if real.status == status else real)


@broken("errors.problem-document", "an unknown path gets a page of HTML")
def html_for_unknown_paths(mock: Mock) -> None:
    _outside(mock, 404, Response.of(404, b"<html><h1>Not Found</h1></html>", "text/html"))


@broken("errors.problem-document", "an unknown path below an account gets plain text")
def text_below_accounts(mock: Mock) -> None:
    response = Response.of(404, b"404 page not found", "text/plain")
    mock.responses(
        "",
        lambda request, real: response if request.path.startswith("/social-accounts/") and real.status == 404 else real,
    )


@broken("errors.problem-document", "a wrong method gets plain text")
def text_for_wrong_methods(mock: Mock) -> None:
    _outside(mock, 405, Response.of(405, b"Method Not Allowed", "text/plain"))


@broken("errors.problem-document", "a call that exceeds a limit gets plain text")
def text_for_429(mock: Mock) -> None:
    mock.settings = replace(mock.settings, rate_limits=True)
    mock.exhaust_limits = True
    mock.responses(
        "*", lambda _, response: response.with_media_type("text/plain") if response.status == 429 else response
    )
