"""Helpers for a world's webhooks and events."""

from __future__ import annotations

from typing import Any, Final, cast

from tests.support.times import until
from tests.support.world import Json, World

#: A URL without a listener.
URL: Final = "http://127.0.0.1:9/hook"
ALL: Final = ["account.connected", "account.disconnected", "account.token_expired", "account.reauth_required"]


def put(world: World, body: Any) -> list[Json]:
    """Replace the list of webhooks; returns the new list."""
    return cast(list[Json], world.control("PUT", "/webhooks", body)["data"])


def webhooks(world: World) -> list[Json]:
    return cast(list[Json], world.control("GET", "/webhooks")["data"])


def hook(world: World, *urls: str, **fields: Any) -> list[Json]:
    """Send the world's events to these URLs; returns the webhooks."""
    return put(world, [{"url": url, **fields} for url in urls])


def secret(world: World, url: str) -> str:
    """Send the world's events to this URL; returns the generated secret."""
    return cast(str, hook(world, url)[0]["signing_secret"])


def disconnect_one(world: World, **fields: Any) -> Json:
    """Disconnect an account; returns the event."""
    world.delete(world.make(**fields)["id"])
    return events(world)[-1]


def events(world: World, query: str = "") -> list[Json]:
    return cast(list[Json], world.control("GET", f"/events{query}")["data"])


def deliveries(world: World, at: int = -1) -> list[Json]:
    """The deliveries of one event, by default of the last."""
    return cast(list[Json], events(world)[at]["deliveries"])


def settled(world: World, *statuses: str, at: int = -1) -> list[Json]:
    """Wait until the deliveries of one event have these states; returns them."""
    until(
        lambda: [each["status"] for each in deliveries(world, at)] == list(statuses),
        f"{statuses}; it is {deliveries(world, at)}",
    )
    return deliveries(world, at)
