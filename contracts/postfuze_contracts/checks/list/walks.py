"""Walks through the list, each judged by the walks before and after it, while others may change the data.

An account that the walks before and after both show, with the same `created_at`, existed throughout: the walk between
must show it exactly once, whatever else came and went.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import Any

from postfuze_contracts.engine import survey
from postfuze_contracts.engine.judge import Blocked, require
from postfuze_contracts.engine.survey import Account
from postfuze_contracts.model import needs
from postfuze_contracts.model.exchange import Exchange, describe
from postfuze_contracts.target.target import Target

DEFAULT_LIMIT, GREATEST_LIMIT = 25, 100
NOT_NOW = (429, 503)
EMPTY_STATUSES = (204, 404)  # of an empty list: list.empty covers that

_MAX_ROWS = {"quick": 500, "ci": 1500, "deep": 6000}  # rows of a walk
_MAX_PAGES = {"quick": 20, "ci": 60, "deep": 600}

Matches = Callable[[Account], bool]


@dataclass(frozen=True)
class Walk:
    """The pages of a list, in order, each of at most `limit` accounts. The walk `ended` if the last page has no next
    cursor but null (or an empty string). Otherwise it reached the limit of the profile, came back to an earlier page,
    or met a response that is not a page."""

    pages: tuple[Exchange, ...]
    limit: int = 0

    @property
    def rows(self) -> list[Account]:
        return survey.rows(*self.pages)

    @property
    def ended(self) -> bool:
        last = self.pages[-1]
        return last.status == 200 and isinstance(last.json, dict) and last.json.get("next_cursor", ...) in (None, "")

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
    most: int | None = None,
) -> Walk:
    """Walk a list as far as the profile allows, at most `most` pages. Raises Blocked if the target is too busy."""
    profile = target.options.profile
    pages_of_profile = min(ceil(_MAX_ROWS[profile] / (limit or DEFAULT_LIMIT)), _MAX_PAGES[profile])
    parameters = {**(query or {}), **({"limit": str(limit)} if limit is not None else {})}
    pages = survey.walk(target, parameters, key=key, pages=min(most or pages_of_profile, pages_of_profile))
    require(pages[-1].status not in NOT_NOW, needs.unexpected(f"the list answered {pages[-1].status}"))
    return Walk(tuple(pages), limit or DEFAULT_LIMIT)


def whole_list(target: Target, *, at_least: int = 0, key: str = "full") -> Walk:
    """An unfiltered walk with the largest pages. Raises Blocked if it is not a list, shows fewer than `at_least`, or if
    accounts share an id, which account.id covers."""
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
    """The accounts that existed from one walk to the other, as `after` shows them, in the order of `before`."""
    later = {row["id"]: row for row in after.rows}
    pairs = [(row, later[row["id"]]) for row in before.rows if row["id"] in later]
    alike = {row["id"]: now for row, now in pairs if row.get("created_at") == now.get("created_at")}
    return list(alike.values())


def unchanged_accounts(before: Walk, after: Walk) -> list[Account]:
    """The accounts that both walks show alike."""
    earlier = {row["id"]: row for row in before.rows}
    return [row for row in stable_accounts(before, after) if row == earlier[row["id"]]]


def skipped_accounts(stable: list[Account], passed: Walk) -> list[Account]:
    """The `stable` accounts (in the list's order) that the walk should have shown as far as it went, and did not."""
    row_ids = {row["id"] for row in passed.rows}
    end = len(stable) if passed.ended else _reached(stable, passed)
    return [row for row in stable[:end] if row["id"] not in row_ids]


def _reached(stable: list[Account], passed: Walk) -> int:
    """How many of the `stable` accounts a walk that has not ended got past; 0 if its order differs, because then
    nothing can be said of the rest."""
    places = {row["id"]: place for place, row in enumerate(stable, 1)}
    came_by = [places[row["id"]] for row in passed.rows if row["id"] in places]
    ordered = all(one <= other for one, other in pairwise(dict.fromkeys(came_by)))
    return max(came_by, default=0) if ordered else 0


def repeated_ids(passed: Walk) -> list[str]:
    """Ids that the walk shows more than once. An account that was connected again meanwhile has another
    `created_at`."""
    counts = Counter((row["id"], str(row.get("created_at"))) for row in passed.rows)
    return [id for (id, _), count in counts.items() if count > 1]


@dataclass(frozen=True)
class Mismatch:
    """What is wrong with a walk: the broken statement, what was expected of which pages, and what they show."""

    statement: str
    expected: str
    got: str
    pages: tuple[Exchange, ...]


def mismatch_of(before: list[Account], stable: list[Account], passed: Walk) -> Mismatch | None:
    """What is wrong with the walk, or None. The `stable` accounts are those of `before` that existed throughout."""
    last = passed.pages[-2:]
    if passed.broken is not None:
        got = f"{describe(passed.broken)} on page {len(passed.pages)}"
        return Mismatch("list.walk-complete", "the next page for the cursor of the last", got, last)
    missing, twice = skipped_accounts(stable, passed), repeated_ids(passed)
    if missing and not twice and passed.ended and passed.last_is_full and missing == stable[-len(missing) :]:
        # A last page that is not full has lost them; a full one should have had a next.
        got = f"{passed.pages[-1].member('next_cursor')!r}, while {len(missing)} accounts were left: {ids(missing)}"
        return Mismatch("list.null-at-end", "a cursor: accounts are left", got.replace("None", "null", 1), last)
    useless = None if missing else _needless_cursor(before, stable, passed)
    if useless is not None:
        return useless
    if missing or twice:
        got = f"skipped: {ids(missing)}" if missing else f"repeated: {', '.join(twice[:3])}"
        return Mismatch("list.walk-complete", "every account exactly once", got, _where(passed, missing, twice))
    if passed.ended and passed.pages[-1].member("next_cursor") == "":
        return Mismatch("list.null-at-end", "null: no accounts are left", "an empty text", last)
    return None


def _needless_cursor(before: list[Account], stable: list[Account], passed: Walk) -> Mismatch | None:
    """The mismatch of a walk that goes on after all accounts were shown, each once: to an empty page, or back. If the
    oldest account was deleted meanwhile, there was a next page for a while."""
    oldest = [*dict.fromkeys(row["id"] for row in before)][-1:]
    if oldest != [row["id"] for row in stable[-1:]] or not (passed.ended or passed.circled):
        return None
    expected_ids, row_ids = {row["id"] for row in stable}, set[str]()
    for index, page in enumerate(passed.pages):
        row_ids |= {row["id"] for row in survey.rows(page)}
        if expected_ids <= row_ids:
            goes_on = index + 1 < len(passed.pages) or passed.circled
            is_whole = [row["id"] for row in survey.rows(page)][-1:] == oldest and not repeated_ids(
                Walk(passed.pages[: index + 1])
            )
            back = survey.rows(*passed.pages[index + 1 :])
            got = f"a cursor to {'accounts that were shown' if back or passed.circled else 'a page without accounts'}"
            mismatch = Mismatch("list.null-at-end", "null: no accounts are left", got, passed.pages[index : index + 2])
            return mismatch if goes_on and is_whole and {row["id"] for row in back} <= row_ids else None
    return None


def _where(passed: Walk, missing: list[Account], twice: list[str]) -> tuple[Exchange, ...]:
    """The pages that show the mismatch: where an account is repeated, or where a skipped one should be."""
    for id in () if missing else twice[:1]:
        return tuple(page for page in passed.pages if any(row["id"] == id for row in survey.rows(page)))[:2]
    at = str(missing[0].get("created_at"))
    for page, behind in pairwise(passed.pages):
        rows = survey.rows(behind)
        if rows and str(rows[-1].get("created_at")) <= at:
            return page, behind
    return passed.pages[-2:]


def data_changed(*walks: Walk) -> bool:
    """Whether accounts came or went between these walks."""
    ids = [{row["id"] for row in each.rows} for each in walks]
    return any(each != ids[0] for each in ids)


def ids_of(page: Exchange) -> list[str]:
    return [row["id"] for row in survey.rows(page)]


def ids(accounts: list[Account]) -> str:
    """The first few ids, for a message."""
    names = [str(row["id"]) for row in accounts[:3]]
    return ", ".join(names) + (f" and {len(accounts) - 3} more" if len(accounts) > 3 else "")


def same_id(one: Any, other: Any) -> bool:
    """Whether two ids are the same; the case of a UUID does not matter."""
    return str(one).lower() == str(other).lower()
