"""Where the connect flow starts."""

from __future__ import annotations

from typing import Any

from postfuze_mock.worlds.connect import auth_urls
from postfuze_mock.worlds.world import World


def create_auth_url(world: World, platform: str, body: dict[str, Any] | None) -> dict[str, str]:
    return {"auth_url": auth_urls.url(world, platform, body or {})}
