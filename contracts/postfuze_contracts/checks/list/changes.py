"""Judges lists while accounts are connected and deleted. Only accounts that the run connected are deleted."""

from __future__ import annotations

from functools import partial

from postfuze_contracts.checks.connect.connect_flow import (
    accounts_of,
    connected_ids,
    finalize,
    pages_of,
    pending_session,
)
from postfuze_contracts.checks.list.filtering import FILTERS
from postfuze_contracts.checks.list.settling import SETTLING, Settling
from postfuze_contracts.checks.list.walks import (
    GREATEST_LIMIT,
    Walk,
    ids,
    repeated_ids,
    skipped_accounts,
    stable_accounts,
    whole_list,
)
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Blocked, Judge, require
from postfuze_contracts.engine.registry import session_check
from postfuze_contracts.engine.survey import Account
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange, describe
from postfuze_contracts.model.operations import DELETE, LIST
from postfuze_contracts.target.target import Target

_LIMIT = 5
_FURTHER = 3  # further pages of a walk
_MAX_ROWS = 50  # the newest accounts, which should include the run's own
_NOT_NEWEST = "accounts that were just connected are not among the newest"


@session_check(
    "list.walk-steady", needs=(needs.ACCOUNTS, needs.FRESH_SESSION), writes="connects accounts during a walk"
)
def accounts_that_come(target: Target, judge: Judge) -> None:
    """Connect accounts after the first page of a walk. The walk must continue where it was."""
    session, offer = pending_session(target)
    before = whole_list(target, at_least=3)
    first = target.call(LIST, query={"limit": str(min(_LIMIT, len(before.rows) - 1))})
    exchange = finalize(target, None, session, pages_of(offer))
    require(accounts_of(exchange), needs.unexpected(f"finalizing a fresh session answered {exchange.status}"))
    _expect_steady(target, judge, before, first, exchange)


@session_check(
    "list.walk-steady",
    assumes=(SETTLING,),
    needs=(needs.ACCOUNTS, needs.FRESH_SESSION),
    writes="deletes an account that the run connected during a walk",
)
def accounts_that_go(target: Target, judge: Judge) -> None:
    """Delete the last account of the first page of a walk. The walk must continue where it was."""
    own = set(connected_ids(target, 2))
    before = _list_with(target, judge, own)
    require(len(before.rows) > len(own), needs.accounts(len(own) + 1))
    first = target.call(LIST, query={"limit": str(_below_another(before.rows[:-1], own) + 1)})
    last_own = next((row["id"] for row in reversed(survey.rows(first)) if row["id"] in own), None)
    if last_own is None:
        raise Blocked(needs.unexpected(_NOT_NEWEST))
    exchange = target.call(DELETE, path={"id": last_own})
    _expect_steady(target, judge, before, first, exchange)


def _below_another(rows: list[Account], own: set[str]) -> int:
    """The index of the first account that the run may delete and that is not at the top: a walk that starts over after
    its deletion repeats the one above it. Raises Blocked."""
    index = next((index for index, row in enumerate(rows[:_MAX_ROWS]) if index and row["id"] in own), None)
    if index is None:
        raise Blocked(needs.unexpected(_NOT_NEWEST))
    return index


def _expect_steady(target: Target, judge: Judge, before: Walk, first: Exchange, change: Exchange) -> None:
    """Continue the walk after `first`, and judge that it skips and repeats no existing account. Raises Blocked if walks
    do so without changes too."""
    between = _continue(target, first)
    mismatch = _mismatch(before, between, whole_list(target))
    if mismatch is not None and _broken_anyway(target, len(survey.rows(first))):
        raise Blocked(needs.unexpected("walks are not complete, even while no account is connected or deleted"))
    pages = (first, change, *between.pages[1:])
    judge.expect("list.walk-steady", mismatch is None, "the others exactly once", *pages, got=mismatch)


def _broken_anyway(target: Target, count: int) -> bool:
    """Whether walks with a first page of about `count` accounts are broken even without changes."""
    before = whole_list(target)
    firsts = [target.call(LIST, query={"limit": str(max(1, count + more))}) for more in (-1, 0, 1)]
    walks = [_continue(target, first) for first in firsts]
    after = whole_list(target)
    return any(_mismatch(before, each, after) is not None for each in walks)


def _continue(target: Target, first: Exchange) -> Walk:
    pages, limit = [first], str(max(len(survey.rows(first)), _LIMIT))
    for _ in range(_FURTHER):
        cursor = survey.following(pages[-1])
        if cursor is not None:
            pages.append(target.call(LIST, query={"limit": limit, "cursor": cursor}))
    return Walk(tuple(pages))


def _mismatch(before: Walk, between: Walk, after: Walk) -> str | None:
    if between.broken is not None:
        return f"{describe(between.pages[-1])} for the next cursor"
    missing, repetitions = skipped_accounts(stable_accounts(before, after), between), repeated_ids(between)
    if missing:
        return f"skipped: {ids(missing)}"
    return f"repeated: {', '.join(repetitions[:3])}" if repetitions else None


@session_check("list.deleted-excluded", assumes=(SETTLING,), writes="deletes an account that the run connected")
def a_deleted_account(target: Target, judge: Judge) -> None:
    """Delete an account, then look for it in the list, with and without filters."""
    account, above = _own(target, judge)
    deletion = target.call(DELETE, path={"id": account["id"]})
    require(deletion.status < 300, needs.unexpected(f"disconnecting an account answered {deletion.status}"))
    values = {each.name: value for each in FILTERS if (value := each.value(account))}
    limit = {"limit": str(GREATEST_LIMIT)}
    queries = [{**query, **limit} for query in ({}, *({name: value} for name, value in values.items()), {**values})]
    cursor = survey.following(target.call(LIST, query={"limit": str(above)}))
    queries += [{**limit, "cursor": cursor}] if cursor is not None else []
    settling = Settling(target, judge)
    for query in queries:
        page = settling.look(partial(target.call, LIST, query=query), partial(_lacks, id=account["id"]))
        if page.status == 200:
            holds = _lacks(page, account["id"])
            judge.expect("list.deleted-excluded", holds, "no list to show it", deletion, page, got="it is listed")


def _lacks(page: Exchange, id: str) -> bool:
    return all(row["id"] != id for row in survey.rows(page))


def _own(target: Target, judge: Judge) -> tuple[Account, int]:
    """An account that this run connected, as listed, and its index, at least 1. Raises Blocked."""
    own = set(connected_ids(target, 2))
    rows = _list_with(target, judge, own).rows
    index = _below_another(rows, own)
    return rows[index], index


def _list_with(target: Target, judge: Judge, own: set[str]) -> Walk:
    """The list, which should show these accounts, as soon as it does."""
    return Settling(target, judge).look(
        partial(whole_list, target), lambda result: own <= {row["id"] for row in result.rows}
    )
