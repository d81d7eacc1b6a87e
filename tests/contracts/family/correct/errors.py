"""Correct: errors that differ where the documents are silent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import correct
from tests.contracts.family.wire import Request, Response

FINALIZE, LIST, METRICS = "finalizeConnection", "listSocialAccounts", "getSocialAccountMetrics"


@correct("problem documents have an `instance` and a trace")
def extra_problem_fields(mock: Mock) -> None:
    mock.responses(
        "*",
        lambda request, response: (
            response.with_body({**response.json, "instance": request.path, "trace_id": "0af7"})
            if response.status >= 400
            else response
        ),
    )


@correct("there is no `code` in problem documents")
def no_code(mock: Mock) -> None:
    def change(_request: Request, response: Response) -> Response:
        body = response.json if response.status >= 400 else {}
        return response.with_body({name: body[name] for name in body if name != "code"}) if body else response

    mock.responses("*", change)


@correct("validation failures of bodies are 422, of parameters 400")
def mixed_validation(mock: Mock) -> None:
    def change(_request: Request, response: Response) -> Response:
        if response.status != 400 or "errors" not in response.json:
            return response
        return response.with_body({**response.json, "status": 422, "title": "Unprocessable Entity"}, 422)

    mock.responses(FINALIZE, change)


def _problems(mock: Mock, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    mock.responses(
        "*", lambda _, response: response.with_body(change(response.json)) if response.status >= 400 else response
    )


@correct("`code` and `detail` of problem documents are null where they are optional")
def null_members(mock: Mock) -> None:
    def change(body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "code": None, "detail": body["detail"] if body["status"] in (400, 401) else None}

    _problems(mock, change)


@correct("titles are in lower case")
def small_titles(mock: Mock) -> None:
    _problems(mock, lambda body: {**body, "title": body["title"].lower()})


@correct("validation failures are 422, by the newer phrase of RFC 9110")
def unprocessable_content(mock: Mock) -> None:
    def change(_request: Request, response: Response) -> Response:
        if response.status != 400 or "errors" not in response.json:
            return response
        return response.with_body({**response.json, "status": 422, "title": "Unprocessable Content"}, 422)

    mock.responses("*", change)


@correct("`errors` are strings")
def errors_in_texts(mock: Mock) -> None:
    _problems(mock, lambda body: {**body, "errors": ["limit is wrong"]} if "errors" in body else body)


@correct("the media type of errors is in capitals")
def capital_media_type(mock: Mock) -> None:
    mock.responses(
        "*",
        lambda _, response: (
            response.with_media_type("Application/Problem+JSON") if response.status >= 400 else response
        ),
    )


@correct("a gateway refuses odd characters and long lines by pages of HTML, and times out")
def strict_gateway(mock: Mock) -> None:
    statuses = {b"%00": 400, b"%0D": 400, b"%ED%A0%80": 400, b"1E400": 504}

    def change(request: Request, response: Response) -> Response:
        line = request.scope["query_string"].upper() + request.path.upper().encode()
        status = 414 if len(line) > 2000 else next((statuses[part] for part in statuses if part in line), None)
        return response if status is None else Response.of(status, b"<html><h1>Gateway</h1></html>", "text/html")

    mock.responses("*", change)
