"""Judges disconnecting accounts. Only accounts that this run connected from fresh sessions are disconnected."""

from __future__ import annotations

import time
from functools import partial
from urllib.parse import unquote

from postfuze_contracts.checks.connect.connect_flow import connected_ids, current_accounts
from postfuze_contracts.checks.delete.others import (
    expect_others,
    expect_strangers,
    expect_untouched,
    is_shown,
    others_of,
    states_of,
    strangers_of,
)
from postfuze_contracts.checks.list.settling import SETTLING, Settling
from postfuze_contracts.checks.list.walks import same_id
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Judge, require
from postfuze_contracts.engine.registry import check, session_check
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange, describe
from postfuze_contracts.model.operations import DELETE, GET, HEALTH, LIST, METRICS, MISSING_ID
from postfuze_contracts.target.target import Target

PROMPT = 2.0  # seconds between a look and a deletion; more if a rate limit delays it
MAX_KINDS = 2  # of accounts, besides the first, that are disconnected
MAX_DELETED = 20  # accounts that are checked again at the end


@check(assumes=("delete.unknown",))
def an_id_that_never_was(target: Target, judge: Judge) -> None:
    """Disconnect an account that never existed."""
    _observe_status(judge, "delete.unknown", target.call(DELETE, path={"id": MISSING_ID}))


@session_check(
    "delete.needs-scope",
    needs=(needs.READ_ONLY_KEY, needs.FRESH_SESSION),
    writes="tries to delete an account that the run connected",
)
def a_key_without_scopes(target: Target, judge: Judge) -> None:
    """Disconnect an account with a key without `accounts:write`."""
    require(target.options.keys.read_only is not None, needs.READ_ONLY_KEY)
    id = connected_ids(target)[-1]
    exchange = target.call(DELETE, path={"id": id}, key="read_only")
    expected, once = "403 for a key without `accounts:write`", exchange.status < 300
    judge.expect("delete.needs-scope", exchange.status == 403, expected, exchange, once=once)
    after = target.call(GET, path={"id": id})
    if exchange.status == 403:
        is_unchanged = after.status == 200 and after.member("status") != "disabled"
        expected, once = "the account to stay as it was", after.status == 404
        judge.expect("delete.needs-scope", is_unchanged, expected, exchange, after, once=once)


@session_check(
    *("delete.acknowledged", "delete.gone", "delete.only-that-one"),
    assumes=("delete.again", "deleted.inspection", SETTLING),
    writes="deletes an account that the run connected",
)
def an_account(target: Target, judge: Judge) -> None:
    """Disconnect an account, look for it and at all others, then disconnect it again."""
    id = _with_a_sibling(target, connected_ids(target, 2))
    account = target.call(GET, path={"id": id})
    looks = [current_accounts(target), current_accounts(target)]
    others = others_of(target, id, *map(states_of, looks))
    strangers = strangers_of(target)
    looked_at = time.time()
    exchange = target.call(DELETE, path={"id": id})
    prompt = exchange.response.received_at - looked_at < PROMPT
    rows = current_accounts(target)
    now = states_of(rows)
    _expect_acknowledged(judge, exchange, id)
    require(exchange.status < 300, needs.unexpected(f"disconnecting an account answered {exchange.status}"))
    expect_others(target, judge, others, now, exchange, prompt=prompt)
    expect_untouched(judge, [*looks, rows], exchange)
    expect_strangers(target, judge, strangers, account, exchange)
    require(_expect_gone(target, judge, account, exchange), needs.unexpected("a disconnected account still exists"))
    _observe_status(judge, "delete.again", target.call(DELETE, path={"id": id}), exchange)
    for operation in (METRICS, HEALTH):
        _observe_inspection(judge, target.call(operation, path={"id": id}))
    _expect_gone(target, judge, account, exchange)  # also after the second deletion, and after a probe
    for other in _of_other_kinds(target, account):
        _expect_deleted(target, judge, other)


def _of_other_kinds(target: Target, account: Exchange) -> list[Exchange]:
    """A few of the run's own accounts that differ in kind from `account` and from each other. Some others remain for
    further checks."""
    standing = [got for id in connected_ids(target, 0) if (got := target.call(GET, path={"id": id})).status == 200]
    kinds = {_kind(got): got for got in standing if _kind(got) != _kind(account)}
    return list(kinds.values())[: max(0, min(MAX_KINDS, len(standing) - 2))]


def _kind(account: Exchange) -> tuple[bool, ...]:
    return tuple(account.member(name) is None for name in ("username", "tenant_id", "account_type", "display_name"))


def _id(account: Exchange) -> str:
    """The id by which an account was retrieved, whatever the response says."""
    return unquote(account.request.path.rpartition("/")[2])


def _expect_deleted(target: Target, judge: Judge, account: Exchange) -> None:
    """Judge that disconnecting an account is acknowledged, and that the account is gone."""
    exchange = target.call(DELETE, path={"id": _id(account)})
    _expect_acknowledged(judge, exchange, _id(account))
    if exchange.status < 300:
        _expect_gone(target, judge, account, exchange)


def _expect_acknowledged(judge: Judge, exchange: Exchange, id: str) -> None:
    holds = exchange.status == 200 and same_id(exchange.member("id"), id) and exchange.member("deleted") is True
    expected, once = "200, the `id` and `deleted: true`", exchange.status < 300
    judge.expect("delete.acknowledged", holds, expected, exchange, got=_short(exchange), once=once)


@session_check("delete.only-that-one", writes="tries to delete accounts whose ids are similar to a connected one")
def a_similar_id(target: Target, judge: Judge) -> None:
    """Disconnect by ids that are similar to that of an account: the account stays."""
    id = connected_ids(target)[-1]
    for similar in (f"{id}0", id[:-1], f"{id} "):
        exchange = target.call(DELETE, path={"id": similar})
        got = target.call(GET, path={"id": id})
        is_gone = got.status in (404, 410)
        expected = f"`{id}` to stay when `{similar}` is disconnected"
        if not judge.expect("delete.only-that-one", not is_gone, expected, exchange, got, once=True):
            return


@session_check("delete.gone", "delete.only-that-one", last=True)
def what_was_deleted(target: Target, judge: Judge) -> None:
    """At the end of the run, look again for each account that was disconnected, and tell what the first deletion did
    to another organization."""
    for id, deletion, got in target.strangers.losses:
        expected = f"`{id}`, of another organization, to stay as it was"
        judge.expect("delete.only-that-one", False, expected, deletion, got, once=True)
    deletions = target.ledger.of("deleted")
    for change in deletions[:MAX_DELETED]:
        if change.id in target.ledger.standing():
            continue  # connected again
        got = target.call(GET, path={"id": change.id})
        expected = "a disconnected account to stay disconnected"
        judge.expect("delete.gone", not is_shown(got), expected, change.exchange, got, once=True)
    require(judge.judged, needs.FRESH_SESSION)  # nothing was connected, so nothing was disconnected


def _observe_status(judge: Judge, assumption: str, exchange: Exchange, *before: Exchange) -> None:
    """Record what disconnecting returned where nothing was to be disconnected. What `deleted` says then is open."""
    is_other = exchange.status == 200 and not isinstance(exchange.member("deleted"), bool)
    choice = f"200, `deleted` {exchange.member('deleted')!r}" if is_other else str(exchange.status)
    judge.observe(assumption, choice, *before, exchange)


def _observe_inspection(judge: Judge, exchange: Exchange) -> None:
    """Record whether the metrics or the health of a deleted account can be read."""
    judge.observe("deleted.inspection", "answered" if exchange.status == 200 else str(exchange.status), exchange)


def _with_a_sibling(target: Target, ids: list[str]) -> str:
    """One of `ids`, if possible one that was connected together with another of them."""
    connected_by = {change.id: change.exchange for change in target.ledger.of("connected")}
    together = [id for id in ids if any(connected_by[id] is connected_by[other] for other in ids if other != id)]
    return (together or ids)[0]


def _expect_gone(target: Target, judge: Judge, account: Exchange, deletion: Exchange) -> bool:
    """Judge that no retrieval and no list shows the account, with any key or filter. Returns whether at least one of
    them does not show it. What is retrieved has no grace."""
    id, keys = _id(account), ["full"] + (["read_only"] if target.options.keys.read_only is not None else [])
    views: list[bool] = []
    for key in keys:
        got = target.call(GET, path={"id": id}, key=key)
        views.append(is_shown(got))
        expected = "a disconnected account cannot be retrieved"
        judge.expect("delete.gone", not views[-1], expected, account, deletion, got, once=True)
    settling = Settling(target, judge)
    for query in _queries(account):
        for key in keys if "id" in query else keys[:1]:
            page = settling.look(partial(target.call, LIST, query=query, key=key), lambda page: not _lists(page, id))
            views.append(_lists(page, id))
            expected = "no list to show it"
            judge.expect("delete.gone", not views[-1], expected, deletion, page, got="it is listed", once=True)
    return not all(views)


def _queries(account: Exchange) -> list[dict[str, str]]:
    """The lists that might show the account: unfiltered, and by each of its values."""
    filters = ("id", "platform", "username", "network_unique_id", "tenant_id")
    values = {name: account.member(name) for name in filters if isinstance(account.member(name), str)}
    if "network_unique_id" in values:
        values["networkUniqueId"] = values["network_unique_id"]
    return [{}, {"limit": "100"}, *({name: value, "limit": "100"} for name, value in values.items())]


def _lists(page: Exchange, id: str) -> bool:
    return any(row["id"] == id for row in survey.rows(page))


def _short(exchange: Exchange) -> str:
    return f"{describe(exchange)}: {exchange.response.body[:120].decode('utf-8', 'replace')}"
