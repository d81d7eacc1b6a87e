"""Judges the order of accounts: newest first, and by id where `created_at` is equal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise
from math import ceil

from postfuze_contracts.checks.list.filtering import FILTERS
from postfuze_contracts.checks.list.walks import Walk, repeated_ids, same_id, walk, whole_list
from postfuze_contracts.checks.ranges import observe_range
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Judge, require
from postfuze_contracts.engine.registry import check
from postfuze_contracts.engine.survey import Account
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.instants import decimals, exact
from postfuze_contracts.target.target import Target

PRECISION = "account.created-precision"
_ALL_DECIMALS = 9  # of seconds: no service keeps more
_NO_CHANCE = 10  # ties that are all in the same order are so by chance once in a thousand times
_MAX_TIED = 100  # accounts of equal `created_at` that are compared with each other
_LIMIT = 40  # small, so that walks have several pages


@check("list.newest-first", needs=(needs.ACCOUNTS,))
def the_order_of_a_walk(target: Target, judge: Judge) -> None:
    """Walk through all accounts and through the matches of filters: none is newer than the one before."""
    whole_walk = _whole_walk(target)
    for one in (whole_walk, whole_list(target), *_filter_walks(target, whole_walk)):
        for before, after in pairwise(_unrepeated(one)):
            earlier, later = exact(before.get("created_at")), exact(after.get("created_at"))
            if earlier is not None and later is not None and before["id"] != after["id"]:
                got = f"{after['id']} ({after['created_at']}) after {before['id']} ({before['created_at']})"
                pages = _pages(one, before, after) if earlier < later else ()
                judge.expect("list.newest-first", earlier >= later, "the newer account first", *pages, got=got)
    require(judge.judged, needs.accounts(2))


@check("list.ties-by-id", assumes=(PRECISION,), needs=(needs.TIES,))
def the_order_of_a_tie(target: Target, judge: Judge) -> None:
    """Look at accounts of equal `created_at`, within pages and across them: the greater id comes first."""
    whole = [_whole_walk(target), whole_list(target)]
    walks = [*whole, *_filter_walks(target, whole[0])]
    require(all(map(_newest_first, walks)), needs.unexpected("the list is not newest first"))
    _expect_one_order(judge, walks)
    own_ids = {change.id for change in target.ledger.of("connected")}
    if max(_exact_decimals(row) for one in whole for row in one.rows or [{}]) >= _ALL_DECIMALS:
        for tie in _ties(whole, frozenset()):
            _expect_greatest_first(judge, tie)
    else:  # accounts that one request connected may differ by less than is shown
        _judge_shown(judge, list(_ties(whole, own_ids)))
    require(judge.judged, needs.TIES)


@dataclass(frozen=True)
class _Tie:
    """Two accounts of equal `created_at`, in the order of a list, and the pages that show them."""

    before: Account
    after: Account
    pages: tuple[Exchange, ...]

    @property
    def greatest_first(self) -> bool:
        return str(self.before["id"]).lower() > str(self.after["id"]).lower()


def _ties(walks: list[Walk], without: Collection[str]) -> Iterator[_Tie]:
    """The neighbours of equal `created_at`, as shown, each once."""
    pairs = set[tuple[str, str]]()
    for one in walks:
        for before, after in pairwise(_unrepeated(one)):
            ids = before["id"], after["id"]
            if _tied(before, after) and ids not in pairs and set(ids).isdisjoint(without):
                pairs.add(ids)
                yield _Tie(before, after, _pages(one, before, after))


def _judge_shown(judge: Judge, ties: list[_Tie]) -> None:
    """Judge ties as shown. The service may keep times finer than it shows them, and then they are none. Their order
    proves which: by id, or the reverse everywhere, it is hardly by chance."""
    rising = [tie for tie in ties if not tie.greatest_first]
    if not rising or (len(rising) == len(ties) and len(ties) >= _NO_CHANCE):
        for tie in ties:
            _expect_greatest_first(judge, tie)
    else:
        judge.block("list.ties-by-id", needs.EXACT_TIES)
    if rising or len(ties) > 1:
        looks = [(tie.greatest_first, tie.pages[-1]) for tie in ties]
        observe_range(judge, PRECISION, "as-kept", "finer", looks)


def _expect_greatest_first(judge: Judge, tie: _Tie) -> None:
    before, after = tie.before, tie.after
    got = f"{after['id']} after {before['id']}, both created {after['created_at']}"
    judge.expect("list.ties-by-id", tie.greatest_first, "the greater id first", *tie.pages, got=got)


def _expect_one_order(judge: Judge, walks: list[Walk]) -> None:
    """Judge that accounts of equal `created_at` have one order in all lists, however finely their times are kept."""
    orders: dict[tuple[str, str], Walk] = {}
    for one in walks:
        for tie in _all_ties(one):
            before, after = (row["id"] for row in tie)
            other = orders.get((after, before))
            if other is not None:
                pages = (*_pages(other, *tie), *_pages(one, *tie))
                got = f"{after} after {before}, and the other way round"
                judge.expect("list.ties-by-id", False, "one order, by id, in all lists", *pages, got=got)
            orders.setdefault((before, after), one)


def _all_ties(one: Walk) -> Iterator[tuple[Account, Account]]:
    """All pairs of accounts of equal `created_at`, neighbours or not, in their order."""
    groups: dict[Fraction | None, list[Account]] = {}
    for row in _unrepeated(one):
        groups.setdefault(exact(row.get("created_at")), []).append(row)
    for at, group in groups.items():
        if at is not None:
            yield from combinations(group[:_MAX_TIED], 2)


def _whole_walk(target: Target) -> Walk:
    whole_walk = walk(target, limit=_LIMIT)
    require(whole_walk.pages[0].status == 200, needs.unexpected(f"the list answered {whole_walk.pages[0].status}"))
    return whole_walk


def _filter_walks(target: Target, whole_walk: Walk) -> Iterator[Walk]:
    """For each filter, a walk through the matches of its most frequent value."""
    for each in FILTERS:
        counts = Counter(value for row in whole_walk.rows if (value := each.value(row)))
        for value, count in counts.most_common(1):
            if count > 1:
                yield walk(target, {each.name: value}, limit=max(2, ceil(count / 2)))


def _unrepeated(whole_walk: Walk) -> list[Account]:
    """The accounts of a walk, or only those of its first page if it repeats some, because it may not advance then."""
    return survey.rows(whole_walk.pages[0]) if repeated_ids(whole_walk) else whole_walk.rows


def _newest_first(whole_walk: Walk) -> bool:
    times = [at for row in _unrepeated(whole_walk) if (at := exact(row.get("created_at"))) is not None]
    return all(earlier >= later for earlier, later in pairwise(times))


def _exact_decimals(row: Account) -> int:
    """The number of decimals of `created_at`, without trailing zeros."""
    text, written = str(row.get("created_at")), decimals(row.get("created_at"))
    return len(text.partition(".")[2][:written].rstrip("0"))


def _tied(before: Account, after: Account) -> bool:
    at = exact(before.get("created_at"))
    return at is not None and at == exact(after.get("created_at")) and not same_id(before["id"], after["id"])


def _pages(whole_walk: Walk, *accounts: Account) -> tuple[Exchange, ...]:
    """The pages that show these accounts."""
    ids = {row["id"] for row in accounts}
    return tuple(page for page in whole_walk.pages if any(row["id"] in ids for row in survey.rows(page)))
