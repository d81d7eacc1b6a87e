"""The URL that a customer's browser is sent to, to approve the connection."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import orjson

from postfuze_mock.worlds.world import World


def url(world: World, platform: str, request: dict[str, Any]) -> str:
    """An authorization URL on this server. Its `state`, sealed, holds the world, the redirect URI and the tenant."""
    count = world.store.next("authorization")
    state = {
        "world": world.name,
        "platform": platform,
        "redirect_uri": request.get("redirect_uri"),
        "tenant_id": request.get("tenant_id"),
        "count": count,
    }
    sealed = world.server.seal.seal(orjson.dumps(state).decode(), nonce=f"{world.name}:{count}")
    return f"{world.server.base_url}/connect/{platform}?state={quote(sealed)}"
