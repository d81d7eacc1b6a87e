"""Broken: calls without a key, or with a malformed one."""

from __future__ import annotations

from collections.abc import Callable

from tests.contracts.family.keys import FULL, accepting, detail, header, instead, malformed, none, refusing
from tests.contracts.family.mock import Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Request, Response

LIST, GET, METRICS, DELETE = "listSocialAccounts", "getSocialAccount", "getSocialAccountMetrics", "deleteSocialAccount"


@broken("auth.missing", "metrics can be read without a key")
def metrics_are_public(mock: Mock) -> None:
    accepting(mock, METRICS, none)


@broken("auth.missing", "accounts are listed without a key")
def list_is_public(mock: Mock) -> None:
    accepting(mock, LIST, none)


@broken("auth.missing", "accounts can be disconnected without a key")
def delete_is_public(mock: Mock) -> None:
    accepting(mock, DELETE, none)


@broken("auth.missing", "without a key, the response is 403")
def missing_is_403(mock: Mock) -> None:
    refusing(mock, none, instead(403))


@broken("auth.missing", "without a key, the detail says something else")
def missing_in_other_words(mock: Mock) -> None:
    refusing(mock, none, detail("Authentication required."))


@broken("auth.malformed", "a key of another scheme is accepted")
def any_scheme(mock: Mock) -> None:
    def change(request: Request) -> Request:
        scheme, _, key = header(request).partition(" ")
        return request.with_key(key) if key.startswith("sk_") and scheme != "Bearer" else request

    mock.requests("*", change)


@broken("auth.malformed", "a key without its scheme is accepted")
def no_scheme(mock: Mock) -> None:
    mock.requests(
        "*",
        lambda request: request.with_key(header(request)) if header(request).startswith("sk_") else request,
    )


@broken("auth.malformed", "the scheme may be in lower case")
def small_letters(mock: Mock) -> None:
    mock.requests(
        "*",
        lambda request: request.with_key(header(request)[7:]) if header(request).startswith("bearer sk_") else request,
    )


@broken("auth.missing", "without a key, the 401 has an empty body")
def missing_is_empty(mock: Mock) -> None:
    refusing(mock, none, lambda _: Response(401, {"content-type": "text/plain"}, b""))


@broken("auth.malformed", "a malformed key answers 400")
def malformed_is_400(mock: Mock) -> None:
    refusing(mock, malformed, instead(400))


@broken("auth.malformed", "with a malformed key, an unknown account answers 404")
def looked_up_first(mock: Mock) -> None:
    async def handle(request: Request) -> Response:
        response = await request.with_key(FULL).send() if malformed(request) else await request.send()
        return response if response.status == 404 or not malformed(request) else await request.send()

    for operation in (GET, METRICS):
        mock.handle(operation, handle)


@broken("auth.malformed", "any bearer token is accepted")
def any_token(mock: Mock) -> None:
    accepting(mock, "*", lambda request: malformed(request) and header(request).startswith("Bearer"))


@broken("auth.malformed", "the detail of a malformed key says something else")
def malformed_in_other_words(mock: Mock) -> None:
    refusing(mock, malformed, detail("Malformed Authorization header."))


@broken("auth.malformed", "more than one blank may stand before the key")
def two_blanks(mock: Mock) -> None:
    mock.requests(
        "*",
        lambda request: (
            request.with_key(header(request)[7:].strip()) if header(request).startswith("Bearer  sk_") else request
        ),
    )


@broken("auth.malformed", "a key in quotes is accepted")
def quoted(mock: Mock) -> None:
    _rewriting(mock, lambda header: header.replace('"', ""))


@broken("auth.malformed", "`Bearer` may stand anywhere in the header")
def bearer_anywhere(mock: Mock) -> None:
    _rewriting(mock, lambda header: header[header.find("Bearer ") :] if "Bearer " in header else header)


def _rewriting(mock: Mock, change: Callable[[str], str]) -> None:
    """Change the header of the key."""
    mock.requests(
        "*",
        lambda request: request.replace(
            headers={
                name: change(value) if name == "authorization" else value for name, value in request.headers.items()
            }
        ),
    )
