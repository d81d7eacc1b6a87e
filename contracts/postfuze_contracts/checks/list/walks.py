"""Walks through the list. Each is judged by the walks before and after it, because other clients may change the data.

An account that both of these show with the same `created_at` existed throughout, so the walk between them must show it
exactly once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import Any

from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Blocked, Judge, require
from postfuze_contracts.engine.survey import Account
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange, describe
from postfuze_contracts.target.target import Target

DEFAULT_LIMIT, GREATEST_LIMIT = 25, 100
NOT_NOW = survey.NOT_NOW
REFUSED = (400, 422)  # the statuses of an invalid parameter, see the assumption errors.validation-status
EMPTY_STATUSES = (204, 404)  # in place of an empty list, which list.empty covers

_MAX_ROWS = {"quick": 500, "ci": 1500, "deep": 6000}  # rows of a walk
_MAX_PAGES = {"quick": 20, "ci": 60, "deep": 600}

Matches = Callable[[Account], bool]


@dataclass(frozen=True)
class Walk:
    """The pages of a list, in order, of at most `limit` accounts each. The walk `ended` if the last cursor is null,
    absent or empty. Otherwise it reached the maximum of the profile, an earlier page, or what is not a page."""

    pages: tuple[Exchange, ...]
    limit: int = 0

    @property
    def rows(self) -> list[Account]:
        return survey.rows(*self.pages)

    @property
    def ended(self) -> bool:
        last = self.pages[-1]
        return last.status == 200 and isinstance(last.json, dict) and last.member("next_cursor") in (None, "")

    @property
    def circled(self) -> bool:
        """Whether its last page leads back to an earlier one."""
        *before, last = map(survey.following, self.pages)
        return last is not None and last in before

    @property
    def last_is_full(self) -> bool:
        return len(survey.rows(self.pages[-1])) >= self.limit

    @property
    def broken(self) -> Exchange | None:
        """The response that is not a page, if there is one."""
        last = self.pages[-1]
        return last if last.status != 200 or not isinstance(last.member("data"), list) else None


def walk(
    target: Target,
    query: Mapping[str, str] | None = None,
    *,
    limit: int | None = None,
    key: str = "full",
    maximum: int | None = None,
) -> Walk:
    """Walk through a list as far as the profile allows, at most `maximum` pages. Raises Blocked for 429 and 503."""
    profile = target.options.profile
    pages_of_profile = min(ceil(_MAX_ROWS[profile] / (limit or DEFAULT_LIMIT)), _MAX_PAGES[profile])
    parameters = {**(query or {}), **({"limit": str(limit)} if limit is not None else {})}
    pages = survey.walk(target, parameters, key=key, pages=min(maximum or pages_of_profile, pages_of_profile))
    require(pages[-1].status not in NOT_NOW, needs.unexpected(f"the list answered {pages[-1].status}"))
    return Walk(tuple(pages), limit or DEFAULT_LIMIT)


def whole_list(target: Target, *, at_least: int = 0, key: str = "full") -> Walk:
    """The walk through the unfiltered list with the largest pages. Raises Blocked if it is no list, has fewer accounts
    than `at_least`, or if accounts share an id, which account.id covers."""
    everything = walk(target, limit=GREATEST_LIMIT, key=key)
    require(everything.pages[0].status == 200, needs.unexpected(f"the list answered {everything.pages[0].status}"))
    if not isinstance(everything.pages[0].member("data"), list):
        raise Blocked(needs.unexpected("the list has no accounts in `data`"))
    require(len(everything.rows) >= at_least, needs.accounts(at_least))
    identities = {(row["id"], str(row.get("platform")), str(row.get("network_unique_id"))) for row in everything.rows}
    if len(identities) > len({id for id, _, _ in identities}):
        raise Blocked(needs.unexpected("different accounts have the same id"))
    return everything


def stable_accounts(before: Walk, after: Walk) -> list[Account]:
    """The accounts that existed throughout, as `after` shows them, in the order of `before`."""
    later = {row["id"]: row for row in after.rows}
    pairs = [(row, later[row["id"]]) for row in before.rows if row["id"] in later]
    alike = {row["id"]: now for row, now in pairs if row.get("created_at") == now.get("created_at")}
    return list(alike.values())


def unchanged_accounts(before: Walk, after: Walk) -> list[Account]:
    """The accounts that are equal in both walks."""
    earlier = {row["id"]: row for row in before.rows}
    return [row for row in stable_accounts(before, after) if row == earlier[row["id"]]]


def skipped_accounts(stable: list[Account], result: Walk) -> list[Account]:
    """The `stable` accounts (in the order of the list) that the walk should have shown so far, and did not."""
    row_ids = {row["id"] for row in result.rows}
    end = len(stable) if result.ended else _count_passed(stable, result)
    return [row for row in stable[:end] if row["id"] not in row_ids]


def _count_passed(stable: list[Account], result: Walk) -> int:
    """How many of the `stable` accounts a walk that has not ended got past; 0 if its order differs, because then that
    is unknown."""
    index_of = {row["id"]: index for index, row in enumerate(stable, 1)}
    indexes = [index_of[row["id"]] for row in result.rows if row["id"] in index_of]
    is_ordered = all(one <= other for one, other in pairwise(dict.fromkeys(indexes)))
    return max(indexes, default=0) if is_ordered else 0


def repeated_ids(result: Walk) -> list[str]:
    """The ids that the walk shows more than once. A newly connected account has another `created_at`."""
    counts = Counter((row["id"], str(row.get("created_at"))) for row in result.rows)
    return [id for (id, _), count in counts.items() if count > 1]


@dataclass(frozen=True)
class Mismatch:
    """What is wrong with a walk: the broken statement, what was expected of which pages, and what they show."""

    statement: str
    expected: str
    got: str
    pages: tuple[Exchange, ...]


def mismatch_of(before: list[Account], stable: list[Account], result: Walk) -> Mismatch | None:
    """What is wrong with the walk, or None. The `stable` accounts are those of `before` that existed throughout."""
    last = result.pages[-2:]
    if result.broken is not None:
        got = f"{describe(result.broken)} on page {len(result.pages)}"
        return Mismatch("list.walk-complete", "the next page for the cursor of the last", got, last)
    missing, repetitions = skipped_accounts(stable, result), repeated_ids(result)
    if missing and not repetitions and result.ended and result.last_is_full and missing == stable[-len(missing) :]:
        # A last page that is not full has lost them. A full one lacks a cursor.
        got = f"{result.pages[-1].member('next_cursor')!r}, while {len(missing)} accounts were left: {ids(missing)}"
        return Mismatch("list.null-at-end", "a cursor: accounts are left", got.replace("None", "null", 1), last)
    useless = None if missing else _needless_cursor(before, stable, result)
    if useless is not None:
        return useless
    if missing or repetitions:
        got = f"skipped: {ids(missing)}" if missing else f"repeated: {', '.join(repetitions[:3])}"
        return Mismatch("list.walk-complete", "every account exactly once", got, _where(result, missing, repetitions))
    if result.ended and result.pages[-1].member("next_cursor") == "":
        return Mismatch("list.null-at-end", "null: no accounts are left", "an empty string", last)
    return None


def _needless_cursor(before: list[Account], stable: list[Account], result: Walk) -> Mismatch | None:
    """The mismatch of a walk that continues after it has shown all accounts once: to an empty page, or back. If the
    oldest account was deleted meanwhile, there was a next page for a while, and this is None."""
    oldest = [*dict.fromkeys(row["id"] for row in before)][-1:]
    if oldest != [row["id"] for row in stable[-1:]] or not (result.ended or result.circled):
        return None
    expected_ids, row_ids = {row["id"] for row in stable}, set[str]()
    for index, page in enumerate(result.pages):
        row_ids |= {row["id"] for row in survey.rows(page)}
        if expected_ids <= row_ids:
            continues = index + 1 < len(result.pages) or result.circled
            is_whole = ids_of(page)[-1:] == oldest and not repeated_ids(Walk(result.pages[: index + 1]))
            back = survey.rows(*result.pages[index + 1 :])
            got = f"a cursor to {'accounts that were shown' if back or result.circled else 'a page without accounts'}"
            mismatch = Mismatch("list.null-at-end", "null: no accounts are left", got, result.pages[index : index + 2])
            return mismatch if continues and is_whole and {row["id"] for row in back} <= row_ids else None
    return None


def _where(result: Walk, missing: list[Account], repetitions: list[str]) -> tuple[Exchange, ...]:
    """The pages that show the mismatch: those that repeat an account, or those between which one is missing."""
    for id in () if missing else repetitions[:1]:
        return tuple(page for page in result.pages if any(row["id"] == id for row in survey.rows(page)))[:2]
    at = str(missing[0].get("created_at"))
    for page, next_page in pairwise(result.pages):
        rows = survey.rows(next_page)
        if rows and str(rows[-1].get("created_at")) <= at:
            return page, next_page
    return result.pages[-2:]


def observe_end(judge: Judge, page: Exchange) -> None:
    """Observe how a page that no other follows says so."""
    ends = {None: "null", ...: "left-out"}
    cursor = page.member("next_cursor", ...)
    if page.status == 200 and isinstance(page.member("data"), list) and not isinstance(cursor, list | dict):
        judge.observe("list.end", ends.get(cursor, f"`next_cursor` is {cursor!r}"), page)


def data_changed(*walks: Walk) -> bool:
    """Whether accounts were connected or deleted between these walks."""
    ids = [{row["id"] for row in each.rows} for each in walks]
    return any(each != ids[0] for each in ids)


def ids_of(page: Exchange) -> list[str]:
    return [row["id"] for row in survey.rows(page)]


def ids(accounts: list[Account]) -> str:
    """The first few ids, for a message."""
    names = [str(row["id"]) for row in accounts[:3]]
    return ", ".join(names) + (f" and {len(accounts) - 3} more" if len(accounts) > 3 else "")


def same_id(one: Any, other: Any) -> bool:
    """Whether two ids are equal, in any case."""
    return str(one).lower() == str(other).lower()
