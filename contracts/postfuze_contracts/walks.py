"""Walks through a list, and what can be said of one walk by those before and after it, while others change the data.

An account that the walk before and the walk after both show, with the same `created_at`, stood all the while: the walk
between must show it exactly once, whatever came and went.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from postfuze_contracts import needs, survey
from postfuze_contracts.exchange import Exchange
from postfuze_contracts.scenario import Blocked
from postfuze_contracts.survey import Account
from postfuze_contracts.target import Target

LIST = "listSocialAccounts"
DEFAULT_LIMIT, GREATEST_LIMIT = 25, 100
NOT_NOW = (429, 503)

_ROWS = {"quick": 500, "ci": 1500, "deep": 6000}  # that a walk looks at, at most
_PAGES = {"quick": 20, "ci": 60, "deep": 600}

Matches = Callable[[Account], bool]


@dataclass(frozen=True)
class Walk:
    """The pages of a list, one after the other. It `ended` where a page had a null `next_cursor`; otherwise it went as
    far as the profile goes, or met an answer that is no page."""

    pages: tuple[Exchange, ...]

    @property
    def rows(self) -> list[Account]:
        return survey.rows(*self.pages)

    @property
    def ended(self) -> bool:
        last = self.pages[-1]
        return last.status == 200 and isinstance(last.json, dict) and last.json.get("next_cursor", "") is None

    @property
    def broken(self) -> Exchange | None:
        """The answer that is no page, if there is one."""
        last = self.pages[-1]
        return last if last.status != 200 or not isinstance(last.member("data"), list) else None


def walk(
    target: Target, query: Mapping[str, str] | None = None, *, limit: int | None = None, key: str = "full"
) -> Walk:
    """Walk a list as far as the profile goes. Raises Blocked where the target is too busy to answer."""
    profile = target.options.profile
    most = min(ceil(_ROWS[profile] / (limit or DEFAULT_LIMIT)), _PAGES[profile])
    sent = {**(query or {}), **({"limit": str(limit)} if limit is not None else {})}
    pages = survey.walk(target, sent, key=key, pages=most)
    if pages[-1].status in NOT_NOW:
        raise Blocked(needs.unexpected(f"the list answered {pages[-1].status}"))
    return Walk(tuple(pages))


def whole(target: Target, *, at_least: int = 0, key: str = "full") -> Walk:
    """An unfiltered walk with the largest pages. Raises Blocked where it is none, or shows fewer than `at_least`."""
    found = walk(target, limit=GREATEST_LIMIT, key=key)
    if found.pages[0].status != 200:
        raise Blocked(needs.unexpected(f"the list answered {found.pages[0].status}"))
    if len(found.rows) < at_least:
        raise Blocked(needs.accounts(at_least))
    return found


def standing(before: Walk, after: Walk) -> list[Account]:
    """The accounts that stood from the one walk to the other, as `after` shows them, in the order of `before`."""
    later = {row["id"]: row for row in after.rows}
    pairs = [(row, later[row["id"]]) for row in before.rows if row["id"] in later]
    found = {row["id"]: now for row, now in pairs if row.get("created_at") == now.get("created_at")}
    return list(found.values())


def unchanged(before: Walk, after: Walk) -> list[Account]:
    """The accounts that both walks show alike."""
    earlier = {row["id"]: row for row in before.rows}
    return [row for row in standing(before, after) if row == earlier[row["id"]]]


def skipped(stood: list[Account], seen: Walk) -> list[Account]:
    """Which accounts of `stood` (in the list's order) the walk should have shown, as far as it went, and did not."""
    shown = {row["id"] for row in seen.rows}
    reached = len(stood)
    if not seen.ended:
        reached = max((index + 1 for index, row in enumerate(stood) if row["id"] in shown), default=0)
    return [row for row in stood[:reached] if row["id"] not in shown]


def repeated(seen: Walk) -> list[str]:
    """Ids that the walk shows more than once. One that was connected anew meanwhile has another `created_at`."""
    counts = Counter((row["id"], str(row.get("created_at"))) for row in seen.rows)
    return [id for (id, _), count in counts.items() if count > 1]


def churned(*walks: Walk) -> bool:
    """Whether accounts came or went between these walks."""
    ids = [{row["id"] for row in each.rows} for each in walks]
    return any(each != ids[0] for each in ids)


def ids(found: list[Account]) -> str:
    """A few of their ids, for a message."""
    names = [str(row["id"]) for row in found[:3]]
    return ", ".join(names) + (f" and {len(found) - 3} more" if len(found) > 3 else "")


def same_id(one: Any, other: Any) -> bool:
    """Whether two ids are the same: a UUID's case means nothing."""
    return str(one).lower() == str(other).lower()
