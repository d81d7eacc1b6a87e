"""Broken: authentication and scopes."""

from __future__ import annotations

from collections.abc import Callable

from tests.contracts.family.mock import NAME, Mock
from tests.contracts.family.variants import broken
from tests.contracts.family.wire import Request, Response

from postfuze_mock.problems import Problem
from postfuze_mock.worlds.accounts.accounts import missing

LIST, GET, METRICS = "listSocialAccounts", "getSocialAccount", "getSocialAccountMetrics"
HEALTH, DELETE = "getSocialAccountHealth", "deleteSocialAccount"
FULL = f"sk_test_{NAME}"
FORBIDDEN = Response.of(403, Problem(403, "This API key may not do that.").document(), "application/problem+json")
Which = Callable[[Request], bool]


def _key(request: Request) -> str:
    return request.headers.get("authorization", "")


def none(request: Request) -> bool:
    return "authorization" not in request.headers


def malformed(request: Request) -> bool:
    return not none(request) and not _key(request).startswith("Bearer sk_")


def ending(suffix: str) -> Which:
    return lambda request: _key(request).endswith(suffix)


def _accepting(mock: Mock, operation: str, which: Which) -> None:
    """Accept these keys as the full one."""
    mock.requests(operation, lambda request: request.with_key(FULL) if which(request) else request)


def _refusing(mock: Mock, which: Which, change: Callable[[Response], Response]) -> None:
    mock.responses(
        "*", lambda request, response: change(response) if response.status == 401 and which(request) else response
    )


def _instead(status: int) -> Callable[[Response], Response]:
    return lambda response: response.with_body(
        {**response.json, **Problem(status, response.json["detail"]).document()}, status
    )


def _detail(text: str | None) -> Callable[[Response], Response]:
    return lambda response: response.with_body({**response.json, "detail": text})


@broken("auth.missing", "metrics can be read without a key")
def metrics_are_public(mock: Mock) -> None:
    _accepting(mock, METRICS, none)


@broken("auth.missing", "accounts are listed without a key")
def list_is_public(mock: Mock) -> None:
    _accepting(mock, LIST, none)


@broken("auth.missing", "accounts can be disconnected without a key")
def delete_is_public(mock: Mock) -> None:
    _accepting(mock, DELETE, none)


@broken("auth.missing", "without a key, the response is 403")
def missing_is_403(mock: Mock) -> None:
    _refusing(mock, none, _instead(403))


@broken("auth.missing", "without a key, the detail says something else")
def missing_in_other_words(mock: Mock) -> None:
    _refusing(mock, none, _detail("Authentication required."))


@broken("auth.malformed", "a key of another scheme is accepted")
def any_scheme(mock: Mock) -> None:
    def change(request: Request) -> Request:
        scheme, _, key = _key(request).partition(" ")
        return request.with_key(key) if key.startswith("sk_") and scheme != "Bearer" else request

    mock.requests("*", change)


@broken("auth.malformed", "a key without its scheme is accepted")
def no_scheme(mock: Mock) -> None:
    mock.requests("*", lambda request: request.with_key(_key(request)) if _key(request).startswith("sk_") else request)


@broken("auth.malformed", "the scheme may be in lower case")
def small_letters(mock: Mock) -> None:
    mock.requests(
        "*", lambda request: request.with_key(_key(request)[7:]) if _key(request).startswith("bearer sk_") else request
    )


@broken("auth.missing", "without a key, the 401 has an empty body")
def missing_is_empty(mock: Mock) -> None:
    _refusing(mock, none, lambda _: Response(401, {"content-type": "text/plain"}, b""))


@broken("auth.revoked", "a revoked key still starts connect flows")
def revoked_starts(mock: Mock) -> None:
    _accepting(mock, "createAuthUrl", ending("_revoked"))


@broken("auth.expired", "an expired key still checks health")
def expired_checks_health(mock: Mock) -> None:
    _accepting(mock, HEALTH, ending("_expired"))


@broken("auth.modes", "live keys read no metrics")
def live_reads_no_metrics(mock: Mock) -> None:
    mock.requests(
        METRICS, lambda request: request.with_key("none") if _key(request).startswith("Bearer sk_live_") else request
    )


@broken("auth.reads-need-no-scope", "a key without scopes cannot read a series")
def scope_for_series(mock: Mock) -> None:
    read_only = ending("_readonly")
    mock.responses(METRICS, lambda request, response: FORBIDDEN if request.query and read_only(request) else response)


@broken("auth.malformed", "a malformed key answers 400")
def malformed_is_400(mock: Mock) -> None:
    _refusing(mock, malformed, _instead(400))


@broken("auth.malformed", "with a malformed key, an unknown account answers 404")
def looked_up_first(mock: Mock) -> None:
    async def handle(request: Request) -> Response:
        response = await request.with_key(FULL).send() if malformed(request) else await request.send()
        return response if response.status == 404 or not malformed(request) else await request.send()

    for operation in (GET, METRICS):
        mock.handle(operation, handle)


@broken("auth.malformed", "any bearer token is accepted")
def any_token(mock: Mock) -> None:
    _accepting(mock, "*", lambda request: malformed(request) and _key(request).startswith("Bearer"))


@broken("auth.malformed", "the detail of a malformed key says something else")
def malformed_in_other_words(mock: Mock) -> None:
    _refusing(mock, malformed, _detail("Malformed Authorization header."))


@broken("auth.revoked", "a revoked key still reads metrics")
def revoked_reads_metrics(mock: Mock) -> None:
    _accepting(mock, METRICS, ending("_revoked"))


@broken("auth.revoked", "a revoked key still lists")
def revoked_lists(mock: Mock) -> None:
    _accepting(mock, LIST, ending("_revoked"))


@broken("auth.revoked", "a revoked key still disconnects")
def revoked_deletes(mock: Mock) -> None:
    _accepting(mock, DELETE, ending("_revoked"))


@broken("auth.revoked", "a revoked key answers 403")
def revoked_is_403(mock: Mock) -> None:
    _refusing(mock, ending("_revoked"), _instead(403))


@broken("auth.revoked", "the detail of a revoked key says that it was revoked")
def revoked_is_told(mock: Mock) -> None:
    _refusing(mock, ending("_revoked"), _detail("This API key was revoked."))


@broken("auth.expired", "an expired key still retrieves")
def expired_retrieves(mock: Mock) -> None:
    _accepting(mock, GET, ending("_expired"))


@broken("auth.expired", "an expired key still checks health")
def expired_checks(mock: Mock) -> None:
    _accepting(mock, HEALTH, ending("_expired"))


@broken("auth.expired", "an expired key answers 403")
def expired_is_403(mock: Mock) -> None:
    _refusing(mock, ending("_expired"), _instead(403))


@broken("auth.expired", "an expired key has no detail")
def expired_is_not_told(mock: Mock) -> None:
    _refusing(mock, ending("_expired"), _detail(None))


@broken("auth.modes", "live keys are refused")
def live_refused(mock: Mock) -> None:
    mock.requests(
        "*", lambda request: request.with_key("none") if _key(request).startswith("Bearer sk_live_") else request
    )


def _read_only_refused(mock: Mock, operation: str) -> None:
    read_only = ending("_readonly")
    mock.responses(
        operation, lambda request, response: FORBIDDEN if read_only(request) and response.status == 200 else response
    )


@broken("auth.reads-need-no-scope", "a key without scopes cannot list")
def scope_to_list(mock: Mock) -> None:
    _read_only_refused(mock, LIST)


@broken("auth.reads-need-no-scope", "a key without scopes cannot read metrics")
def scope_for_metrics(mock: Mock) -> None:
    _read_only_refused(mock, METRICS)


@broken("auth.reads-need-no-scope", "a key without scopes cannot check health")
def scope_for_health(mock: Mock) -> None:
    _read_only_refused(mock, HEALTH)


@broken("auth.reads-need-no-scope", "a key without scopes lists active accounts only")
def active_only(mock: Mock) -> None:
    read_only = ending("_readonly")

    def change(request: Request, response: Response) -> Response:
        if response.status != 200 or not read_only(request):
            return response
        return response.with_body(
            {**response.json, "data": [row for row in response.json["data"] if row["status"] == "active"]}
        )

    mock.responses(LIST, change)


@broken("auth.reads-need-no-scope", "a key without scopes retrieves no disabled account")
def no_disabled(mock: Mock) -> None:
    read_only = ending("_readonly")
    refusal = Response.of(404, missing().document(), "application/problem+json")

    def change(request: Request, response: Response) -> Response:
        return (
            refusal
            if response.status == 200 and read_only(request) and response.json["status"] == "disabled"
            else response
        )

    mock.responses(GET, change)


@broken("auth.write-scopes", "a key with all scopes may not disconnect")
def nobody_may(mock: Mock) -> None:
    async def handle(request: Request) -> Response:
        return FORBIDDEN if _key(request) == f"Bearer {FULL}" else await request.send()

    mock.handle(DELETE, handle)


@broken("auth.revoked", "a revoked key still follows cursors")
def revoked_goes_on(mock: Mock) -> None:
    revoked = ending("_revoked")
    _accepting(mock, LIST, lambda request: revoked(request) and "cursor" in request.parameters)


@broken("auth.expired", "an expired key still reads series")
def expired_reads_series(mock: Mock) -> None:
    expired = ending("_expired")
    _accepting(mock, METRICS, lambda request: expired(request) and "since" in request.parameters)


@broken("auth.malformed", "more than one blank may stand before the key")
def two_blanks(mock: Mock) -> None:
    mock.requests(
        "*",
        lambda request: (
            request.with_key(_key(request)[7:].strip()) if _key(request).startswith("Bearer  sk_") else request
        ),
    )


@broken("auth.write-scopes", "a key without scopes may disconnect")
def readers_disconnect(mock: Mock) -> None:
    read_only = ending("_readonly")
    mock.requests("deleteSocialAccount", lambda request: request.with_key(FULL) if read_only(request) else request)


@broken("auth.write-scopes", "a key with any scope may disconnect")
def any_scope_disconnects(mock: Mock) -> None:
    _accepting(mock, DELETE, ending("_posts"))


@broken("auth.revoked", "a revoked key is accepted until its second call")
def revoked_a_call_later(mock: Mock) -> None:
    calls: set[str] = set()

    def which(request: Request) -> bool:
        is_first = ending("_revoked")(request) and request.path not in calls
        calls.update([request.path] if is_first else [])
        return is_first

    _accepting(mock, GET, which)


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
