"""Checking an account's health, and keeping what the check did to it."""

from __future__ import annotations

from typing import Any

from postfuze_mock.domain import health as rules
from postfuze_mock.records import encoded
from postfuze_mock.worlds.accounts.accounts import inspected, replace
from postfuze_mock.worlds.world import World


def check(world: World, id: str) -> dict[str, Any]:
    """The health of the account. A probe may refresh its token, or flip its status and fire the event, once."""
    row = inspected(world, id, unknown="health.unknown")
    result = rules.check(row.account(), world.unseen(row).get("behaviour", {}), world.clock.now(), world.choices)
    replace(world, row, row._replace(json=encoded(result.account)))
    world.fire_all(result.events, result.account)
    return result.answer
