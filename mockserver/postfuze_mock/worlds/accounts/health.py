"""Checking an account's health, and storing what the check changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from postfuze_mock.domain import health as rules
from postfuze_mock.domain.faults.presets import with_behaviour
from postfuze_mock.records import encoded
from postfuze_mock.worlds.accounts.accounts import inspected, replace
from postfuze_mock.worlds.world import World


def check(world: World, id: str, behaviour: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The health of the account. A probe may refresh its token, or flip its status and fire the event, once. A fault's
    `behaviour` overrides the platform's own."""
    row = inspected(world, id, unknown="health.unknown")
    hidden = with_behaviour(row.unseen(), behaviour)
    result = rules.check(row.account(), hidden.get("behaviour", {}), world.clock.now(), world.choices)
    replace(world, row, row._replace(json=encoded(result.account)))
    world.fire_all(result.events, result.account)
    return result.answer
