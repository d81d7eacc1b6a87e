"""The connect flow: its start, and its end, where the session token in the path authenticates the caller."""

from __future__ import annotations

from typing import Any

from postfuze_mock.worlds.connect import auth_urls, pending
from postfuze_mock.worlds.world import World


def create_auth_url(world: World, platform: str, body: dict[str, Any] | None) -> dict[str, str]:
    return {"auth_url": auth_urls.url(world, platform, body or {})}


def list_pending_pages(world: World | None, sessionToken: str) -> dict[str, Any]:
    return pending.pages(world, sessionToken)


def finalize_connection(world: World | None, sessionToken: str, body: dict[str, Any]) -> dict[str, Any]:
    return pending.finalize(world, sessionToken, body["selectedPageIds"])
