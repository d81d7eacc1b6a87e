"""Judges limits below 1 and above 100. What a page then holds is an assumption, but never more than 100 accounts."""

from __future__ import annotations

from postfuze_contracts.checks.list.settling import Pause, paced
from postfuze_contracts.checks.list.walks import DEFAULT_LIMIT, GREATEST_LIMIT, REFUSED, ids_of
from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Judge, require
from postfuze_contracts.engine.registry import check
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange, describe
from postfuze_contracts.target.target import Target

_BELOW = (0, -1)
_ABOVE = (GREATEST_LIMIT + 1, 256, 257, 1000)  # a byte holds 0 and 1 of 256 and 257


@check(
    "list.limit-100", "list.null-at-end", assumes=("limit.below-range", "limit.above-range"), needs=(needs.ACCOUNTS,)
)
@paced
def limits_out_of_range(target: Target, judge: Judge, pause: Pause) -> None:
    """List with limits below 1 and above 100. An answer with a page must be a page of the list."""
    for assumption, limits in (("limit.below-range", _BELOW), ("limit.above-range", _ABOVE)):
        for limit in limits:
            full = _full(target)
            require(ids_of(full), needs.accounts(1))
            pause()
            page = survey.page(target, {"limit": str(limit)})
            if page.status == 200:
                _expect_size(judge, page)
                pause()
                if not _unchanged(full, page, _full(target)):
                    continue  # the number of accounts shows nothing
                _expect_cursor(judge, page, full)
            if (choice := _choice(page, full, 1 if limit < 1 else GREATEST_LIMIT)) is not None:
                judge.observe(assumption, choice, full, page)


def _full(target: Target) -> Exchange:
    """The first page with the greatest limit. Raises Blocked."""
    page = survey.page(target, {"limit": str(GREATEST_LIMIT)})
    require(page.status == 200, needs.unexpected(f"the list answered {page.status}"))
    return page


def _unchanged(full: Exchange, page: Exchange, again: Exchange) -> bool:
    """Whether all three begin with the same accounts. Otherwise others changed the data, or a list is late."""
    first, ids = ids_of(full), ids_of(page)
    return first == ids_of(again) and ids[: len(first)] == first[: len(ids)]


def _expect_size(judge: Judge, page: Exchange) -> None:
    count = len(page.objects("data"))
    if count >= GREATEST_LIMIT:
        expected = f"at most {GREATEST_LIMIT} accounts"
        judge.expect("list.limit-100", count == GREATEST_LIMIT, expected, page, got=f"{count} accounts")


def _expect_cursor(judge: Judge, page: Exchange, full: Exchange) -> None:
    """Judge that a page of a limit above the range says whether more accounts follow."""
    rest = [id for id in ids_of(full) if id not in ids_of(page)]
    above = int(dict(page.request.query)["limit"]) > GREATEST_LIMIT
    if above and rest and survey.following(page) is None:
        got = f"no cursor; `{rest[-1]}` is left"
        judge.expect("list.null-at-end", False, "a cursor: accounts are left", full, page, got=got)


def _choice(page: Exchange, full: Exchange, nearest: int) -> str | None:
    """How a limit out of range was taken, or None if the accounts are too few to show it."""
    if page.status in REFUSED:
        return "refused"
    if page.status != 200:
        return describe(page)
    total, count = len(ids_of(full)), len(ids_of(page))
    clamped, default = min(nearest, total), min(DEFAULT_LIMIT, total)
    if clamped == default:
        return None if count == clamped else f"a page of {count}"
    return {clamped: "clamped", default: "default"}.get(count, f"a page of {count}")
