"""Inspecting an account on its platform: its health and its metrics. What an inspection changes is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from postfuze_mock.domain import health, metrics
from postfuze_mock.domain.choices import shown
from postfuze_mock.domain.faults.presets import with_behaviour
from postfuze_mock.domain.windows import window
from postfuze_mock.records import Row, encode
from postfuze_mock.worlds.accounts.accounts import get, replace
from postfuze_mock.worlds.world import World

#: How a scripted fault makes the platform behave; it overrides the account's own behaviour.
Behaviour = Mapping[str, Any] | None


def inspectable(world: World, id: str, *, unknown: str = "get.unknown") -> Row:
    """The row of an account whose health and metrics can be read: as `accounts.get`, except that the choice
    `deleted.inspection` may include deleted accounts."""
    row = world.store.get(id.lower())
    if row is not None and row.deleted and world.choices.deleted_inspection == "answered":
        return row
    return get(world, id, unknown=unknown, deleted="deleted.inspection")


class Inspection(NamedTuple):
    """What an inspection comes to, before anything is stored: the response, the account's row before and after it, and
    the events that it fires."""

    response: dict[str, Any]
    before: Row
    after: Row
    events: tuple[str, ...] = ()


def check_health(world: World, id: str, behaviour: Behaviour = None) -> dict[str, Any]:
    """The health of the account. A probe may refresh the token, or change the status and fire the event, once."""
    inspection = inspect_health(world, id, behaviour)
    if inspection.events or inspection.after != inspection.before:
        _carry_out(world, inspection)
    return inspection.response


def _carry_out(world: World, inspection: Inspection) -> None:
    replace(world, inspection.before, inspection.after)
    account = inspection.after.account()
    world.fire_all(inspection.events, account)
    if account["token_expires_at"] != inspection.before.account()["token_expires_at"]:
        world.happened("refreshed token")


def inspect_health(world: World, id: str, behaviour: Behaviour = None) -> Inspection:
    """What `check_health` comes to."""
    row = inspectable(world, id, unknown="health.unknown")
    hidden = row.unseen()
    actual = dict(with_behaviour(hidden, behaviour).get("behaviour", {}))
    actual |= {name: hidden[name] for name in ("grant_revoked", "refreshed_until") if name in hidden}
    check = health.check(row.account(), actual, world.clock.now(), world.choices)
    if health.grant_revoked(check, before=hidden.pop("grant_revoked", False)):
        hidden["grant_revoked"] = True
    after = encode(check.account, hidden, deleted=row.deleted)
    return Inspection(shown(check.response, world.choices), row, after, check.events)


def current_metrics(world: World, id: str, behaviour: Behaviour = None) -> dict[str, Any]:
    """One value: live, else the latest snapshot, else a message that there is none yet. A live pull sets
    `last_synced_at`."""
    if _is_uncollected(world, id):
        return metrics.none_yet(id)
    inspection = inspect_metrics(world, id, behaviour)
    replace(world, inspection.before, inspection.after)
    return inspection.response


def inspect_metrics(world: World, id: str, behaviour: Behaviour = None) -> Inspection:
    """What `current_metrics` comes to, for an account that exists."""
    row = inspectable(world, id)
    hidden = with_behaviour(row.unseen(), behaviour)
    reading = metrics.current(row.account(), hidden, world.clock.now(), world.choices)
    new_hidden = row.unseen()
    if reading.hidden is not hidden:  # store the new snapshot, but not the fault's behaviour
        new_hidden["snapshots"] = reading.hidden["snapshots"]
    return Inspection(reading.response, row, encode(reading.account, new_hidden, deleted=row.deleted))


def metric_series(
    world: World, id: str, since: str | None, until: str | None, behaviour: Behaviour = None
) -> dict[str, Any]:
    """The stored snapshots of a window, oldest first. Raises a 400 problem for invalid bounds."""
    bounds = window(since, until, world.choices)
    if _is_uncollected(world, id):
        return metrics.none_yet(id)
    row = inspectable(world, id)
    hidden = with_behaviour(row.unseen(), behaviour)
    return metrics.series(row.account(), hidden, bounds, world.clock.now(), world.choices)


def _is_uncollected(world: World, id: str) -> bool:
    """Whether an id has no account, and metrics answer with a message for such ids (choice `metrics.unknown`)."""
    return world.choices.metrics_unknown == "message" and world.store.get(id.lower()) is None
