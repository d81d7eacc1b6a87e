"""Judges single filters: each returns all matches, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import Any

from postfuze_contracts.checks.list.filtering import (
    BY_NAME,
    FILTERS,
    NOBODY,
    Filter,
    distinctive_values,
    foldings,
    near_misses,
    sample_values,
)
from postfuze_contracts.checks.list.settling import Pause, paced
from postfuze_contracts.checks.list.walks import (
    EMPTY_STATUSES,
    GREATEST_LIMIT,
    NOT_NOW,
    REFUSED,
    Walk,
    ids,
    ids_of,
    mismatch_of,
    repeated_ids,
    skipped_accounts,
    unchanged_accounts,
    walk,
    whole_list,
)
from postfuze_contracts.checks.ranges import observe_range
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Judge, require
from postfuze_contracts.engine.registry import check
from postfuze_contracts.engine.survey import Account
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.operations import GET, LIST, MISSING_ID
from postfuze_contracts.target.target import Target

_MAX_VALUES = {"quick": 4, "ci": 6, "deep": 20}  # of each filter
_MAX_NEAR = {"quick": 6, "ci": 10, "deep": 10}  # of each value
_MAX_NAMES = 3  # display names and handles, sent as usernames
_PAGES = 3  # pages over which the matches of a filter are spread
_EXACT = ("tenant_id", "username", "network_unique_id")
FilterWalk = tuple[Filter, str, Walk]


@check(*(each.statement for each in FILTERS), "list.walk-complete", "list.null-at-end", needs=(needs.ACCOUNTS,))
@paced
def each_filter(target: Target, judge: Judge, pause: Pause) -> None:
    """Walk through the matches of each filter with a small limit, and compare them with the unfiltered list."""
    before = whole_list(target, at_least=1)
    pause()
    walks: list[FilterWalk] = []
    for each in FILTERS:
        # There are few platforms, so all of them are tried.
        maximum = len(before.rows) if each.name == "platform" else _MAX_VALUES[target.options.profile]
        for at, value in enumerate(sample_values(before.rows, each, maximum)):
            limit = _limit(sum(each.matches(row, value) for row in before.rows), full=at % 2 == 0)
            walks.append((each, value, walk(target, {each.name: value}, limit=limit)))
    pause()
    after = whole_list(target)
    for each, value, result in walks:
        _expect_matches(target, judge, (each, value, result), before, after)
        _expect_in_list(target, judge, (each, value, result), before, after)
    _block_unjudged(judge)


def _limit(count: int, *, full: bool) -> int:
    """A limit that spreads `count` accounts over a few pages, with a `full` last page if possible."""
    few = range(_PAGES, 1, -1)
    pages = next((each for each in few if full and count % each == 0), _PAGES)
    return GREATEST_LIMIT if count < 2 else min(ceil(count / pages), GREATEST_LIMIT)


def _expect_matches(target: Target, judge: Judge, filter_walk: FilterWalk, before: Walk, after: Walk) -> None:
    """Judge the walk of a filter: it has only matches, and each that existed throughout exactly once."""
    each, value, result = filter_walk
    expected = f"all accounts of this {each.name}, and no other"
    wrong = [row for row in result.rows if not each.may_show(row, value)]
    earlier = [row for row in before.rows if each.matches(row, value)]
    expected_rows = [row for row in unchanged_accounts(before, after) if each.matches(row, value)]
    mismatch = None if wrong else mismatch_of(earlier, expected_rows, result)
    if wrong:
        page = next(page for page in result.pages if any(row in wrong for row in survey.rows(page)))
        judge.expect(each.statement, False, expected, page, got=f"also {ids(wrong)}")
    elif mismatch is not None and (one := _whole_page(target, each, value, expected_rows)) is not None:
        # If no walk shows the oldest account, that is lost, and the last cursor is not needless.
        lost = not {row["id"] for row in survey.rows(one)[-1:]} <= {row["id"] for row in (*result.rows, *expected_rows)}
        statement = "list.walk-complete" if lost else mismatch.statement
        judge.expect(statement, False, f"{mismatch.expected} ({each.name})", *mismatch.pages, got=mismatch.got)
    else:
        missing = skipped_accounts(expected_rows, result)
        got = f"not {ids(missing)}" if missing else mismatch.got if mismatch else None
        judge.expect(each.statement, mismatch is None, expected, result.pages[-1], got=got)


def _expect_in_list(target: Target, judge: Judge, filter_walk: FilterWalk, before: Walk, after: Walk) -> None:
    """Judge that the unfiltered list has the matches of a filter that existed before and after."""
    each, value, result = filter_walk
    row_ids = {row["id"] for row in (*before.rows, *after.rows)}
    oldest = min((str(row.get("created_at")) for row in after.rows), default="")
    for row in result.rows:
        if row["id"] in row_ids or not each.matches(row, value) or row.get("status") == "disabled" or not after.ended:
            continue  # whether disabled accounts are listed is an assumption
        if after.last_is_full and str(row.get("created_at")) <= oldest:
            continue  # the walk ended too early, which another check judges
        account = target.call(GET, path={"id": row["id"]})
        if account.member("created_at") == row.get("created_at") and account.status == 200:
            got = f"skipped: {row['id']}, which {each.name} {value!r:.60} matches"
            pages = (result.pages[-1], *after.pages)
            judge.expect("list.walk-complete", False, "every account exactly once", *pages, got=got)


def _whole_page(target: Target, each: Filter, value: str, expected_rows: list[Account]) -> Exchange | None:
    """A single page with all matches of a filter, or None. If it exists, the walk is wrong, and not the filter."""
    page = target.call(LIST, query={each.name: value, "limit": str(GREATEST_LIMIT)})
    result = Walk((page,))
    is_whole = result.broken is None and not skipped_accounts(expected_rows, result) and not repeated_ids(result)
    return page if is_whole else None


@check(
    *(each.statement for each in FILTERS),
    assumes=("platform.unknown-filter", "ids.malformed-filter", "tenants.comparison"),
    needs=(needs.ACCOUNTS,),
)
def values_that_no_account_has(target: Target, judge: Judge) -> None:
    """Filter by values that no account has: invented ones, and ones similar to existing values."""
    everything = whole_list(target, at_least=1)
    for each in (BY_NAME[name] for name in _EXACT):
        _expect_none(target, judge, each, NOBODY)
        existing = {each.value(row) for row in everything.rows}
        for value in distinctive_values(sample_values(everything.rows, each, len(everything.rows))):
            for other in list(near_misses(value, existing))[: _MAX_NEAR[target.options.profile]]:
                _expect_none(target, judge, each, other)
            _judge_foldings(target, judge, each, list(foldings(value, existing)))
    usernames, names = ({row.get(name) for row in everything.rows} for name in ("username", "display_name"))
    handles = {f"@{name}" for name in sorted(str(name) for name in usernames if name)[:1]}
    for name in sorted(filter(None, map(str, (names | handles) - usernames)))[:_MAX_NAMES]:
        _expect_none(target, judge, BY_NAME["username"], name)
    _expect_none(target, judge, BY_NAME["id"], MISSING_ID)
    for name, value, assumption in (
        ("platform", "no-such-platform", "platform.unknown-filter"),
        ("id", "no-such-id", "ids.malformed-filter"),
    ):
        page = _expect_none(target, judge, BY_NAME[name], value, refusable=True)
        if page.status in (*REFUSED, 200):
            judge.observe(assumption, "empty-page" if page.status == 200 else "refused", page)
    _block_unjudged(judge)


def _judge_foldings(target: Target, judge: Judge, each: Filter, values: list[str]) -> None:
    """Judge that accounts with other forms of these `values` do not match them. Exact matches are documented for all
    but tenants."""
    if each.name == "tenant_id":
        pages = [survey.page(target, {each.name: value}) for value in values]
        looks = [(not survey.rows(page), page) for page in pages if page.status == 200]
        observe_range(judge, "tenants.comparison", "exact", "folded", looks)
        return
    for value in values:
        _expect_none(target, judge, each, value)


def _expect_none(target: Target, judge: Judge, each: Filter, value: str, *, refusable: bool = False) -> Exchange:
    page = target.call(LIST, query={each.name: value})
    require(page.status not in NOT_NOW, needs.unexpected(f"the list answered {page.status}"))
    if not (refusable and 400 <= page.status < 500) and page.status not in EMPTY_STATUSES:
        wrong = [row for row in survey.rows(page) if not each.may_show(row, value)]
        expected = f"only accounts whose {each.name} is exactly that"
        got = f"also {ids(wrong)}" if wrong else None
        judge.expect(each.statement, page.status == 200 and not wrong, expected, page, got=got)
    return page


def _block_unjudged(judge: Judge) -> None:
    for each in FILTERS:
        if each.statement not in judge.judged:
            judge.block(each.statement, needs.accounts(1, f"account with a {each.name}"))


@check("list.filter-alias", needs=(needs.ACCOUNTS,))
@paced
def the_alias(target: Target, judge: Judge, pause: Pause) -> None:
    """Filter by `network_unique_id` and by `networkUniqueId`, and compare the results."""
    everything = whole_list(target, at_least=1)
    pause()
    each = BY_NAME["network_unique_id"]
    for value, more in _alias_queries(everything.rows, each, _MAX_VALUES[target.options.profile]):
        plain = target.call(LIST, query={each.name: value, **more})
        alias = target.call(LIST, query={"networkUniqueId": value, **more})
        if plain.status != 200:
            continue  # each_filter judges that
        if ids_of(alias) != ids_of(plain) != ids_of(target.call(LIST, query={each.name: value, **more})):
            continue  # other clients changed the data
        alike = alias.status == 200 and ids_of(alias) == ids_of(plain)
        expected_rows = [r for r in everything.rows if each.matches(r, value) and more.items() <= r.items()]
        right = alias.status == 200 and {row["id"] for row in expected_rows} == set(ids_of(alias))
        got = f"{len(ids_of(alias))} accounts, not {len(ids_of(plain))}" if alias.status == 200 else None
        judge.expect("list.filter-alias", alike or right, f"the matches of `{each.name}`", plain, alias, got=got)
    _expect_alias_throughout(target, judge, everything, each)
    require(judge.judged, needs.unexpected(f"`{each.name}` did not return the same twice"))


def _expect_alias_throughout(target: Target, judge: Judge, everything: Walk, each: Filter) -> None:
    """Judge the alias on further pages, if several accounts share a `network_unique_id`."""
    names = ("networkUniqueId", each.name)
    for value in sample_values(everything.rows, each, 1):
        count = sum(each.matches(row, value) for row in everything.rows)
        if count > 1:
            limit = min(ceil(count / _PAGES), GREATEST_LIMIT)
            result, same = (walk(target, {name: value}, limit=limit, maximum=_PAGES + 1) for name in names)
            wrong = [row for row in result.rows if not each.matches(row, value)]
            if all(each.matches(row, value) for row in same.rows):  # else each_filter judges it
                got = f"also {ids(wrong)}"
                judge.expect("list.filter-alias", not wrong, f"the matches of `{each.name}`", result.pages[-1], got=got)


def _alias_queries(rows: list[Account], each: Filter, maximum: int) -> Iterator[tuple[str, dict[str, str]]]:
    """Values for both spellings of a filter, with further filters: those of accounts, one with another platform, and
    some that no account has."""
    yield from ((value, {}) for value in sample_values(rows, each, maximum))
    for value in distinctive_values(sample_values(rows, each, len(rows)))[:1]:
        own = {row.get("platform") for row in rows if each.matches(row, value)}
        yield from ((value, {"platform": str(row["platform"])}) for row in _of_other_platforms(rows, own)[:1])
        existing = {each.value(row) for row in rows}
        others = [*list(near_misses(value, existing))[:3], *list(foldings(value, existing))[:3]]
        yield from ((other, {}) for other in others)
    yield NOBODY, {}


def _of_other_platforms(rows: list[Account], platforms: set[Any]) -> list[Account]:
    return [row for row in rows if row.get("platform") and row["platform"] not in platforms]
