"""Judges the order of accounts: newest first, and by id where `created_at` is equal."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from math import ceil

from postfuze_contracts.checks.list.filtering import FILTERS
from postfuze_contracts.checks.list.walks import Walk, repeated_ids, same_id, walk, whole_list
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Judge, require
from postfuze_contracts.engine.registry import check
from postfuze_contracts.engine.survey import Account
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange
from postfuze_contracts.model.instants import instant
from postfuze_contracts.target.target import Target

MILLISECONDS = 3
_LIMIT = 40  # small, so that walks have several pages


@check("list.newest-first", needs=(needs.ACCOUNTS,))
def the_order_of_a_walk(target: Target, judge: Judge) -> None:
    """Walk through all accounts and through the matches of filters: none is newer than the one before."""
    whole_walk = _whole_walk(target)
    for one in (whole_walk, whole_list(target), *_filter_walks(target, whole_walk)):
        for before, after in pairwise(_unrepeated(one)):
            earlier, later = instant(before.get("created_at")), instant(after.get("created_at"))
            if earlier is not None and later is not None and before["id"] != after["id"]:
                got = f"{after['id']} ({after['created_at']}) after {before['id']} ({before['created_at']})"
                pages = _pages(one, before, after) if earlier < later else ()
                judge.expect("list.newest-first", earlier >= later, "the newer account first", *pages, got=got)
    require(judge.judged, needs.accounts(2))


@check("list.ties-by-id", needs=(needs.TIES,))
def the_order_of_a_tie(target: Target, judge: Judge) -> None:
    """Look at accounts of equal `created_at`, within pages and across them: the greater id comes first."""
    whole_walk = _whole_walk(target)
    # With timestamps in seconds, a tie may be none; nor with milliseconds among accounts that one request connected.
    own_ids = {change.id for change in target.ledger.of("connected")}
    for one in (whole_walk, whole_list(target), *_filter_walks(target, whole_walk)):
        exact = max((_decimals(row) for row in one.rows), default=0)
        require(_newest_first(one), needs.unexpected("the list is not newest first"))
        for before, after in pairwise(_unrepeated(one)):
            if _tied(before, after) and (exact > MILLISECONDS or (exact and not own_ids & {before["id"], after["id"]})):
                greater = str(before["id"]).lower() > str(after["id"]).lower()
                pages = () if greater else _pages(one, before, after)
                got = f"{after['id']} after {before['id']}, both created {after['created_at']}"
                judge.expect("list.ties-by-id", greater, "the greater id first", *pages, got=got)
    require(judge.judged, needs.TIES)


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
    times = [at for row in _unrepeated(whole_walk) if (at := instant(row.get("created_at"))) is not None]
    return all(earlier >= later for earlier, later in pairwise(times))


def _decimals(row: Account) -> int:
    """The number of decimals of `created_at`, without trailing zeros."""
    match = re.search(r"\.(\d+)", str(row.get("created_at")))
    return len(match[1].rstrip("0")) if match else 0


def _tied(before: Account, after: Account) -> bool:
    at = instant(before.get("created_at"))
    return at is not None and at == instant(after.get("created_at")) and not same_id(before["id"], after["id"])


def _pages(whole_walk: Walk, *accounts: Account) -> tuple[Exchange, ...]:
    """The pages that show these accounts."""
    ids = {row["id"] for row in accounts}
    return tuple(page for page in whole_walk.pages if any(row["id"] in ids for row in survey.rows(page)))
