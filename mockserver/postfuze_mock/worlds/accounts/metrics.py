"""An account's metrics: one value, or the stored snapshots of a window."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from postfuze_mock.domain import metrics as rules
from postfuze_mock.domain.faults.presets import with_behaviour
from postfuze_mock.domain.windows import window
from postfuze_mock.records import encode
from postfuze_mock.worlds.accounts.accounts import inspected, replace
from postfuze_mock.worlds.world import World

#: A fault's, which overrides the platform's own.
Behaviour = Mapping[str, Any] | None


def current(world: World, id: str, behaviour: Behaviour = None) -> dict[str, Any]:
    """One value: live, else the latest snapshot, else a message that there is none yet. A live pull sets
    `last_synced_at`."""
    row = inspected(world, id)
    hidden = with_behaviour(row.unseen(), behaviour)
    reading = rules.current(row.account(), hidden, world.clock.now(), world.choices)
    stored = row.unseen()
    if reading.hidden is not hidden:  # a snapshot was stored; a fault's behaviour is not
        stored["snapshots"] = reading.hidden["snapshots"]
    replace(world, row, encode(reading.account, stored, deleted=row.deleted))
    return reading.answer


def series(world: World, id: str, since: str | None, until: str | None, behaviour: Behaviour = None) -> dict[str, Any]:
    """The stored snapshots of a window, oldest first. Raises a 400 problem for invalid bounds."""
    bounds = window(since, until, world.choices)
    row = inspected(world, id)
    hidden = with_behaviour(row.unseen(), behaviour)
    return rules.series(row.account(), hidden, bounds, world.clock.now(), world.choices)
