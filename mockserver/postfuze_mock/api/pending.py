"""The second half of the connect flow, authenticated by the session token in the path."""

from __future__ import annotations

from typing import Any

from postfuze_mock.worlds.connect import pending
from postfuze_mock.worlds.world import World


def list_pending_pages(world: World | None, sessionToken: str) -> dict[str, Any]:
    return pending.pending(world, sessionToken)


def finalize_connection(world: World | None, sessionToken: str, body: dict[str, Any]) -> dict[str, Any]:
    return pending.finalize(world, sessionToken, body["selectedPageIds"])
