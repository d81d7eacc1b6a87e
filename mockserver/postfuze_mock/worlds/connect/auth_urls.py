"""The URL that a customer's browser is sent to, to approve the connection: given out, and recognized again."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

import orjson

from postfuze_fixtures.timestamps import iso, parse_iso
from postfuze_mock.domain import redirects
from postfuze_mock.domain.choices import in_milliseconds
from postfuze_mock.problems import Problem
from postfuze_mock.records import Authorization
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.world import World

#: The log of all that were started, and of which of them have come to a decision.
LOG: Final = "authorizations"
#: So many are known, the last ones.
KEPT: Final = 10_000
AGAIN: Final = "Ask for a new auth_url, with POST /social-networks/{platform}/auth-url."


def url(world: World, platform: str, request: dict[str, Any]) -> str:
    """An authorization URL on this server. Its `state`, sealed, holds the world, the redirect URI and the tenant.
    Raises the problem of a bad body for a redirect URI that no browser may be sent to."""
    _check_redirect(world, request)
    lifetime = in_milliseconds(world.choices.auth_url_lifetime)
    started: Authorization = {
        "count": world.store.next("authorization"),
        "platform": platform,
        "redirect_uri": request.get("redirect_uri"),
        "tenant_id": request.get("tenant_id"),
        "expires_at": iso(world.clock.now() + lifetime),
    }
    keep(world, started)
    sealed = world.server.seal.seal(orjson.dumps({"world": world.name, **started}).decode())
    return f"{world.server.base_url}/connect/{platform}?state={quote(sealed)}"


def opened(worlds: Worlds, platform: str, state: str) -> tuple[World, Authorization]:
    """The world and the connect attempt that `state` was given out for. Makes no world. Raises problems: 400 for a
    state that this server did not give out for this platform, 410 for one that has had its day."""
    name, started = _unsealed(worlds, state)
    world = worlds.standing(name)
    # The seal follows from the seed, which is no secret, so it proves little: what was written down was given out.
    if world is None or world.store.logged(LOG, _key(started)) != started:
        raise _gone("This link is from before the server was started or its world was reset", rule="connect.state")
    if started["platform"] != platform:
        raise _invalid(f"This link is for {started['platform']}, not for {platform}.")
    if parse_iso(started["expires_at"]) <= world.clock.now():
        raise _gone(f"This link expired at {started['expires_at']}", rule="auth-url.lifetime")
    if _counter(started) in world.store.counters() and world.choices.auth_url_reuse == "refused":
        raise _used()
    return world, started


def keep(world: World, started: Authorization) -> None:
    """Know a connect attempt that was started."""
    world.store.append(LOG, _key(started), started, KEPT)


def _key(started: Authorization) -> str:
    return str(started.get("count"))


def _unsealed(worlds: Worlds, state: str) -> tuple[str, Authorization]:
    try:
        given = orjson.loads(worlds.server.seal.open(state))
        return str(given.pop("world")), given
    except (ValueError, LookupError, AttributeError, TypeError):
        raise _invalid("The state of this link is not one that this server gave out, or it was changed.") from None


def use(world: World, started: Authorization) -> None:
    """Take the one decision that a connect attempt comes to. Raises a 410 problem where it has come to one."""
    if world.store.next(_counter(started)) > 1 and world.choices.auth_url_reuse == "refused":
        raise _used()


def _used() -> Problem:
    return _gone("This link has been used already", rule="auth-url.reuse")


def _gone(what: str, *, rule: str) -> Problem:
    return Problem(410, f"{what}. {AGAIN}", rule=rule, code="gone")


def _invalid(detail: str) -> Problem:
    return Problem(400, f"{detail} {AGAIN}", rule="connect.state", code="invalid_state")


def _counter(started: Authorization) -> str:
    return f"decision of authorization {started['count']}"


def _check_redirect(world: World, request: dict[str, Any]) -> None:
    uri = request.get("redirect_uri")
    if uri is None:
        return
    try:
        redirects.check(uri, world.server.redirects, world.choices.auth_url_redirect_uri)
    except ValueError as error:
        errors = [{"in": "body", "pointer": "/redirect_uri", "message": str(error)}]
        detail, status = f"body/redirect_uri {error}.", int(world.choices.errors_validation_status)
        rule = "auth-url.redirect-uri"
        raise Problem(status, detail, rule=rule, code="validation_failed", errors=errors) from error
