"""Judges the keys that are accepted: both modes, reading without scopes, and the scopes that writing needs."""

from __future__ import annotations

from postfuze_contracts.checks.auth.keyed_calls import key_of
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
from postfuze_contracts.model.operations import DELETE, GET, HEALTH, LIST, METRICS, MISSING_ID
from postfuze_contracts.target.target import Target

_MAX_READS = {"quick": 4, "ci": 15, "deep": 60}
_MODES = ("sk_live_", "sk_test_")
#: The keys that may not write, with what they need.
_MAY_NOT_WRITE: dict[str, Need] = {"read_only": needs.READ_ONLY_KEY, "other_scope": needs.OTHER_SCOPE}


@check("auth.modes", needs=(needs.OTHER_MODE,))
def keys_of_both_modes(target: Target, judge: Judge) -> None:
    """List accounts with each configured key of both modes."""
    exchanges: dict[str, list[Exchange]] = {mode: [] for mode in _MODES}
    for name in ("full", "read_only", "other_scope", "other_organization"):
        if (mode := _mode(target, name)) in exchanges:
            exchanges[mode].append(target.call(LIST, query={"limit": "1"}, key=name))
            exchanges[mode] += [target.call(each, path={"id": MISSING_ID}, key=name) for each in (GET, METRICS)]
    require(all(exchanges.values()), needs.OTHER_MODE)
    for mode, group in exchanges.items():
        for operation in (LIST, GET, METRICS):
            same = [exchange for exchange in group if exchange.operation == operation]
            refusals = (401, 403) if operation == LIST else (401,)
            is_accepted = any(exchange.status not in refusals for exchange in same)
            judge.expect("auth.modes", is_accepted, f"keys of both modes to be accepted, {mode}… too", *same)


def _mode(target: Target, name: str) -> str:
    key = key_of(target, name)
    return "" if key is None else key.value[: len(_MODES[0])]


@check("auth.reads-need-no-scope", assumes=("keys.modes",), needs=(needs.READ_ONLY_KEY,))
def a_key_without_scopes(target: Target, judge: Judge) -> None:
    """Read the list, accounts, their metrics, and their health if probing is allowed, with a key without scopes."""
    require(key_of(target, "read_only") is not None, needs.READ_ONLY_KEY)
    before, own, after = whole_list(target), walk(target, limit=GREATEST_LIMIT, key="read_only"), whole_list(target)
    page, stable = own.pages[-1], stable_accounts(before, after)
    judge.expect("auth.reads-need-no-scope", own.broken is None, "200 for a key without scopes", page)
    missing = skipped_accounts(stable, own)
    is_apart = bool(own.rows) and len(missing) == len(stable) > 0
    if _mode(target, "full") != _mode(target, "read_only") and own.rows and stable:
        judge.observe("keys.modes", "separate" if is_apart else "shared", page)
    if own.broken is None and not is_apart:  # if it is, the key has the data of its mode, or of another organization
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


@session_check(
    "auth.write-scopes",
    needs=(needs.FRESH_SESSION, needs.READ_ONLY_KEY, needs.OTHER_SCOPE),
    writes="deletes an account that the run connected",
)
def keys_that_write(target: Target, judge: Judge) -> None:
    """Disconnect an account with keys without `accounts:write`, then with a key that has it."""
    id = connected_ids(target)[-1]
    if lacking := [need for name, need in _MAY_NOT_WRITE.items() if key_of(target, name) is None]:
        judge.block("auth.write-scopes", lacking[0])
    for name in (name for name in _MAY_NOT_WRITE if key_of(target, name) is not None):
        if not _expect_forbidden(target, judge, id, name):
            return
    exchange = target.call(DELETE, path={"id": id})
    require(exchange.status not in NOT_NOW, needs.unexpected(f"disconnecting answered {exchange.status}"))
    may_write = exchange.status not in (401, 403)
    if not may_write or not judge.blocked:  # a pass says that keys of each kind were tried
        judge.expect("auth.write-scopes", may_write, "a key with `accounts:write` or `*` to write", exchange)


def _expect_forbidden(target: Target, judge: Judge, id: str, key: str) -> bool:
    """Judge that this key may not disconnect the account, and return whether the account still exists."""
    exchange = target.call(DELETE, path={"id": id}, key=key)
    require(exchange.status not in NOT_NOW, needs.unexpected(f"disconnecting answered {exchange.status}"))
    still = exchange.status >= 300
    holds = exchange.status == 403
    if not holds or not judge.blocked:
        expected = "403 for a key that lacks `accounts:write`"
        judge.expect("auth.write-scopes", holds, expected, exchange, once=not still)
    return still
