"""An account's metrics: one value, or the stored snapshots of a window."""

from __future__ import annotations

from typing import Any

from postfuze_mock.domain import metrics as rules
from postfuze_mock.domain.windows import window
from postfuze_mock.records import encode
from postfuze_mock.worlds.accounts.accounts import inspected, replace
from postfuze_mock.worlds.world import World


def current(world: World, id: str) -> dict[str, Any]:
    """One value: live, else the latest snapshot, else word that there is none yet. A live pull sets
    `last_synced_at`."""
    row = inspected(world, id)
    hidden = world.unseen(row)
    reading = rules.current(row.account(), hidden, world.clock.now(), world.choices)
    kept = row.unseen()
    if reading.hidden is not hidden:  # a snapshot was stored; how the platform acts for the moment is not kept
        kept["snapshots"] = reading.hidden["snapshots"]
    replace(world, row, encode(reading.account, kept, deleted=row.deleted))
    return reading.answer


def series(world: World, id: str, since: str | None, until: str | None) -> dict[str, Any]:
    """The stored snapshots of a window, oldest first. Raises a 400 problem for bounds that make none."""
    wanted = window(since, until, world.choices)
    row = inspected(world, id)
    return rules.series(row.account(), world.unseen(row), wanted, world.clock.now(), world.choices)
