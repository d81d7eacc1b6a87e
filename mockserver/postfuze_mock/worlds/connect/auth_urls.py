"""The URL that a customer's browser opens to approve a connection: issued here, and recognized when it is opened.

Its `state` is an opaque token: the key of a connect attempt in a world's log.
"""

from __future__ import annotations

from typing import Any, Final, cast

import orjson

from postfuze_fixtures.identity import number
from postfuze_fixtures.timestamps import iso, parse_iso
from postfuze_mock.domain import destinations
from postfuze_mock.domain.choices import DURATIONS
from postfuze_mock.problems import Problem
from postfuze_mock.records import Authorization
from postfuze_mock.worlds.registry import Worlds
from postfuze_mock.worlds.world import World

#: The log of connect attempts, and how many of them a world stores.
LOG: Final = "authorizations"
MAX_ATTEMPTS: Final = 10_000
#: Characters of a tenant's id; the schemas of states and of world files have the same number.
MAX_TENANT: Final = 16_384
AGAIN: Final = "Ask for a new auth_url, with POST /social-networks/{platform}/auth-url."
_COUNTER: Final = "authorization"


def url(world: World, platform: str, request: dict[str, Any]) -> str:
    """An authorization URL on this server. Raises the problem of a bad body for a `redirect_uri` that no browser may
    be sent to, and for a `tenant_id` that is too long to be stored."""
    _check_redirect(world, request)
    _check_tenant(world, request)
    lifetime = DURATIONS[world.choices.auth_url_lifetime]
    attempt: Authorization = {
        "count": world.store.next(_COUNTER),
        "platform": platform,
        "redirect_uri": request.get("redirect_uri"),
        "tenant_id": request.get("tenant_id"),
        "expires_at": iso(world.clock.now() + lifetime),
        "decided": False,
    }
    return f"{world.context.base_url}/connect/{platform}?state={store(world, attempt)}"


def attempt(worlds: Worlds, platform: str, state: str) -> tuple[World, Authorization]:
    """The connect attempt that `state` was issued for, and its world. Builds no world. Raises problems: 400 for a state
    that is unknown or for another platform, 410 for one that is expired or used."""
    world = worlds.existing(worlds.context.states.holder(state) or "")
    attempt = None if world is None else cast(Authorization | None, world.store.logged(LOG, state))
    if world is None or attempt is None:
        raise _invalid(
            "The state of this link is unknown: it was changed, or it is from before the server was started or its "
            "world was reset."
        )
    _check_again(world, attempt)
    if attempt["platform"] != platform:
        raise _invalid(f"This link is for {attempt['platform']}, not for {platform}.")
    if parse_iso(attempt["expires_at"]) <= world.clock.now():
        raise _gone(f"This link expired at {attempt['expires_at']}", rule="auth-url.lifetime")
    if attempt["decided"]:
        _refuse_reuse(world)
    return world, attempt


def decide(world: World, attempt: Authorization) -> None:
    """Mark a connect attempt as decided. Raises a 410 problem if it is decided already."""
    before, after = {**attempt, "decided": False}, {**attempt, "decided": True}
    if not world.store.replace_logged(LOG, _state(world, attempt), before, after):
        _refuse_reuse(world)


def store(world: World, attempt: Authorization) -> str:
    """Store a connect attempt and return its `state`."""
    state = _state(world, attempt)
    world.context.states.claim(state, world.name)
    oldest = world.store.append(LOG, state, attempt, MAX_ATTEMPTS)
    if oldest is not None:
        world.context.states.forget(oldest)
    return state


def to_list(world: World) -> list[Authorization]:
    """The connect attempts for a saved state."""
    return cast(list[Authorization], world.store.log(LOG))


def restore(world: World, documents: list[dict[str, Any]]) -> None:
    """Store the connect attempts of a saved world. Older files have no `decided`, but a counter for each
    decision."""
    counters = world.store.counters()
    decisions = {f"decision of authorization {document['count']}": document for document in documents}
    for counter, document in decisions.items():
        store(world, cast(Authorization, {**document, "decided": document.get("decided", counter in counters)}))
    world.store.set_counters({name: value for name, value in counters.items() if name not in decisions})


def _state(world: World, attempt: Authorization) -> str:
    """32 hexadecimal digits that follow from the attempt, so that a link from before a reset does not open a later
    attempt with the same count."""
    fields = orjson.dumps([attempt[name] for name in ("platform", "redirect_uri", "tenant_id", "expires_at")]).decode()
    return f"{number(world.seed, world.name, f'state {fields}', attempt['count']):032x}"


def _refuse_reuse(world: World) -> None:
    if world.choices.auth_url_reuse == "refused":
        raise _gone("This link has been used already", rule="auth-url.reuse")


def _gone(what: str, *, rule: str) -> Problem:
    return Problem(410, f"{what}. {AGAIN}", rule=rule, code="gone")


def _invalid(detail: str) -> Problem:
    return Problem(400, f"{detail} {AGAIN}", rule="connect.state", code="invalid_state")


def _check_again(world: World, attempt: Authorization) -> None:
    """Raises a 400 problem for a `redirect_uri` that is forbidden here: a state may come from another server."""
    try:
        _check_redirect(world, {"redirect_uri": attempt["redirect_uri"]})
    except Problem as problem:
        raise _invalid(f"The browser may not return from this link: {problem.detail}") from problem


def _check_redirect(world: World, request: dict[str, Any]) -> None:
    uri = request.get("redirect_uri")
    if uri is None:
        return
    try:
        destinations.check_redirect(uri, world.context.redirects, world.choices.auth_url_redirect_uri)
    except ValueError as error:
        raise _bad_body(world, "redirect_uri", str(error), rule="auth-url.redirect-uri") from error


def _check_tenant(world: World, request: dict[str, Any]) -> None:
    if len(request.get("tenant_id") or "") > MAX_TENANT:
        message = f"must have at most {MAX_TENANT} character(s)"
        raise _bad_body(world, "tenant_id", message, rule="errors.validation")


def _bad_body(world: World, member: str, message: str, *, rule: str) -> Problem:
    errors = [{"in": "body", "pointer": f"/{member}", "message": message}]
    status = int(world.choices.errors_validation_status)
    return Problem(status, f"body/{member} {message}.", rule=rule, code="validation_failed", errors=errors)
