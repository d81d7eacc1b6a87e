"""Judges the response to a failed request: an RFC 9457 problem document."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from postfuze_contracts.engine.judge import Judge
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.operations import LIST
from postfuze_contracts.target.client import Unreachable
from postfuze_contracts.target.target import Target

DOCUMENT, TITLE, STATUS = "errors.problem-document", "errors.title", "errors.status"
CODE, VALIDATION, NO_SERVER_ERROR = "errors.code", "errors.validation", "errors.no-server-error"
ALL = (DOCUMENT, TITLE, STATUS, CODE, VALIDATION, NO_SERVER_ERROR)

#: Statuses that never mean that validation failed.
_NEVER_VALIDATION = frozenset({401, 403, 404, 405, 406, 409, 410, 415, 429, 500, 503})
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
            target.call(LIST, query={"limit": "1"})
    if well_formed:
        got = "a closed connection, while other calls get responses"
        judge.expect(NO_SERVER_ERROR, False, "a response of 4xx", got=got)
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
        allowed = exchange.status not in _NEVER_VALIDATION
        holds = allowed and isinstance(errors, list)
        expected = "an array" if allowed else "no `errors`: nothing failed validation"
        judge.expect(VALIDATION, holds, expected, exchange, got=f"errors: {errors!r:.60}")


def judge_no_server_error(judge: Judge, exchange: Exchange) -> None:
    """Judge that a bad request caused no 5xx. Responses of a gateway are not judged."""
    if exchange.status not in _GATEWAYS and exchange.status != 429:
        judge.expect(NO_SERVER_ERROR, exchange.status < 500, "a status below 500", exchange)


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
