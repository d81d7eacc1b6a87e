"""Walking through all pages: nothing skipped, nothing repeated, and an end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from postfuze_contracts import needs, survey
from postfuze_contracts.exchange import Exchange
from postfuze_contracts.scenario import Blocked, Judge, describe, scenario
from postfuze_contracts.target import Target
from postfuze_contracts.walks import (
    GREATEST_LIMIT,
    LIST,
    Walk,
    churned,
    ids,
    repeated,
    skipped,
    standing,
    walk,
    whole,
)

_SMALL = {"quick": (11,), "ci": (1, 7, 50), "deep": (1, 2, 3, 7, 10, 33, 50, 99)}
_TIES = {"quick": 3, "ci": 10, "deep": 50}


@scenario("list.walk-complete", "list.walk-steady", "list.null-at-end")
def all_pages_at_several_limits(target: Target, judge: Judge) -> None:
    """Walk all pages at several limits, and compare each walk with the one before and the one after."""
    walks = [walk(target), whole(target, at_least=1)]
    count = len(walks[-1].rows)
    limits = sorted({min(limit, max(count // 3, 1)) for limit in _SMALL[target.options.profile]})
    walks += [walk(target, limit=limit) for limit in limits]
    walks += [walk(target), whole(target)]
    steady = not churned(walks[1], walks[-1])
    for before, between, after in zip(walks, walks[1:], walks[2:], strict=False):
        _expect_complete(judge, before, between, after, "list.walk-complete" if steady else "list.walk-steady")
        _expect_end(judge, between)
    if steady:
        judge.block("list.walk-steady", needs.FULL_ACCESS)
    if count < 2:
        raise Blocked(needs.accounts(2))


def _expect_complete(judge: Judge, before: Walk, between: Walk, after: Walk, statement: str) -> None:
    """Judge by `statement` that `between` shows exactly once what stood all the while; where what is missing is all at
    the end, the end came too early."""
    if between.broken is not None:
        got = f"{describe(between.pages[-1])} on page {len(between.pages)}"
        judge.expect("list.walk-complete", False, "the next page for the cursor of the last", *_last(between), got=got)
        return
    stood = standing(before, after)
    missing, twice = skipped(stood, between), repeated(between)
    if missing and between.ended and missing == stood[-len(missing) :] and not twice:
        got = f"null, while {len(missing)} accounts were left: {ids(missing)}"
        judge.expect("list.null-at-end", False, "a cursor, for accounts are left", *_last(between), got=got)
    elif missing or twice:
        got = f"skipped: {ids(missing)}" if missing else f"repeated: {', '.join(twice[:3])}"
        judge.expect(statement, False, "every account exactly once", *_where(between, missing, twice), got=got)
    elif len(between.pages) > 1:
        judge.expect("list.walk-complete", True, "every account exactly once", *_last(between))


def _last(seen: Walk) -> tuple[Exchange, ...]:
    return seen.pages[-2:]


def _where(seen: Walk, missing: list[survey.Account], twice: list[str]) -> tuple[Exchange, ...]:
    """The pages that show the flaw: where an account is repeated, or where the one that is skipped should be."""
    for id in twice[:1]:
        return tuple(page for page in seen.pages if any(row["id"] == id for row in survey.rows(page)))[:2]
    at = str(missing[0].get("created_at"))
    for page, following in pairwise(seen.pages):
        rows = survey.rows(following)
        if rows and str(rows[-1].get("created_at")) <= at:
            return page, following
    return _last(seen)


def _expect_end(judge: Judge, seen: Walk) -> None:
    """Judge that no page follows when no accounts are left."""
    if len(seen.pages) > 1 and seen.broken is None:
        useless = next(((a, b) for a, b in pairwise(seen.pages) if not survey.rows(b)), ())
        got = "a cursor to a page without accounts"
        judge.expect("list.null-at-end", not useless, "null, for no accounts are left", *useless, got=got)


@scenario("list.null-at-end")
def a_last_page_that_is_full(target: Target, judge: Judge) -> None:
    """Make the last page exactly full: its cursor is null; with a limit of one less, it is not."""
    query, last = _ending(target)
    count = len(survey.rows(last))
    full = target.call(LIST, query={**query, "limit": str(count)})
    if len(survey.rows(full)) == count and (cursor := full.member("next_cursor")) is not None:
        after = target.call(LIST, query={**query, "limit": str(count), "cursor": str(cursor)})
        left = bool(survey.rows(after))
        got = f"a cursor; {describe(after)} without accounts follows"
        judge.expect("list.null-at-end", left, "null, for no accounts are left", full, after, got=got)
    elif full.status == 200:
        judge.expect("list.null-at-end", True, "null, for no accounts are left", full)
    if count > 1:
        short = target.call(LIST, query={**query, "limit": str(count - 1)})
        again = target.call(LIST, query={**query, "limit": str(count)})
        if _ids(again) == _ids(full) and len(survey.rows(short)) == count - 1:
            more = short.member("next_cursor") is not None
            judge.expect("list.null-at-end", more, "a cursor, for an account is left", again, short, got="null")


def _ids(page: Exchange) -> list[str]:
    return [row["id"] for row in survey.rows(page)]


def _ending(target: Target) -> tuple[Mapping[str, str], Exchange]:
    """What asks for the last page of a list, and that page; of a platform's where the whole is too long."""
    first = whole(target, at_least=1)
    platforms = dict.fromkeys(str(row.get("platform")) for row in first.rows)
    for query in ({}, *({"platform": platform} for platform in platforms)):
        found = first if not query else walk(target, query, limit=GREATEST_LIMIT)
        if found.ended and survey.rows(found.pages[-1]):
            cursors = [page.member("next_cursor") for page in found.pages[:-1]]
            return {**query, **({"cursor": str(cursors[-1])} if cursors else {})}, found.pages[-1]
    raise Blocked(needs.unexpected("no list has an end within what was looked at"))


@scenario("list.walk-complete")
def pages_that_end_within_a_tie(target: Target, judge: Judge) -> None:
    """Let a page end between two accounts of equal `created_at`: the next begins with the second."""
    seen = whole(target)
    for query, one, other in list(_cuts(seen))[: _TIES[target.options.profile]]:
        page = target.call(LIST, query=query)
        shown, cursor = survey.rows(page), page.member("next_cursor")
        if not shown or shown[-1]["id"] != one or not isinstance(cursor, str):
            continue  # others changed what comes before
        following = target.call(LIST, query={"limit": "2", "cursor": cursor})
        begins = [row["id"] for row in survey.rows(following)][:1]
        if begins != [other] and (one, other) not in _neighbours(whole(target)):
            continue
        got = f"{begins[0] if begins else describe(following)}"
        judge.expect("list.walk-complete", begins == [other], f"{other} to come next", page, following, got=got)
    if not judge.judged:
        raise Blocked(needs.TIES)


def _cuts(seen: Walk) -> Iterator[tuple[dict[str, str], str, str]]:
    """What asks for a page that ends within a tie, and the ids before and after the cut."""
    cursor: dict[str, str] = {}
    for page in seen.pages:
        shown = survey.rows(page)
        for index, (one, other) in enumerate(pairwise(shown)):
            if one.get("created_at") == other.get("created_at"):
                yield {**cursor, "limit": str(index + 1)}, one["id"], other["id"]
        cursor = {"cursor": str(page.member("next_cursor"))}


def _neighbours(seen: Walk) -> set[tuple[str, str]]:
    return {(one["id"], other["id"]) for one, other in pairwise(seen.rows)}
