"""Helpers for inboxes."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Mapping
from typing import Final, cast

import httpx
from tests.support.world import Json, World

SIGNATURE: Final = "X-PostFuze-Signature"
BODY: Final = b'{"event":"account.connected","n":1}'


def own(world: World) -> str:
    """The path of the inbox of the world's name."""
    return f"/_mock/inbox/{world.name}"


def inbox(world: World, name: str | None = None, query: str = "") -> list[Json]:
    """The entries of an inbox, by default of that of the world's name."""
    return cast(list[Json], world.control("GET", f"/inbox/{name or world.name}{query}")["data"])


def send(
    world: World, body: bytes = BODY, headers: Mapping[str, str] | None = None, name: str | None = None
) -> httpx.Response:
    """Send to an inbox as somebody else's webhook does: without a key."""
    return world.request("POST", f"/_mock/inbox/{name or world.name}", {**(headers or {})}, content=body)


def signed(body: bytes, key: str, at: float | None = None) -> str:
    """The signature as the documentation describes it, apart from the mock's own code."""
    at = int(time.time() if at is None else at)
    return f"t={at},v1={hmac.new(key.encode(), f'{at}.'.encode() + body, hashlib.sha256).hexdigest()}"


def verdict(world: World) -> Json:
    """The verdict on the last delivery."""
    return cast(Json, inbox(world)[-1]["signature"])
