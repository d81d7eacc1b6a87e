"""Creating and changing accounts, for the control API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from postfuze_fixtures import generator
from postfuze_fixtures.timestamps import iso, parse_iso
from postfuze_mock.domain.lifecycle import updated
from postfuze_mock.domain.snapshots import MAX_POSTED, MAX_POSTED_SIZE
from postfuze_mock.problems import Problem, refused
from postfuze_mock.records import Row, encode
from postfuze_mock.worlds import bounds
from postfuze_mock.worlds.accounts.accounts import get, replace
from postfuze_mock.worlds.world import World


def create_account(world: World, fields: Mapping[str, Any]) -> Row:
    """Create an account from any subset of its fields and `behaviour`. Raises problems, with nothing
    changed: 409 if its id exists or the world is full, 400 for times that contradict each other."""
    counters = world.store.counters()
    try:
        return _created(world, fields)
    except Problem:
        world.store.set_counters(counters)
        raise


def _created(world: World, fields: Mapping[str, Any]) -> Row:
    bounds.refuse_more(world)
    now, (count, _) = world.clock.now(), world.next_account()
    account = generator.explicit(
        fields, seed=world.seed, world=world.name, count=count, now=now, networks=world.networks
    )
    _check_times(account.public)
    row = encode(account.public, account.hidden)
    if not world.store.insert(row):
        detail = f"An account {account.public['id']} exists already."
        raise Problem(409, detail, rule="accounts.conflict", code="conflict")
    return row


def patch_account(world: World, id: str, fields: Mapping[str, Any]) -> Row:
    """Change `fields` and `behaviour` of an account. Raises a 404 problem, and 400 for another `id`."""
    row = get(world, id)
    account, now = row.account(), world.clock.now()
    values = generator.normal_times({name: value for name, value in fields.items() if name != "behaviour"})
    if values.get("id", id).lower() != account["id"]:
        raise refused("/id", f"must stay {account['id']}")
    result = {**account, **values, "id": account["id"]}
    if "updated_at" not in values:
        result = updated(result, now)
    _check_times(result)
    return replace(world, row, encode(result, _hidden(row, fields, now)))


def _check_times(account: Mapping[str, Any]) -> None:
    if account["updated_at"] < account["created_at"]:
        raise refused("/updated_at", f"must not be before created_at, {account['created_at']}")


def _hidden(row: Row, fields: Mapping[str, Any], now: int) -> dict[str, Any]:
    """The hidden part of the account, with the `behaviour` of `fields`."""
    before = row.unseen()
    if "behaviour" not in fields:
        return before
    after = generator.hidden({"behaviour": {**before.get("behaviour", {}), **fields["behaviour"]}}, now)
    if "snapshots" not in fields["behaviour"]:  # the existing history stays
        after.pop("collected_from", None)
        after |= {name: before[name] for name in ("collected_from",) if name in before}
    kept = ("grant_revoked", "metrics", "refreshed_until", "snapshots")
    return {**{name: before[name] for name in kept if name in before}, **after}


def store_snapshots(world: World, id: str, snapshots: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Store snapshots, which replace older ones of the same instants. Returns them, oldest first. Raises problems: 404
    for an unknown account, 409 if it would have too many snapshots."""
    row = get(world, id)
    hidden = row.unseen()
    additions = {
        at: {**snapshot, "captured_at": at}
        for snapshot in snapshots
        for at in [iso(parse_iso(snapshot["captured_at"]))]
    }
    history = {snapshot["captured_at"]: snapshot for snapshot in hidden.get("snapshots", ())} | additions
    hidden["snapshots"] = [history[at] for at in sorted(history)]
    new = encode(row.account(), hidden)
    _refuse_too_many(len(history), len(new.hidden))
    replace(world, row, new)
    return [additions[at] for at in sorted(additions)]


def _refuse_too_many(count: int, size: int) -> None:
    """`size` is that of all snapshots, as JSON in bytes."""
    if count <= MAX_POSTED and size <= MAX_POSTED_SIZE:
        return
    detail = (
        f"An account can have {MAX_POSTED} posted snapshots, together of at most {MAX_POSTED_SIZE} bytes; this one "
        f"would have {count}, of {size} bytes: use another account, or reset the world."
    )
    raise Problem(409, detail, rule="snapshots.most", code="conflict")
