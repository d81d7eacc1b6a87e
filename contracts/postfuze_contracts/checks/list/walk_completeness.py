"""Judges walks through all pages: they skip nothing, repeat nothing, and end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from postfuze_contracts.checks.list.settling import Pause, paced
from postfuze_contracts.checks.list.walks import (
    GREATEST_LIMIT,
    Walk,
    data_changed,
    ids_of,
    mismatch_of,
    observe_end,
    stable_accounts,
    walk,
    whole_list,
)
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Blocked, Judge, require
from postfuze_contracts.engine.registry import check
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange, describe
from postfuze_contracts.model.operations import LIST
from postfuze_contracts.target.target import Target

_SMALL = {"quick": (11,), "ci": (1, 7, 50), "deep": (1, 2, 3, 7, 10, 33, 50, 99)}
_SINGLES = 4  # pages of one account
_MAX_TIES = {"quick": 3, "ci": 10, "deep": 50}


@check(
    *("list.walk-complete", "list.walk-steady", "list.null-at-end"),
    assumes=("list.end",),
    needs=(needs.FULL_ACCESS, needs.ACCOUNTS),
)
@paced
def all_pages_at_several_limits(target: Target, judge: Judge, pause: Pause) -> None:
    """Walk through all pages with several limits, and compare each walk with those before and after it."""
    walks = [walk(target)]
    pause()
    walks += [whole_list(target, at_least=1)]
    count = len(walks[-1].rows)
    limits = sorted({min(limit, max(count // 3, 1)) for limit in _SMALL[target.options.profile]})
    for limit, maximum in [(1, _SINGLES), *((limit, None) for limit in limits), (None, None)]:
        pause()
        walks.append(walk(target, limit=limit, maximum=maximum))
    pause()
    walks.append(whole_list(target))
    steady = not data_changed(walks[1], walks[-1])
    for index, between in enumerate(walks[1:-1], 1):
        before, after = _around(walks, index)
        _expect_complete(judge, before, between, after, steady)
    if steady:
        judge.block("list.walk-steady", needs.FULL_ACCESS)
    require(count >= 2, needs.accounts(2))


def _around(walks: list[Walk], index: int) -> tuple[Walk, Walk]:
    """The walks before and after this one, without those of one account per page, which are too short."""
    others = [each for each in walks[:index] if each.limit > 1], [each for each in walks[index + 1 :] if each.limit > 1]
    return others[0][-1], others[1][0]


def _expect_complete(judge: Judge, before: Walk, between: Walk, after: Walk, steady: bool) -> None:
    """Judge that `between` shows each account that existed throughout exactly once, and ends with the last."""
    mismatch = mismatch_of(before.rows, stable_accounts(before, after), between)
    if mismatch is not None:
        is_shifted = mismatch.statement == "list.walk-complete" and between.broken is None and not steady
        statement = "list.walk-steady" if is_shifted else mismatch.statement
        judge.expect(statement, False, mismatch.expected, *mismatch.pages, got=mismatch.got)
    elif len(between.pages) > 1:
        judge.expect("list.walk-complete", True, "every account exactly once", *between.pages[-2:])
        if between.ended:
            judge.expect("list.null-at-end", True, "null: no accounts are left", between.pages[-1])
            observe_end(judge, between.pages[-1])


@check("list.null-at-end", needs=(needs.ACCOUNTS,))
def a_last_page_that_is_full(target: Target, judge: Judge) -> None:
    """Request a last page that is full: its cursor is null. With a limit of one less, it is not."""
    query, last = _ending(target)
    count = len(survey.rows(last))
    full = target.call(LIST, query={**query, "limit": str(count)})
    if len(survey.rows(full)) == count and (cursor := survey.following(full)) is not None:
        after = target.call(LIST, query={**query, "limit": str(count), "cursor": cursor})
        longer = target.call(LIST, query={**query, "limit": str(count + 1)})  # may show accounts that walks skip
        more = bool(survey.rows(after)) or len(survey.rows(longer)) > count
        got = f"a cursor; {describe(after)} without accounts follows"
        judge.expect("list.null-at-end", more, "null: no accounts are left", full, after, got=got)
    elif full.status == 200:
        judge.expect("list.null-at-end", True, "null: no accounts are left", full)
    if count > 1:
        short = target.call(LIST, query={**query, "limit": str(count - 1)})
        again = target.call(LIST, query={**query, "limit": str(count)})
        if ids_of(again) == ids_of(full) and len(survey.rows(short)) == count - 1:
            more = survey.following(short) is not None
            judge.expect("list.null-at-end", more, "a cursor: an account is left", again, short, got="null")


def _ending(target: Target) -> tuple[Mapping[str, str], Exchange]:
    """A query for the last page of a list, and that page; of a platform's accounts if the whole list is too long."""
    first = whole_list(target, at_least=1)
    platforms = dict.fromkeys(str(row.get("platform")) for row in first.rows)
    for query in ({}, *({"platform": platform} for platform in platforms)):
        ending = first if not query else walk(target, query, limit=GREATEST_LIMIT)
        if ending.ended and survey.rows(ending.pages[-1]):
            cursors = [survey.following(page) for page in ending.pages[:-1]]
            return {**query, **({"cursor": str(cursors[-1])} if cursors else {})}, ending.pages[-1]
    raise Blocked(needs.unexpected("no list ends within the pages that the profile allows"))


@check("list.walk-complete", needs=(needs.TIES,))
def pages_that_end_within_a_tie(target: Target, judge: Judge) -> None:
    """Request pages that end between two accounts of equal `created_at`: the next page begins with the second."""
    everything = whole_list(target)
    for query, one, other in list(_cuts(everything))[: _MAX_TIES[target.options.profile]]:
        page = target.call(LIST, query=query)
        accounts, cursor = survey.rows(page), survey.following(page)
        if not accounts or accounts[-1]["id"] != one or cursor is None:
            continue  # other clients changed the pages before
        following = target.call(LIST, query={"limit": query["limit"], "cursor": cursor})
        behind = ids_of(following)
        continues = other in behind and one not in behind  # if it is not the first, the order is broken
        if not continues and (one, other) not in _neighbours(whole_list(target)):
            continue
        got = f"{behind[0] if behind else describe(following)}"
        judge.expect("list.walk-complete", continues, f"{other} to come next", page, following, got=got)
    require(judge.judged, needs.TIES)


def _cuts(everything: Walk) -> Iterator[tuple[dict[str, str], str, str]]:
    """Queries for pages that end within a tie, and the ids before and after the end."""
    cursor: dict[str, str] = {}
    for page in everything.pages:
        accounts = survey.rows(page)
        for index, (one, other) in enumerate(pairwise(accounts)):
            if index and one.get("created_at") == other.get("created_at"):  # a page of one account proves nothing
                yield {**cursor, "limit": str(index + 1)}, one["id"], other["id"]
        cursor = {"cursor": str(page.member("next_cursor"))}


def _neighbours(everything: Walk) -> set[tuple[str, str]]:
    return {(one["id"], other["id"]) for one, other in pairwise(everything.rows)}
