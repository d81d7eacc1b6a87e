"""Judges errors: every failed request gets a problem document. Observes whether a bad request causes a 5xx."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from postfuze_contracts.checks.auth_url import startable
from postfuze_contracts.checks.connect.connect_flow import pending_session
from postfuze_contracts.checks.errors import problem_documents
from postfuze_contracts.checks.errors.bad_input import BODIES, LIKELY, MEDIA_TYPES, VALUES, is_well_formed
from postfuze_contracts.checks.errors.problem_documents import (
    CODE,
    LISTED,
    NO_SERVER_ERROR,
    VALIDATION,
    send_tolerantly,
)
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Judge
from postfuze_contracts.engine.registry import check, session_check
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.operations import (
    CREATE_AUTH_URL,
    DELETE,
    FINALIZE,
    GET,
    HEALTH,
    LIST,
    METRICS,
    MISSING_ID,
    MISSING_SESSION,
    PENDING,
)
from postfuze_contracts.model.options import Access
from postfuze_contracts.target.guard import OUTSIDE, is_missing
from postfuze_contracts.target.target import Target

_OTHER_MISSING_ID = MISSING_ID[:-1] + "f"
_NO_ACCOUNT, _NO_SESSION = {"id": MISSING_ID}, {"sessionToken": MISSING_SESSION}
_PARAMETERS: Mapping[str, tuple[str, ...]] = {
    LIST: ("limit", "cursor", "id", "tenant_id", "platform", "username", "network_unique_id"),
    METRICS: ("since", "until"),
}
_STRIDE = {"quick": 12, "ci": 3, "deep": 1}  # one in so many of VALUES is sent
_MEMBERS: tuple[Mapping[str, Any], ...]
_MEMBERS = ({"redirect_uri": "no URL"}, {"redirect_uri": "//"}, {"tenant_id": 1}, {"tenant_id": {}})
_NO_PLATFORMS = ("no-such-platform", "X", "1")
#: Bodies that select none of a session's pages.
_SELECTING_NOTHING = (b"{", b"[]", b'"x"', b'{"selectedPageIds": {}}', b'{"selectedPageIds": [null, 1, {}, [], true]}')

#: Those of them that are JSON, and fail validation.
_INVALID = (b'{"selectedPageIds": {}}', b'{"selectedPageIds": [null, 1, {}, [], true]}')


class BadRequest(NamedTuple):
    """A request that must fail. If an `invalid` one gets 400 or 422, it failed validation."""

    operation: str
    arguments: Mapping[str, Any]
    invalid: bool = False


@check(*problem_documents.ALL, assumes=(NO_SERVER_ERROR, LISTED))
def what_fails(target: Target, judge: Judge) -> None:
    """Make requests fail in each documented way, twice, and look at the problem documents."""
    for request in _failing(target):
        first, second = (_try(target, judge, request.operation, **request.arguments) for _ in range(2))
        if first is None or second is None:
            continue
        if request.invalid:
            problem_documents.observe_errors(judge, first)
        _judge_code(judge, first, second)
    missing = [target.call(GET, path={"id": id}) for id in (MISSING_ID, _OTHER_MISSING_ID)]
    _judge_code(judge, *missing)


def _failing(target: Target) -> Iterator[BadRequest]:
    for operation in (LIST, GET, METRICS, HEALTH, DELETE):
        path = {} if operation == LIST else _NO_ACCOUNT
        yield BadRequest(operation, {"path": path, "key": None})
        if operation != LIST:
            yield BadRequest(operation, {"path": path})
    yield BadRequest(GET, {"path": _NO_ACCOUNT, "authorization": "Basic c2tfdGVzdDo="})
    for query in ({"limit": "x"}, {"limit": "0"}, {"id": "x"}, {"platform": "no-such-platform"}):
        yield BadRequest(LIST, {"query": query}, invalid=True)
    yield BadRequest(LIST, {"query": {"cursor": "no-such-cursor"}})
    for account in survey.rows(target.call(LIST, query={"limit": "1"})):
        for name in ("since", "until"):
            yield BadRequest(METRICS, {"path": {"id": account["id"]}, "query": {name: "no-such-time"}}, invalid=True)
    yield BadRequest(PENDING, {"path": _NO_SESSION, "key": None})
    yield BadRequest(FINALIZE, {"path": _NO_SESSION, "key": None, "body": {"selectedPageIds": ["1"]}})
    yield BadRequest(FINALIZE, {"path": _NO_SESSION, "key": None, "body": {"selectedPageIds": "1"}}, invalid=True)
    if target.options.keys.read_only is not None:
        yield BadRequest(DELETE, {"path": _NO_ACCOUNT, "key": "read_only"})
    if target.options.access >= Access.FULL and target.deployed(CREATE_AUTH_URL):
        platform, _ = startable(target)
        # If no flow can be started, the request may fail for that reason.
        path = {"platform": platform or survey.PLATFORMS[0]}
        yield BadRequest(CREATE_AUTH_URL, {"path": path, "body": {"redirect_uri": 1}}, invalid=platform is not None)
        yield BadRequest(CREATE_AUTH_URL, {"path": path, "key": None})


def _judge_code(judge: Judge, first: Exchange, second: Exchange) -> None:
    one, other = first.member("code"), second.member("code")
    if first.status == second.status >= 400 and (one is not None or other is not None):
        judge.expect(CODE, one == other, f"code: {one!r}, as before", first, second, got=f"code: {other!r:.60}")


@check(*problem_documents.ALL)
def outside_the_operations(target: Target, judge: Judge) -> None:
    """Call paths that do not exist, and paths that do with a method that they do not have."""
    for method, path in OUTSIDE:
        problem_documents.judge_problem(judge, target.call_outside(method, path))


@check(*problem_documents.ALL, last=True)
def what_exceeded_a_limit(target: Target, judge: Judge) -> None:
    """Look at every 429 of the whole run."""
    for refusal in target.client.refusals:
        if refusal.status == 429:
            problem_documents.judge_problem(judge, refusal)


@check(*problem_documents.ALL, assumes=(NO_SERVER_ERROR,))
def bad_parameters(target: Target, judge: Judge) -> None:
    """Send meaningless parameters: control characters, broken UTF-8, huge numbers, repeated names."""
    path = {LIST: {}, METRICS: _any_account(target)}
    for operation, names in _PARAMETERS.items():
        for name in names:
            for value in _bad_values(target, name):
                well_formed = is_well_formed(value)
                _try(target, judge, operation, path=path[operation], query={name: value}, well_formed=well_formed)
    pairs = {
        LIST: (("limit", "1"), ("limit", "x"), ("limit[]", "1"), ("", ""), ("id", MISSING_ID), ("id", MISSING_ID)),
        METRICS: (("since", "1"), ("since", "")),
    }
    for operation, query in pairs.items():
        _try(target, judge, operation, path=path[operation], query=query)
    inverted = {"since": "2026-06-14T00:00:00Z", "until": "2026-06-01T00:00:00Z"}
    _try(target, judge, METRICS, path=path[METRICS], query=inverted)


@check(*problem_documents.ALL, assumes=(NO_SERVER_ERROR,))
def bad_paths(target: Target, judge: Judge) -> None:
    """Call operations with impossible ids and sessions."""
    for operation, name in ((GET, "id"), (METRICS, "id"), (HEALTH, "id"), (PENDING, "sessionToken")):
        for value in _bad_values(target, "path"):
            if operation == HEALTH and not is_missing(name, value):
                continue  # it might be an account's id, and a probe changes accounts
            key = None if operation == PENDING else "full"
            _try(target, judge, operation, path={name: value}, key=key, well_formed=is_well_formed(value))
    for value in LIKELY["path"][:2]:
        _try(target, judge, DELETE, path={"id": value})
    if target.options.access >= Access.FULL and target.deployed(CREATE_AUTH_URL):
        for value in _NO_PLATFORMS:
            _try(target, judge, CREATE_AUTH_URL, path={"platform": value}, body={})


@session_check(*problem_documents.ALL, assumes=(NO_SERVER_ERROR, LISTED))
def refusals_of_a_session(target: Target, judge: Judge) -> None:
    """Finalize a fresh session without a page, with one that it does not offer, and with bodies that select nothing."""
    session, _ = pending_session(target)
    path = {"sessionToken": session.value}
    bodies = [json.dumps({"selectedPageIds": ids}).encode() for ids in ([], ["no-such-page-00000000c0de"])]
    for body in (*bodies, *_SELECTING_NOTHING):
        exchange = _try(target, judge, FINALIZE, path=path, key=None, raw_body=body)
        if exchange is None or exchange.status < 400:
            return
        if body in _INVALID:
            problem_documents.observe_errors(judge, exchange)
    if target.call(PENDING, path=path, key=None).status == 200:
        target.put_back(session)


@check(*(set(problem_documents.ALL) - {VALIDATION}), assumes=(NO_SERVER_ERROR,), access=Access.FULL)
def what_the_run_has_deleted(target: Target, judge: Judge) -> None:
    """Retrieve an account that was disconnected, and disconnect it again."""
    ids = [change.id for change in target.ledger.of("deleted") if change.id != MISSING_ID]
    for id in ids[-1:]:
        for operation in (GET, METRICS, DELETE):
            _try(target, judge, operation, path={"id": id})


@check(*problem_documents.ALL, assumes=(NO_SERVER_ERROR,))
def bad_bodies(target: Target, judge: Judge) -> None:
    """Finalize a session that does not exist, with bad bodies and media types."""
    stride = 2 if target.options.profile == "quick" else 1
    bodies = [(body, "application/json") for body in BODIES[::stride]]
    bodies += [(b'{"selectedPageIds": ["1"]}', media_type) for media_type in MEDIA_TYPES[::stride]]
    for body, media_type in bodies:
        headers = {"Content-Type": media_type}
        well_formed = "/" in media_type and ";;" not in media_type and len(body) < 1000
        arguments = {"path": _NO_SESSION, "key": None, "raw_body": body, "headers": headers}
        _try(target, judge, FINALIZE, **arguments, well_formed=well_formed)
    if target.options.access >= Access.FULL and target.deployed(CREATE_AUTH_URL):
        platform, _ = startable(target)
        path = {"platform": platform or survey.PLATFORMS[0]}
        for body in BODIES[::4]:
            _try(target, judge, CREATE_AUTH_URL, path=path, raw_body=body)
        for members in _MEMBERS:
            _try(target, judge, CREATE_AUTH_URL, path=path, body=members)


def _try(
    target: Target, judge: Judge, operation: str, *, well_formed: bool = True, **arguments: Any
) -> Exchange | None:
    """Send a bad request, and judge the response. None if there is no response."""
    # The limit of writes is low, so a 429 to a write is judged like any other response.
    call = partial(target.call, operation, **arguments, patient=not target.writes(operation))
    exchange = send_tolerantly(target, judge, call, well_formed=well_formed)
    if exchange is not None and exchange.status >= 500:  # once more, because any service may fail for a moment
        exchange = send_tolerantly(target, judge, call, well_formed=well_formed)
    if exchange is not None:
        problem_documents.observe_server_error(judge, exchange)
        if exchange.status < 500:
            problem_documents.judge_problem(judge, exchange, well_formed=well_formed)
    return exchange


def _bad_values(target: Target, name: str) -> list[str]:
    """Values that are likely to trip this parameter, and a share of the others, chosen by the seed."""
    stride = _STRIDE[target.options.profile]
    rest = VALUES[(target.options.seed + len(name)) % stride :: stride]
    return [value for value in dict.fromkeys((*LIKELY.get(name, ()), *rest)) if name != "path" or value.strip("./")]


def _any_account(target: Target) -> Mapping[str, str]:
    rows = survey.rows(target.call(LIST, query={"limit": "1"}))
    return {"id": rows[0]["id"] if rows else MISSING_ID}
