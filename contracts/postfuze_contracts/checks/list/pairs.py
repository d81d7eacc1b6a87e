"""Judges combinations of filters: all of them apply."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations

from postfuze_contracts.checks.list.filtering import BY_NAME, FILTERS, Filter
from postfuze_contracts.checks.list.settling import Pause, paced
from postfuze_contracts.checks.list.walks import (
    EMPTY_STATUSES,
    GREATEST_LIMIT,
    Walk,
    ids,
    skipped_accounts,
    unchanged_accounts,
    walk,
    whole_list,
)
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Judge, require
from postfuze_contracts.engine.registry import check
from postfuze_contracts.engine.survey import Account
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.target.target import Target

_MAX_PAIRS = {"quick": 1, "ci": 3, "deep": 10}  # pairs of filters
_PAGES = 3
Query = Mapping[str, str]


@check("list.filters-and", needs=(needs.ACCOUNTS,))
def pages_of_filters_together(target: Target, judge: Judge) -> None:
    """Walk through the matches of two filters by small pages: both apply on each page."""
    before = whole_list(target, at_least=2)
    queries = list(_most_frequent(before.rows))[: _MAX_PAIRS[target.options.profile]]
    walks = [walk(target, query, limit=1, maximum=_PAGES) for query in queries]
    for query, result in zip(queries, walks, strict=True):
        wrong = [row for row in result.rows if not _may_show(row, query)]
        alone = ({name: value} for name, value in query.items())
        if wrong and not all(
            _may_show(row, each) for each in alone for row in walk(target, each, limit=1, maximum=_PAGES).rows
        ):
            continue  # list.filters judges single filters
        if len(result.pages) > 1:
            expected, got = f"only accounts that match each of {', '.join(query)}", f"also {ids(wrong)}"
            judge.expect("list.filters-and", not wrong, expected, *result.pages[-2:], got=got)
    require(judge.judged, needs.accounts(2, "account of one tenant and platform"))


def _most_frequent(rows: list[Account]) -> Iterator[Query]:
    """Pairs of values that several accounts share, the most frequent first."""
    for pair in combinations(FILTERS[1:], 2):
        values = Counter(tuple(each.value(row) for each in pair) for row in rows)
        both = [(one, other) for (one, other), count in values.most_common() if count > 1 and one and other]
        yield from ({pair[0].name: one, pair[1].name: other} for one, other in both[:1])


@check("list.filters-and", needs=(needs.ACCOUNTS,))
@paced
def filters_together(target: Target, judge: Judge, pause: Pause) -> None:
    """Combine filters in pairs, matching an account and contradicting each other, and all filters."""
    before = whole_list(target, at_least=2)
    filters = FILTERS[1:] if target.options.profile == "quick" else FILTERS  # an id matches only one account
    pause()
    queries = [*_contradicting(before.rows), *_all_but_one(before.rows), *_matching(before.rows, filters)]
    pages = [survey.page(target, {**query, "limit": str(GREATEST_LIMIT)}) for query in queries]
    pause()
    stable = unchanged_accounts(before, whole_list(target))
    for query, page in zip(queries, pages, strict=True):
        mismatch = _mismatch(query, page, stable)
        if page.status in EMPTY_STATUSES and not any(_match(row, query) for row in stable):
            continue  # list.empty covers that
        if mismatch is None or _work_alone(target, query, stable):
            expected = f"only accounts that match each of {', '.join(query)}"
            judge.expect("list.filters-and", mismatch is None, expected, page, got=mismatch)
    require(judge.judged, needs.unexpected("the filters do not work alone"))


def _matching(rows: list[Account], filters: tuple[Filter, ...]) -> Iterator[Query]:
    """Pairs of values of an account, if possible such that each alone matches more; and all values of an account."""
    for pair in combinations(filters, 2):
        queries = [(row, _values(row, pair)) for row in rows]
        good = [query for row, query in queries if query and _narrows(rows, row, pair)]
        yield from good[:1] or [query for _, query in queries if query][:1]
    yield from sorted((_values(row, FILTERS, some=True) for row in rows), key=len)[-1:]


def _contradicting(rows: list[Account]) -> Iterator[Query]:
    """Pairs of existing values that no account combines."""
    for one, other in combinations(FILTERS, 2):
        pairs = {(one.value(row), other.value(row)) for row in rows}
        firsts = [value for value in dict.fromkeys(one.value(row) for row in rows) if isinstance(value, str)]
        seconds = [value for value in dict.fromkeys(other.value(row) for row in rows) if isinstance(value, str)]
        none = ((a, b) for a in firsts for b in reversed(seconds) if (a, b) not in pairs)
        yield from ({one.name: a, other.name: b} for a, b in [*none][:1])


def _all_but_one(rows: list[Account]) -> Iterator[Query]:
    """All values of an account but one, which is from another account, so that no account matches."""
    values = max((_values(row, FILTERS[1:], some=True) for row in rows), key=len)
    for name in values if len(values) > 2 else ():
        others = [value for row in reversed(rows) if (value := BY_NAME[name].value(row)) not in (None, values[name])]
        queries = [{**values, name: value} for value in dict.fromkeys(others)]
        yield from [query for query in queries if not any(_match(row, query) for row in rows)][:1]


def _values(row: Account, filters: tuple[Filter, ...], *, some: bool = False) -> dict[str, str]:
    """The filters' values of an account; empty if one is missing, unless `some` are enough."""
    values = {each.name: value for each in filters if (value := each.value(row))}
    return values if some or len(values) == len(filters) else {}


def _narrows(rows: list[Account], row: Account, filters: tuple[Filter, ...]) -> bool:
    """Whether each filter alone matches more accounts than both together."""
    both = sum(all(each.value(one) == each.value(row) for each in filters) for one in rows)
    return all(sum(each.value(one) == each.value(row) for one in rows) > both for each in filters)


def _mismatch(query: Query, page: Exchange, stable: list[Account]) -> str | None:
    """What is wrong with a filtered page, or None."""
    if page.status != 200:
        return f"{page.status}"
    wrong = [row for row in survey.rows(page) if not _may_show(row, query)]
    missing = skipped_accounts([row for row in stable if _match(row, query)], Walk((page,)))
    return f"also {ids(wrong)}" if wrong else f"not {ids(missing)}" if missing else None


def _match(row: Account, query: Query) -> bool:
    return all(BY_NAME[name].matches(row, value) for name, value in query.items())


def _may_show(row: Account, query: Query) -> bool:
    return all(BY_NAME[name].may_show(row, value) for name, value in query.items())


def _work_alone(target: Target, query: Query, stable: list[Account]) -> bool:
    """Whether each of the filters works alone."""
    limit = str(GREATEST_LIMIT)
    singles = [({name: value}, survey.page(target, {name: value, "limit": limit})) for name, value in query.items()]
    return all(_mismatch(single, page, stable) is None for single, page in singles)
