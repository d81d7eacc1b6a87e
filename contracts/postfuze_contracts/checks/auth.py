"""Judges which API keys are refused, and what the others may do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from postfuze_contracts.checks.connect.connect_flow import connected_ids
from postfuze_contracts.checks.list.walks import (
    GREATEST_LIMIT,
    NOT_NOW,
    ids,
    skipped_accounts,
    stable_accounts,
    walk,
    whole_list,
)
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Judge, require
from postfuze_contracts.engine.registry import check, session_check
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.needs import Need
from postfuze_contracts.model.operations import CREATE_AUTH_URL, DELETE, GET, HEALTH, LIST, METRICS, MISSING_ID
from postfuze_contracts.model.options import Access, Secret
from postfuze_contracts.target.target import Target

DETAIL = "Invalid or expired API key."
#: Headers that do not begin with `Bearer sk_`. None holds a key, so reports may show them.
MALFORMED = ("", "Bearer", "Bearer xyz", "Bearer pk_live_c0de", "Basic c2tfbGl2ZV9jMGRlOg==", "sk_live_c0de", "sk_")
_MAX_READS = {"quick": 4, "ci": 15, "deep": 60}

Call = tuple[str, Mapping[str, Any]]


@check("auth.missing")
def calls_without_a_key(target: Target, judge: Judge) -> None:
    """Call each operation without a key, with ids that exist and ids that do not."""
    for operation, arguments in _calls_with_key(target):
        _expect_refused(target, judge, "auth.missing", target.call(operation, key=None, **arguments))


@check("auth.malformed")
def malformed_headers(target: Target, judge: Judge) -> None:
    """Call each operation with headers that do not begin with `Bearer sk_`, some of which contain the key."""
    calls = [*_calls_with_key(target)]
    for header in MALFORMED:
        for operation, arguments in calls if header == "Bearer xyz" else calls[:2]:
            exchange = target.call(operation, key=None, headers={"Authorization": header}, **arguments)
            _expect_refused(target, judge, "auth.malformed", exchange)
    key = target.secret("full")
    assert key is not None
    for prefix in ("", "Basic ", "Token ", "bearer ", "Bearer  "):
        for operation, arguments in calls[:2]:
            exchange = target.call(operation, authorization=f"{prefix}{key.value}", **arguments)
            _expect_refused(target, judge, "auth.malformed", exchange)


@check("auth.revoked", needs=(needs.REVOKED_KEY,))
def a_revoked_key(target: Target, judge: Judge) -> None:
    """Call each operation with a revoked key."""
    _expect_key_refused(target, judge, "revoked", needs.REVOKED_KEY)


@check("auth.expired", needs=(needs.EXPIRED_KEY,))
def an_expired_key(target: Target, judge: Judge) -> None:
    """Call each operation with an expired key."""
    _expect_key_refused(target, judge, "expired", needs.EXPIRED_KEY)


def _expect_key_refused(target: Target, judge: Judge, key: str, need: Need) -> None:
    require(_key(target, key) is not None, need)
    for operation, arguments in _calls_with_key(target):
        _expect_refused(target, judge, f"auth.{key}", target.call(operation, key=key, **arguments))


def _calls_with_key(target: Target) -> Iterator[Call]:
    """Calls of each operation that needs a key. Those that could change something are for ids that do not exist."""
    page = target.call(LIST, query={"limit": "1"})
    yield LIST, {}
    for id in [account["id"] for account in survey.rows(page)] + [MISSING_ID]:
        yield from ((operation, {"path": {"id": id}}) for operation in (GET, METRICS))
        yield METRICS, {"path": {"id": id}, "query": {"since": "0"}}
        yield LIST, {"query": {"id": id}}
    if (cursor := survey.following(page)) is not None:
        yield LIST, {"query": {"limit": "1", "cursor": cursor}}
    yield HEALTH, {"path": {"id": MISSING_ID}}
    yield DELETE, {"path": {"id": MISSING_ID}}
    if target.options.access >= Access.FULL and target.deployed(CREATE_AUTH_URL):
        yield CREATE_AUTH_URL, {"path": {"platform": "x"}, "body": {}}


def _expect_refused(target: Target, judge: Judge, statement: str, exchange: Exchange) -> None:
    require(exchange.status not in NOT_NOW, needs.unexpected(f"a call answered {exchange.status}"))
    holds = exchange.status == 401 and exchange.member("detail") == DETAIL
    if exchange.status == 401 and not _has_detail(exchange) and not _has_detail(_refused_otherwise(target, statement)):
        holds = True  # no 401 has a detail: errors.problem-document covers that
    judge.expect(statement, holds, f'401, "{DETAIL}"', exchange)


def _has_detail(exchange: Exchange) -> bool:
    """Whether the response is a problem document with a `detail` that is a string or null."""
    return isinstance(exchange.json, dict) and isinstance(exchange.json.get("detail", 0), str | None)


def _refused_otherwise(target: Target, statement: str) -> Exchange:
    """A list call that is refused for a reason other than `statement`."""
    headers = {"Authorization": "Bearer xyz"} if statement == "auth.missing" else {}
    return target.call(LIST, key=None, headers=headers)


@check("auth.modes", needs=(needs.OTHER_MODE,))
def keys_of_both_modes(target: Target, judge: Judge) -> None:
    """List accounts with each configured key of both modes."""
    exchanges: dict[str, list[Exchange]] = {"sk_live_": [], "sk_test_": []}
    for name in ("full", "read_only", "other_organization"):
        key = _key(target, name)
        for mode in (mode for mode in exchanges if key is not None and key.value.startswith(mode)):
            exchanges[mode].append(target.call(LIST, query={"limit": "1"}, key=name))
            exchanges[mode] += [target.call(each, path={"id": MISSING_ID}, key=name) for each in (GET, METRICS)]
    require(all(exchanges.values()), needs.OTHER_MODE)
    for mode, group in exchanges.items():
        for operation in (LIST, GET, METRICS):
            same = [exchange for exchange in group if exchange.operation == operation]
            refusals = (401, 403) if operation == LIST else (401,)
            is_accepted = any(exchange.status not in refusals for exchange in same)
            judge.expect("auth.modes", is_accepted, f"keys of both modes to be accepted, {mode}… too", *same)


@check("auth.reads-need-no-scope", needs=(needs.READ_ONLY_KEY,))
def a_key_without_scopes(target: Target, judge: Judge) -> None:
    """Read the list, accounts, their metrics, and their health if probing is allowed, with a key without scopes."""
    require(target.options.keys.read_only is not None, needs.READ_ONLY_KEY)
    before, own, after = whole_list(target), walk(target, limit=GREATEST_LIMIT, key="read_only"), whole_list(target)
    page, stable = own.pages[-1], stable_accounts(before, after)
    judge.expect("auth.reads-need-no-scope", own.broken is None, "200 for a key without scopes", page)
    missing = skipped_accounts(stable, own)
    if own.rows and len(missing) == len(stable) > 0:
        # Whether both modes have the same data is an assumption.
        judge.observe("keys.modes", "separate", page)
    elif own.broken is None:
        got = f"not {ids(missing)}"
        judge.expect("auth.reads-need-no-scope", not missing, "all of its organization's accounts", page, got=got)
    for account in survey.spread(own.rows or before.rows, _MAX_READS[target.options.profile]):
        for operation in (GET, METRICS, *((HEALTH,) if target.allows(HEALTH, id=account["id"]) else ())):
            _expect_readable(target, judge, operation, account["id"])


def _expect_readable(target: Target, judge: Judge, operation: str, id: str) -> None:
    """Judge that a key without scopes can read what a key with scopes can."""
    for query in ({}, *(({"since": "0"},) if operation == METRICS else ())):
        exchange = target.call(operation, path={"id": id}, query=query, key="read_only")
        if exchange.status == 200 or target.call(operation, path={"id": id}, query=query).status == 200:
            readable = exchange.status == 200
            judge.expect("auth.reads-need-no-scope", readable, "what a key with scopes can read", exchange)


def _key(target: Target, name: str) -> Secret | None:
    key = getattr(target.options.keys, name)
    return key if isinstance(key, Secret) else None


@session_check("auth.write-scopes", writes="deletes an account that the run connected")
def keys_that_write(target: Target, judge: Judge) -> None:
    """Disconnect an account with a key without `accounts:write`, then with a key that has it."""
    id = connected_ids(target)[-1]
    if _key(target, "read_only") is not None:
        exchange = target.call(DELETE, path={"id": id}, key="read_only")
        holds = exchange.status == 403
        judge.expect("auth.write-scopes", holds, "403 for a key that lacks `accounts:write`", exchange)
        if exchange.status < 300:
            return
    exchange = target.call(DELETE, path={"id": id})
    require(exchange.status not in NOT_NOW, needs.unexpected(f"disconnecting answered {exchange.status}"))
    may_write = exchange.status not in (401, 403)
    judge.expect("auth.write-scopes", may_write, "a key with `accounts:write` or `*` to write", exchange)
