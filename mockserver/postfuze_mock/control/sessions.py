"""Pending sessions of the connect flow."""

from __future__ import annotations

from typing import Any

from postfuze_mock.worlds.connect import sessions
from postfuze_mock.worlds.world import World


def create_session(world: World, body: dict[str, Any]) -> dict[str, Any]:
    return sessions.shown(sessions.mint(world, body, world.clock.now()))


def list_sessions(world: World) -> dict[str, Any]:
    return {"data": [sessions.shown(session) for session in world.store.sessions()]}
