"""What one page is: its envelope, its size, and that of an empty list."""

from __future__ import annotations

from postfuze_contracts import needs, survey
from postfuze_contracts.exchange import Exchange
from postfuze_contracts.scenario import Blocked, Judge, describe, scenario
from postfuze_contracts.target import MISSING_ID, Target
from postfuze_contracts.walks import DEFAULT_LIMIT, GREATEST_LIMIT, LIST, NOT_NOW

NOBODY = "nobody-00000000c0de"
_LIMITS = {"quick": (1, 10, 100), "ci": (1, 2, 10, 24, 26, 99, 100), "deep": (1, 2, 3, 5, 10, 24, 25, 26, 50, 99, 100)}


@scenario("list.envelope")
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


def _by_platform(page: Exchange) -> list[dict[str, str]]:
    """What asks for the platform of an account that a page shows."""
    return [{"platform": str(row["platform"])} for row in survey.rows(page)[:1] if row.get("platform")]


def _expect_envelope(judge: Judge, page: Exchange) -> None:
    if page.status in NOT_NOW:
        raise Blocked(needs.unexpected(f"the list answered {page.status}"))
    flaw = _flaw(page)
    said = "200 with accounts in `data` and a cursor or null in `next_cursor`"
    judge.expect("list.envelope", flaw is None, said, page, got=flaw)


def _flaw(page: Exchange) -> str | None:
    """What is wrong with a page, None where nothing is."""
    if page.status != 200 or not isinstance(page.json, dict):
        return describe(page) if page.status != 200 else "no JSON object"
    data, cursor = page.member("data"), page.json.get("next_cursor", ...)
    if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
        return "`data` is no array of objects" if "data" in page.json else "no `data`"
    if cursor is ...:
        return "no `next_cursor`"
    return None if cursor is None or (isinstance(cursor, str) and cursor) else f"`next_cursor` is {cursor!r}"


@scenario("list.default-25")
def pages_without_a_limit(target: Target, judge: Judge) -> None:
    """List without `limit`, twice in a row."""
    pages = survey.walk(target, pages=2)
    for page in pages:
        count, more = _size(page)
        if more or count > DEFAULT_LIMIT:
            said = f"{DEFAULT_LIMIT} accounts, for more follow"
            judge.expect("list.default-25", count == DEFAULT_LIMIT, said, page, got=f"{count} accounts")
    if not judge.judged:
        raise Blocked(needs.accounts(DEFAULT_LIMIT + 1))


@scenario("list.limit-100")
def pages_of_a_limit(target: Target, judge: Judge) -> None:
    """List with several limits, the greatest and a greater one among them; on a following page too."""
    for limit in _LIMITS[target.options.profile]:
        for page in survey.walk(target, {"limit": str(limit)}, pages=2 if limit < GREATEST_LIMIT else 1):
            _expect_limit(judge, page, limit)
    for query in _by_platform(target.call(LIST, query={"limit": "1"})):
        _expect_limit(judge, target.call(LIST, query={**query, "limit": "1"}), 1)
    for limit in (GREATEST_LIMIT + 1, 1000):
        page = target.call(LIST, query={"limit": str(limit)})
        if page.status == 200:
            _expect_limit(judge, page, GREATEST_LIMIT)
        judge.observe("limit.out-of-range", "clamped" if page.status == 200 else "refused", page)
    if not judge.judged:
        raise Blocked(needs.accounts(2))


def _expect_limit(judge: Judge, page: Exchange, limit: int) -> None:
    """Judge the size of a page; one that is not full while nothing follows says nothing."""
    count, more = _size(page)
    if count > limit or (more and count < limit):
        said = f"{limit} accounts" if more else f"at most {limit} accounts"
        judge.expect("list.limit-100", False, said, page, got=f"{count} accounts{' and a next cursor' * more}")
    elif count == limit:
        judge.expect("list.limit-100", True, f"{limit} accounts", page)


def _size(page: Exchange) -> tuple[int, bool]:
    """How many accounts a page has, and whether more follow. Raises Blocked where it is no page."""
    data = page.member("data")
    if page.status != 200 or not isinstance(data, list):
        raise Blocked(needs.unexpected(f"the list answered {page.status}"))
    return len(data), page.member("next_cursor") is not None


@scenario("list.empty")
def lists_without_accounts(target: Target, judge: Judge) -> None:
    """Ask for what no account has."""
    for name, value in (("id", MISSING_ID), ("tenant_id", NOBODY), ("username", NOBODY), ("network_unique_id", NOBODY)):
        page = target.call(LIST, query={name: value})
        if survey.rows(page) or page.status in NOT_NOW:
            continue  # the filter's own check tells
        empty = page.status == 200 and isinstance(page.json, dict) and page.json.get("data") == []
        got = None if page.status != 200 else page.response.body[:100].decode("utf-8", "replace")
        said = "200 with empty `data` and a null `next_cursor`"
        empty = empty and page.json.get("next_cursor", "") is None
        judge.expect("list.empty", empty, said, page, got=got)
    if not judge.judged:
        raise Blocked(needs.unexpected("filters for what no account has showed accounts"))
