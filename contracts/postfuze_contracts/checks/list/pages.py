"""Judges single pages of the list: the envelope, the size, and empty lists."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from postfuze_contracts.checks.list.filtering import FILTERS, NOBODY, sample_values
from postfuze_contracts.checks.list.walks import DEFAULT_LIMIT, GREATEST_LIMIT, NOT_NOW, observe_end, walk
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Blocked, Judge, require
from postfuze_contracts.engine.registry import check
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange, describe
from postfuze_contracts.model.operations import LIST, MISSING_ID
from postfuze_contracts.target.target import Target

_LIMITS = {"quick": (1, 10, 100), "ci": (1, 2, 10, 24, 26, 99, 100), "deep": (1, 2, 3, 5, 10, 24, 25, 26, 50, 99, 100)}


@check("list.envelope", assumes=("list.end",))
def the_envelope(target: Target, judge: Judge) -> None:
    """Look at the members of a first, a following and a filtered page."""
    first = target.call(LIST, query={"limit": "1"})
    _expect_envelope(judge, first)
    queries = [{}, *_by_platform(first)]
    cursor = first.member("next_cursor")
    if isinstance(cursor, str):
        queries.append({"limit": "1", "cursor": cursor})
    for query in queries:
        _expect_envelope(judge, target.call(LIST, query=query))
    empty = target.call(LIST, query={"tenant_id": NOBODY, "username": NOBODY})
    if empty.member("data") == []:
        observe_end(judge, empty)


def _by_platform(page: Exchange) -> list[dict[str, str]]:
    """A query for the platform of an account on a page."""
    return [{"platform": str(row["platform"])} for row in survey.rows(page)[:1] if row.get("platform")]


def _expect_envelope(judge: Judge, page: Exchange) -> None:
    require(page.status not in NOT_NOW, needs.unexpected(f"the list answered {page.status}"))
    mismatch = _mismatch(page)
    expected = "200 with accounts in `data` and, if more follow, a cursor in `next_cursor`"
    judge.expect("list.envelope", mismatch is None, expected, page, got=mismatch)


def _mismatch(page: Exchange) -> str | None:
    """What is wrong with a page, or None."""
    if page.status != 200 or not isinstance(page.json, dict):
        return describe(page) if page.status != 200 else "no JSON object"
    data, cursor = page.member("data"), page.member("next_cursor")
    if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
        return "`data` is no array of objects" if "data" in page.json else "no `data`"
    # list.null-at-end covers whether an empty string is a cursor.
    return None if cursor is None or isinstance(cursor, str) else f"`next_cursor` is {cursor!r}"


@check("list.default-25", needs=(needs.ACCOUNTS,))
def pages_without_a_limit(target: Target, judge: Judge) -> None:
    """List without `limit`: the first two pages, also of filters with many matches."""
    walks = [survey.walk(target, pages=3)]
    walks += [survey.walk(target, query, pages=3) for query in _frequent(walks[0])]
    for pages in walks:
        for page, next_page in zip_longest(pages[:2], pages[1:3]):
            count, more = _size(page), next_page is not None and bool(survey.rows(next_page))
            if more or count > DEFAULT_LIMIT:
                expected = f"{DEFAULT_LIMIT} accounts: more follow" if more else f"at most {DEFAULT_LIMIT} accounts"
                judge.expect("list.default-25", count == DEFAULT_LIMIT, expected, page, got=f"{count} accounts")
    require(judge.judged, needs.accounts(DEFAULT_LIMIT + 1))


def _frequent(pages: list[Exchange]) -> Iterator[dict[str, str]]:
    """Queries for the most frequent platform and tenant of these pages."""
    for each in FILTERS:
        if each.name in ("platform", "tenant_id"):
            yield from ({each.name: value} for value in sample_values(survey.rows(*pages), each, 1))


@check("list.limit-100", needs=(needs.ACCOUNTS,))
def pages_of_a_limit(target: Target, judge: Judge) -> None:
    """List with several limits, also on a following page."""
    for limit in _LIMITS[target.options.profile]:
        for page in survey.walk(target, {"limit": str(limit)}, pages=2 if limit < GREATEST_LIMIT else 1):
            _expect_limit(target, judge, page, limit)
    for query in _by_platform(target.call(LIST, query={"limit": "1"})):
        _expect_limit(target, judge, target.call(LIST, query={**query, "limit": "1"}), 1)
    require(judge.judged, needs.accounts(2))


def _expect_limit(target: Target, judge: Judge, page: Exchange, limit: int) -> None:
    """Judge the size of a page. The last page need not be full."""
    count = _size(page)
    if count > limit:
        judge.expect("list.limit-100", False, f"at most {limit} accounts", page, got=f"{count} accounts")
    elif count == limit:
        judge.expect("list.limit-100", True, f"{limit} accounts", page)
    elif (cursor := survey.following(page)) is not None:
        next_page = target.call(LIST, query={**dict(page.request.query), "cursor": cursor})
        expected, got = f"{limit} accounts: more follow", f"{count} accounts"
        judge.expect("list.limit-100", not survey.rows(next_page), expected, page, next_page, got=got)


def _size(page: Exchange) -> int:
    """The number of accounts of a page. Raises Blocked if it is not a page."""
    data = page.member("data")
    if page.status != 200 or not isinstance(data, list):
        raise Blocked(needs.unexpected(f"the list answered {page.status}"))
    return len(data)


@check("list.empty")
def lists_without_accounts(target: Target, judge: Judge) -> None:
    """Filter by values that no account has, with one filter and with several."""
    usual = walk(target, limit=GREATEST_LIMIT).pages[-1]
    nobody = {"tenant_id": NOBODY, "username": NOBODY}
    singles = ({"id": MISSING_ID}, {"tenant_id": NOBODY}, {"username": NOBODY}, {"network_unique_id": NOBODY})
    for query in (*singles, nobody, *({**each, **nobody} for each in _by_platform(usual))):
        page = target.call(LIST, query=query)
        if survey.rows(page) or page.status in NOT_NOW:
            continue  # list.filters judges that
        mismatch = _mismatch_of_empty(page)
        if mismatch is not None and mismatch == _mismatch_of_empty(usual) and page.response.body != usual.response.body:
            continue  # other checks judge what a list with accounts has too
        expected = "200 with empty `data` and no cursor"
        judge.expect("list.empty", mismatch is None, expected, page, got=mismatch)
    require(judge.judged, needs.unexpected("no filter for absent values returned an empty list"))


def _mismatch_of_empty(page: Exchange) -> str | None:
    """What is wrong with a list that should be empty, except accounts in it; or None."""
    mismatch = _mismatch(page)
    if mismatch is not None:
        return mismatch
    return None if page.member("next_cursor") is None else f"`next_cursor` is {page.member('next_cursor')!r}"
