"""Judges the response to a failed request, an RFC 9457 problem document, and observes what the documents leave open."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from postfuze_contracts.engine.judge import Judge
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.operations import MISSING_ID, MISSING_SESSION, SERVICE_HEALTH
from postfuze_contracts.target.client import Unreachable
from postfuze_contracts.target.target import Target

DOCUMENT, TITLE, STATUS = "errors.problem-document", "errors.title", "errors.status"
CODE, VALIDATION = "errors.code", "errors.validation"
ALL = (DOCUMENT, TITLE, STATUS, CODE, VALIDATION)
#: The assumptions that bad requests show.
NO_SERVER_ERROR, LISTED = "errors.no-server-error", "errors.listed"

#: Statuses that never mean that validation failed. Others may: 409, 415, the 404 of a malformed id.
_NEVER_VALIDATION = frozenset({401, 403, 405, 429})
#: Statuses that a gateway may send, because it refuses the request line or the body, or has no upstream.
_GATEWAYS = frozenset({408, 411, 413, 414, 421, 425, 426, 431, 494, 502, 503, 504, *range(520, 531)})
_TRIES = 3
_PHRASES = {
    413: {"Content Too Large", "Payload Too Large", "Request Entity Too Large"},
    414: {"URI Too Long", "Request-URI Too Long"},
    416: {"Range Not Satisfiable", "Requested Range Not Satisfiable"},
    418: {"I'm a Teapot"},
    422: {"Unprocessable Content", "Unprocessable Entity"},
}


def send_tolerantly(
    target: Target, judge: Judge, call: Callable[[], Exchange], *, well_formed: bool = True
) -> Exchange | None:
    """Send a bad request. None if the connection is closed each time, which a gateway may do with a request that is not
    `well_formed`. Raises Unreachable if the target does not respond to other calls either."""
    for _ in range(_TRIES):
        try:
            return call()
        except Unreachable:
            target.call(SERVICE_HEALTH, key=None)
    if well_formed:
        judge.observe(NO_SERVER_ERROR, "a closed connection, while other calls get responses")
    return None


def judge_problem(judge: Judge, exchange: Exchange, *, well_formed: bool = True) -> None:
    """Judge a response of 4xx or 5xx. A request that is not `well_formed` may have been refused by a gateway, which
    sends no problem documents."""
    if exchange.status < 400:
        return
    is_problem = exchange.response.media_type == "application/problem+json"
    if not is_problem and (not well_formed or exchange.status in _GATEWAYS):
        return
    document = exchange.json
    mismatches = _mismatches(exchange)
    judge.expect(DOCUMENT, not mismatches, "a problem document", exchange, got="; ".join(mismatches))
    if not isinstance(document, dict):
        return
    title, status, code, errors = (document.get(name) for name in ("title", "status", "code", "errors"))
    if isinstance(title, str) and (phrases := _phrases(exchange.status)):
        holds = title.casefold() in {phrase.casefold() for phrase in phrases}
        judge.expect(TITLE, holds, f"title: {' or '.join(sorted(phrases))}", exchange, got=f"title: {title:.60}")
    if status is not None:
        holds = type(status) is int and status == exchange.status
        judge.expect(STATUS, holds, f"status: {exchange.status}", exchange, got=f"status: {status!r:.60}")
    if code is not None:
        judge.expect(CODE, isinstance(code, str) and bool(code), "a string", exchange, got=f"code: {code!r:.60}")
    if errors is not None:
        allowed = exchange.status not in _NEVER_VALIDATION and not _is_unknown(exchange)
        holds = allowed and isinstance(errors, list)
        expected = "an array" if allowed else "no `errors`: nothing failed validation"
        judge.expect(VALIDATION, holds, expected, exchange, got=f"errors: {errors!r:.60}")


def _is_unknown(exchange: Exchange) -> bool:
    """Whether a 404 says that something does not exist, and nothing else can be wrong with the request."""
    request = exchange.request
    missing = MISSING_ID in request.path or MISSING_SESSION in request.path
    return exchange.status == 404 and missing and not request.query and request.body is None


def observe_server_error(judge: Judge, exchange: Exchange) -> None:
    """Observe whether a bad request gets a 5xx. Responses of a gateway show nothing."""
    if exchange.status not in _GATEWAYS and exchange.status != 429:
        judge.observe(NO_SERVER_ERROR, "4xx" if exchange.status < 500 else "5xx", exchange)


def observe_errors(judge: Judge, exchange: Exchange) -> None:
    """Observe whether the problem document of a request that failed validation lists what is wrong."""
    errors = exchange.member("errors")
    if exchange.status not in (400, 422) or exchange.member("status") is None:
        return
    if errors is None or errors == []:
        judge.observe(LISTED, "never" if errors is None else "an empty array", exchange)
    elif isinstance(errors, list):
        judge.observe(LISTED, "always", exchange)


def _mismatches(exchange: Exchange) -> list[str]:
    document = exchange.json
    texts = []
    if exchange.response.media_type != "application/problem+json":
        texts.append(f"Content-Type: {exchange.response.media_type or 'none'}")
    if not isinstance(document, dict):
        return [*texts, "no JSON object"]
    missing = [name for name in ("type", "title", "status", "detail") if name not in document]
    texts += [f"no {name}" for name in missing]
    if "type" in document and document["type"] != "about:blank":
        texts.append(f"type: {document['type']!r:.60}")
    for name in ("title", "detail"):
        allowed = (str,) if name == "title" else (str, type(None))
        if name in document and not isinstance(document[name], allowed):
            texts.append(f"{name}: {document[name]!r:.60}")
    return texts


def _phrases(status: int) -> set[str]:
    try:
        return _PHRASES.get(status) or {HTTPStatus(status).phrase}
    except ValueError:
        return set()
