"""Worlds that decide an assumption differently from the default."""

from __future__ import annotations

import pytest
from tests.mockserver.conftest import Serve
from tests.support.world import World

#: Alternatives that no test combines can share a server.
GROUPS: tuple[dict[str, str], ...] = (
    {
        "errors.validation-status": "422",
        "ids.malformed-filter": "empty-page",
        "limit.below-range": "clamped",
        "limit.above-range": "clamped",
        "platform.unknown-filter": "empty-page",
        "list.disabled": "hidden",
        "metrics.refused-token": "snapshot",
        "metrics.snapshot-time": "daily-0000",
        "metrics.window-echo": "verbatim",
        "metrics.inverted-window": "empty-data",
        "health.near-expiry": "5-minutes",
        "health.revoked-grant": "revoked",
        "delete.again": "200",
        "delete.unknown": "200",
        "pages.null": "left-out",
        "finalize.unknown-page": "400",
        "finalize.unknown-session": "401",
        "finalize.used-session": "409",
        "finalize.expired-session": "410",
        "finalize.nickname": "name",
        "finalize.deleted-account": "same-id",
        "sessions.lifetime": "10-minutes",
        "auth-url.scope": "accounts-write",
        "auth-url.redirect-uri": "any-host",
        "auth-url.null-body": "refused",
        "auth-url.lifetime": "10-minutes",
        "auth-url.reuse": "connects-again",
    },
    {
        "parameters.unknown": "refused",
        "parameters.repeated": "refused",
        "ids.malformed-path": "400",
        "deleted.inspection": "answered",
        "metrics.live-snapshot": "stored",
        "metrics.iso-forms": "rfc3339",
        "metrics.window-bounds": "until-exclusive",
        "metrics.open-bound": "omitted",
        "metrics.empty-series": "message",
        "metrics.inverted-window": "message",
        "health.near-expiry": "60-minutes",
        "health.recovery": "stays-flipped",
        "events.revoked-grant": "not-disconnected",
        "delete.again": "410",
        "finalize.unknown-page": "404",
        "finalize.unknown-session": "410",
        "finalize.used-session": "410",
        "finalize.duplicate-page": "refused",
        "finalize.standing-account": "refused",
        "sessions.lifetime": "60-minutes",
        "auth-url.unknown-platform": "404",
    },
    {
        "ids.malformed-path": "422",
        "limit.below-range": "default",
        "limit.above-range": "default",
        "filters.empty": "ignored",
        "list.end": "left-out",
        "fields.null": "left-out",
        "finalize.unknown-session": "400",
    },
    {
        "filters.empty": "refused",
        "finalize.unknown-page": "ignored",
        "finalize.wrong-type": "accepted",
        "finalize.unknown-session": "403",
        "auth-url.redirect-uri": "any-uri",
    },
    {"errors.listed": "never", "isolation.status": "403"},
    {
        "metrics.missing": "null",
        "metrics.series-raw": "empty",
        "metrics.unknown": "message",
        "metrics.window-bounds": "since-exclusive",
        "health.expired-token": "may-be-healthy",
        "health.unreachable": "probe-failed",
        "health.no-expiry": "not-healthy",
        "health.expiry-reread": "before",
    },
    {
        "metrics.window-bounds": "exclusive",
        "health.unrefreshable": "kept",
        "health.unreachable": "not-healthy",
    },
    {"limits.unkeyed-finalize": "uncounted", "limits.window-start": "aligned"},
)


def flags(id: str, alternative: str) -> list[str]:
    """The command line of a server with the alternative."""
    (group,) = [group for group in GROUPS if group.get(id) == alternative]
    return [*base(id), *(part for pair in group.items() for part in ("--assume", "=".join(pair)))]


def base(id: str) -> list[str]:
    """The flags without which the assumption has no effect."""
    return ["--rate-limits"] if id.startswith("limits.") else []


@pytest.fixture(params=["flag", "document"])
def assumed(request: pytest.FixtureRequest, serve: Serve, name: str) -> World:
    """A world with the alternative of the test's mark `assumption`: once by `--assume`, once by `assume:` in its
    document."""
    mark = request.node.get_closest_marker("assumption")
    assert mark is not None
    id, alternative = mark.args
    if request.param == "flag":
        return serve(*flags(id, alternative)).world(name)
    world = serve(*base(id)).world(name)
    world.reset(world={"assume": {id: alternative}})
    return world
