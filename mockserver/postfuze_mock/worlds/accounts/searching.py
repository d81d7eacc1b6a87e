"""Finds accounts for the control API, including deleted ones, with their behaviour and snapshots."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from postfuze_fixtures.completion import BEHAVIOUR
from postfuze_mock.domain import snapshots
from postfuze_mock.records import Row, sort_key
from postfuze_mock.worlds.accounts import accounts
from postfuze_mock.worlds.world import World

#: The fields that `q` searches.
SEARCH_FIELDS: Final = ("id", "username", "display_name", "network_unique_id", "tenant_id")

_BATCH: Final = 250


def search(
    world: World, *, limit: int, deleted: bool, q: str = "", status: str | None = None, platform: str | None = None
) -> list[dict[str, Any]]:
    """The newest `limit` accounts that match, newest first. `q` is a part of one of `SEARCH_FIELDS`, in any case; with
    `deleted`, disconnected accounts are included."""
    where = {name: value for name, value in (("status", status), ("platform", platform)) if value is not None}
    rows = _all_rows(world) if deleted else _undeleted_rows(world, platform)
    return list(islice((_to_dict(world, row) for row in rows if _matches(row, q.casefold(), where)), limit))


def account(world: World, id: str) -> dict[str, Any]:
    """The account as `search` returns it. Raises a 404 problem for an unknown one."""
    return _to_dict(world, _row(world, id))


def stored_snapshots(world: World, id: str, limit: int) -> list[dict[str, Any]]:
    """The newest `limit` stored snapshots of the account, which may be disconnected, oldest first. Raises a 404 problem
    for an unknown one."""
    row = _row(world, id)
    history = snapshots.between(row.account(), row.unseen(), None, None, world.clock.now(), world.choices)
    return history[-limit:]


def _row(world: World, id: str) -> Row:
    """The account's row, deleted or not."""
    row = world.store.get(id.lower())
    if row is None:
        raise accounts.missing()
    return row


def _all_rows(world: World) -> Iterator[Row]:
    return reversed(list(world.store.rows()))


def _undeleted_rows(world: World, platform: str | None) -> Iterator[Row]:
    """The undeleted rows, newest first, read in batches as they are needed: a world may hold a million."""
    where = {} if platform is None else {"platform": platform}
    rows = world.store.page(where, None, _BATCH)
    while rows:
        yield from rows
        rows = world.store.page(where, sort_key(rows[-1].account()), _BATCH)


def _matches(row: Row, text: str, where: dict[str, str]) -> bool:
    account = row.account()
    if any(account[name] != value for name, value in where.items()):
        return False
    return any(text in (account[name] or "").casefold() for name in SEARCH_FIELDS)


def _to_dict(world: World, row: Row) -> dict[str, Any]:
    hidden = row.unseen()
    count = snapshots.daily_count(hidden, world.clock.now(), world.choices)
    behaviour = {**BEHAVIOUR, **hidden.get("behaviour", {}), "snapshots": count}
    return {**row.account(), "behaviour": behaviour, "deleted": row.deleted}
