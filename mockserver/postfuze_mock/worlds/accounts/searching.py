"""Finds accounts for the control API, including deleted ones, with their behaviour and snapshots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from postfuze_fixtures.completion import BEHAVIOUR
from postfuze_fixtures.timestamps import parse_iso
from postfuze_mock.domain import snapshots
from postfuze_mock.records import Row, sort_key
from postfuze_mock.worlds.accounts import accounts
from postfuze_mock.worlds.world import World

#: The fields that `q` searches.
SEARCH_FIELDS: Final = ("id", "username", "display_name", "network_unique_id", "tenant_id")

#: In a world with more accounts, those that match are not counted: that takes some microseconds for each.
MAX_COUNTED: Final = 20_000

_BATCH: Final = 250


def search(
    world: World,
    *,
    after: str | None = None,
    deleted: bool = False,
    q: str = "",
    status: str | None = None,
    platform: str | None = None,
) -> Iterator[tuple[str, Row]]:
    """Sort keys and rows of the accounts that match, newest first, after the sort key `after` (None: all). `q` is a
    part of one of `SEARCH_FIELDS`, in any case; with `deleted`, disconnected accounts are included."""
    where = {name: value for name, value in (("status", status), ("platform", platform)) if value is not None}
    rows = _all_rows(world, after) if deleted else _undeleted_rows(world, platform, after)
    return ((sort_key(row.account()), row) for row in rows if _matches(row, q.casefold(), where))


def total(world: World, *, deleted: bool, **filters: str) -> int | None:
    """How many accounts match; None if too many would have to be read for that. It is counted once until something
    changes: the pages of a list are read in a row."""
    if not deleted and not filters:
        return world.store.count()
    if world.store.count() > MAX_COUNTED:
        return None
    question = (world.store.revision(), deleted, tuple(sorted(filters.items())))
    if world.last_total[0] != question:
        world.last_total = question, sum(1 for _ in search(world, deleted=deleted, **filters))
    return world.last_total[1]


def account(world: World, id: str) -> dict[str, Any]:
    """The account as the control API returns it. Raises a 404 problem for an unknown one."""
    return to_dict(world, _row(world, id))


def to_dict(world: World, row: Row) -> dict[str, Any]:
    """The account of `row`, with its behaviour."""
    hidden = row.unseen()
    count = snapshots.daily_count(hidden, world.clock.now(), world.choices)
    behaviour = {**BEHAVIOUR, **hidden.get("behaviour", {}), "snapshots": count}
    return {**row.account(), "behaviour": behaviour, "deleted": row.deleted}


def stored_snapshots(world: World, id: str, before: int | None) -> Iterator[tuple[int, dict[str, Any]]]:
    """The stored snapshots of the account, which may be disconnected, newest first, each with its instant: those before
    `before` (ms; None: all). Raises a 404 problem for an unknown account."""
    row, last = _row(world, id), None if before is None else before - 1
    history = snapshots.newest_first(row.account(), row.unseen(), None, last, world.clock.now(), world.choices)
    return ((parse_iso(snapshot["captured_at"]), snapshot) for snapshot in history)


def snapshot_count(world: World, id: str) -> int:
    """How many snapshots the account has, see `stored_snapshots`."""
    return snapshots.count(_row(world, id).unseen(), world.clock.now(), world.choices)


def _row(world: World, id: str) -> Row:
    """The account's row, deleted or not."""
    row = world.store.get(id.lower())
    if row is None:
        raise accounts.missing()
    return row


def _all_rows(world: World, after: str | None) -> Iterator[Row]:
    rows = reversed(list(world.store.rows()))
    return rows if after is None else (row for row in rows if sort_key(row.account()) < after)


def _undeleted_rows(world: World, platform: str | None, after: str | None) -> Iterator[Row]:
    """The undeleted rows, newest first, read in batches as they are needed: a world may hold a million."""
    where = {} if platform is None else {"platform": platform}
    rows = world.store.page(where, after, _BATCH)
    while rows:
        yield from rows
        rows = world.store.page(where, sort_key(rows[-1].account()), _BATCH)


def _matches(row: Row, text: str, where: dict[str, str]) -> bool:
    account = row.account()
    if any(account[name] != value for name, value in where.items()):
        return False
    return has_text(account, text)


def has_text(account: Mapping[str, Any], text: str) -> bool:
    """Whether one of the fields that are searched has this part; `text` is case-folded."""
    return not text or any(text in (account[name] or "").casefold() for name in SEARCH_FIELDS)
