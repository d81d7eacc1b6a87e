"""Each filter by itself: it leaves what matches, and all of that."""

from __future__ import annotations

from postfuze_contracts import needs, survey
from postfuze_contracts.exchange import Exchange
from postfuze_contracts.filtering import FILTERS, Filter, chosen, near
from postfuze_contracts.scenario import Blocked, Judge, describe, scenario
from postfuze_contracts.survey import Account
from postfuze_contracts.target import MISSING_ID, Target
from postfuze_contracts.walks import GREATEST_LIMIT, LIST, NOT_NOW, Walk, ids, repeated, skipped, unchanged, walk, whole

NOBODY = "nobody-00000000c0de"
_VALUES = {"quick": 3, "ci": 6, "deep": 20}  # of each filter
_NEAR = {"quick": 3, "ci": 5, "deep": 5}
_BY_NAME = {each.name: each for each in FILTERS}
_EXACT = ("tenant_id", "username", "network_unique_id")


@scenario(*(each.statement for each in FILTERS), "list.walk-complete", "list.null-at-end")
def each_filter(target: Target, judge: Judge) -> None:
    """Walk through what each filter leaves, with its cursor and a small limit, and compare with the unfiltered walk."""
    before = whole(target, at_least=1)
    asked: list[tuple[Filter, str, Walk]] = []
    for each in FILTERS:
        # Of platforms there are few: any of them may let another's accounts through.
        most = len(before.rows) if each.name == "platform" else _VALUES[target.options.profile]
        for value in chosen(before.rows, each, most):
            count = sum(each.matches(row, value) for row in before.rows)
            limit = GREATEST_LIMIT if count < 2 else min((count + 1) // 2, GREATEST_LIMIT)
            asked.append((each, value, walk(target, {each.name: value}, limit=limit)))
    stood = unchanged(before, whole(target))
    for each, value, left in asked:
        _expect_left(target, judge, each, value, left, stood)
    _block_unseen(judge)


def _expect_left(target: Target, judge: Judge, each: Filter, value: str, left: Walk, stood: list[Account]) -> None:
    """Judge what a filter leaves: only what matches, all that matches and stood meanwhile, and that once."""
    said = f"all accounts of this {each.name}, and no other"
    wrong = [row for row in left.rows if not each.matches(row, value)]
    should = [row for row in stood if each.matches(row, value)]
    missing, twice, broken = skipped(should, left), repeated(left), left.broken is not None
    statement = each.statement
    if (missing or twice or broken) and not wrong and _at_once(target, each, value, should):
        early = missing and left.ended and missing == should[-len(missing) :]
        statement = "list.null-at-end" if early else "list.walk-complete"
    got = f"also {ids(wrong)}" if wrong else f"not {ids(missing)}" if missing else f"twice: {', '.join(twice[:3])}"
    got = f"{describe(left.pages[-1])} on page {len(left.pages)}" if broken else got
    page = next((page for page in left.pages if any(row in wrong for row in survey.rows(page))), left.pages[-1])
    judge.expect(statement, not (wrong or missing or twice or broken), said, page, got=got)


def _at_once(target: Target, each: Filter, value: str, should: list[Account]) -> bool:
    """Whether the filter leaves all that it should in one page: then it is the walk that is broken."""
    page = Walk((target.call(LIST, query={each.name: value, "limit": str(GREATEST_LIMIT)}),))
    return page.broken is None and not skipped(should, page) and not repeated(page)


@scenario(*(each.statement for each in FILTERS))
def values_that_no_account_has(target: Target, judge: Judge) -> None:
    """Filter by values that no account has: by made-up ones, and by such as are nearly one's value."""
    seen = whole(target, at_least=1)
    for each in (_BY_NAME[name] for name in _EXACT):
        _expect_none(target, judge, each, NOBODY)
        taken = {each.value(row) for row in seen.rows}
        for value in chosen(seen.rows, each, 1):
            for other in list(near(value, taken))[: _NEAR[target.options.profile]]:
                _expect_none(target, judge, each, other)
    usernames, names = ({row.get(name) for row in seen.rows} for name in ("username", "display_name"))
    for name in sorted(filter(None, map(str, names - usernames)))[:2]:
        _expect_none(target, judge, _BY_NAME["username"], name)
    _expect_none(target, judge, _BY_NAME["id"], MISSING_ID)
    for name, value, assumption in (
        ("platform", "no-such-platform", "platform.unknown-filter"),
        ("id", "no-such-id", "ids.malformed-filter"),
    ):
        page = _expect_none(target, judge, _BY_NAME[name], value, refusable=True)
        judge.observe(assumption, "empty-page" if page.status == 200 else "refused", page)
    _block_unseen(judge)


def _expect_none(target: Target, judge: Judge, each: Filter, value: str, *, refusable: bool = False) -> Exchange:
    page = target.call(LIST, query={each.name: value})
    if page.status in NOT_NOW:
        raise Blocked(needs.unexpected(f"the list answered {page.status}"))
    if not (refusable and 400 <= page.status < 500) and page.status != 404:  # 404 is what list.empty speaks of
        wrong = [row for row in survey.rows(page) if not each.matches(row, value)]
        said = f"only accounts whose {each.name} is exactly that"
        got = f"also {ids(wrong)}" if wrong else None
        judge.expect(each.statement, page.status == 200 and not wrong, said, page, got=got)
    return page


def _block_unseen(judge: Judge) -> None:
    for each in FILTERS:
        if each.statement not in judge.judged:
            judge.block(each.statement, needs.accounts(1, f"account with a {each.name}"))


@scenario("list.filter-alias")
def the_alias(target: Target, judge: Judge) -> None:
    """Ask for the same by `network_unique_id` and by `networkUniqueId`: it leaves the same accounts."""
    seen = whole(target, at_least=1)
    each = _BY_NAME["network_unique_id"]
    for value in (*chosen(seen.rows, each, _VALUES[target.options.profile]), NOBODY):
        plain = target.call(LIST, query={each.name: value})
        alias = target.call(LIST, query={"networkUniqueId": value})
        if plain.status != 200:
            continue  # the filter's own check tells
        if _ids(alias) != _ids(plain) != _ids(target.call(LIST, query={each.name: value})):
            continue  # others changed the data
        alike = alias.status == 200 and _ids(alias) == _ids(plain)
        right = alias.status == 200 and {r["id"] for r in seen.rows if each.matches(r, value)} == set(_ids(alias))
        got = f"{len(_ids(alias))} accounts, not {len(_ids(plain))}" if alias.status == 200 else None
        judge.expect("list.filter-alias", alike or right, f"what `{each.name}` leaves", plain, alias, got=got)
    if not judge.judged:
        raise Blocked(needs.unexpected(f"`{each.name}` did not leave the same twice"))


def _ids(page: Exchange) -> list[str]:
    return [row["id"] for row in survey.rows(page)]
