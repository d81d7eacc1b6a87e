"""Broken: bad requests that get a 500."""

from __future__ import annotations

from collections.abc import Callable

from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Request, Response

from postfuze_mock.problems import CONTENT_TYPE, Problem

LIST, METRICS, FINALIZE = "listSocialAccounts", "getSocialAccountMetrics", "finalizeConnection"
CRASH = Response.of(500, Problem(500, None).document(), CONTENT_TYPE)


def _crashes(mock: Mock, operation: str, when: Callable[[Request, Response], bool]) -> None:
    mock.responses(
        operation,
        lambda request, response: (
            CRASH if response.status in (400, 404, 415, 422) and when(request, response) else response
        ),
    )


@broken("errors.no-server-error", "a limit that is not a number answers 500")
def bad_limit(mock: Mock) -> None:
    _crashes(
        mock, "listSocialAccounts", lambda request, response: "limit" in request.parameters and response.status == 400
    )


@broken("errors.no-server-error", "a filter `id` that is not a UUID answers 500")
def bad_filter(mock: Mock) -> None:
    _crashes(mock, "listSocialAccounts", lambda request, _: "id" in request.parameters)


@broken("errors.no-server-error", "a cursor that is not base64 answers 500")
def bad_cursor(mock: Mock) -> None:
    _crashes(
        mock,
        "listSocialAccounts",
        lambda request, _: (
            not request.parameters.get("cursor", "a").strip("*%!").isascii()
            or "." not in request.parameters.get("cursor", ".")
        ),
    )


@broken("errors.no-server-error", "a body that is not JSON answers 500")
def bad_body(mock: Mock) -> None:
    _crashes(mock, "finalizeConnection", lambda request, _: request.json is None)


@broken("errors.no-server-error", "a window of letters answers 500")
def bad_window(mock: Mock) -> None:
    _crashes(mock, "getSocialAccountMetrics", lambda request, response: bool(request.query) and response.status == 400)


@broken("errors.no-server-error", "an id in the path that is not a UUID answers 500")
def bad_path(mock: Mock) -> None:
    _crashes(mock, "getSocialAccount", lambda request, _: len(request.id) != 36)


@broken("errors.no-server-error", "`selectedPageIds` that is not an array answers 500")
def bad_ids(mock: Mock) -> None:
    def when(request: Request, _response: Response) -> bool:
        return isinstance(request.json, dict) and not isinstance(request.json.get("selectedPageIds", []), list)

    _crashes(mock, "finalizeConnection", when)


@broken("errors.no-server-error", "an invalid redirect URI answers 500")
def bad_redirect(mock: Mock) -> None:
    _crashes(mock, "createAuthUrl", lambda request, response: bool(request.body) and response.status == 400)


@broken("errors.no-server-error", "NUL in a filter answers 500")
def nul(mock: Mock) -> None:
    mock.responses(
        "listSocialAccounts",
        lambda request, response: CRASH if any("\0" in value for value in request.parameters.values()) else response,
    )


@broken("errors.no-server-error", "a long filter answers 500")
def long_filter(mock: Mock) -> None:
    mock.responses(
        "listSocialAccounts",
        lambda request, response: CRASH if any(len(value) > 255 for value in request.parameters.values()) else response,
    )


@broken("errors.no-server-error", "a quotation mark in a tenant answers 500")
def quotation_mark(mock: Mock) -> None:
    mock.responses(
        "listSocialAccounts",
        lambda request, response: CRASH if "'" in request.parameters.get("tenant_id", "") else response,
    )


@broken("errors.no-server-error", "a window that begins in the year 10000 answers 500")
def year_10000(mock: Mock) -> None:
    mock.responses(
        "getSocialAccountMetrics",
        lambda request, response: (
            CRASH if request.parameters.get("since", "0") >= "253402300800" and response.status == 400 else response
        ),
    )


@broken("errors.no-server-error", "a limit of more than eighteen digits answers 500")
def huge_limit(mock: Mock) -> None:
    _crashes(mock, LIST, lambda request, _: len(request.parameters.get("limit", "")) > 18)


@broken("errors.no-server-error", "a window that begins in month 13 answers 500")
def month_13(mock: Mock) -> None:
    _crashes(mock, METRICS, lambda request, _: any("-13-" in value for value in request.parameters.values()))


@broken("errors.no-server-error", "a body of deeply nested JSON answers 500")
def deep_json(mock: Mock) -> None:
    _crashes(mock, FINALIZE, lambda request, _: request.body.startswith(b"[[["))


@broken("errors.no-server-error", "a body of plain text answers 500")
def plain_text_body(mock: Mock) -> None:
    _crashes(mock, FINALIZE, lambda request, _: request.headers.get("content-type", "").startswith("text/plain"))


@broken("errors.no-server-error", "half a character in a query answers 500")
def half_a_character(mock: Mock) -> None:
    mock.responses("*", lambda request, response: CRASH if b"%ED%A0%80" in _raw_query(request) else response)


def _raw_query(request: Request) -> bytes:
    query: bytes = request.scope["query_string"]
    return query.upper()
