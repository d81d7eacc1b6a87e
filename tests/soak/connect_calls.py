"""Calls of the connect flow: sessions, their pages, finalizing once."""

from __future__ import annotations

from typing import Any, Final

from tests.mockserver.model.organization import Offer
from tests.soak.account_calls import NOT_FOUND
from tests.soak.model_world import Call, Expected, ModelWorld, same
from tests.soak.requests import api, control, kind

from postfuze_fixtures.timestamps import MINUTE_MS, iso

LIFETIME: Final = 15 * MINUTE_MS
PENDING: Final = "/social-accounts/pending"
NEVER_ISSUED: Final = "there-is-none"


@kind(5)
def create_session(world: ModelWorld) -> Call:
    random = world.random
    network, pages, tenant_id = random.choice(list(world.networks)), random.randrange(2, 5), random.choice((None, "t"))

    def check(session: Any) -> None:
        now, token = world.organization.now, session["session_token"]
        same("the session's expiry", session["expires_at"], iso(now + LIFETIME))
        same("how many pages it has", len(session["pages"]), pages)
        same("that its token is new", token in world.organization.offers or token in world.used, False)
        world.organization.offers[token] = Offer(network, tenant_id, now + LIFETIME, session["pages"])

    body = {"network": network, "pages": pages, "tenant_id": tenant_id}
    return Call(control(world, "POST", "/sessions", body), lambda: (201, check))


@kind(1)
def list_sessions(world: ModelWorld) -> Call:
    def check(body: Any) -> None:
        tokens = list(world.organization.offers)[-len(body["data"]) :]
        same("the newest sessions", [session["session_token"] for session in body["data"]], tokens)
        same("that there are sessions", bool(body["data"]), bool(world.organization.offers))

    return Call(control(world, "GET", "/sessions"), lambda: (200, check))


def _token(world: ModelWorld) -> str | None:
    """The token of a session, sometimes of one that was used."""
    random = world.random
    if world.used and random.random() < 0.1:
        return random.choice(world.used)
    tokens = list(world.organization.offers)[-5:]
    return random.choice(tokens) if tokens else None


@kind(4)
def list_pending_pages(world: ModelWorld) -> Call | None:
    token = _token(world)
    if token is None:
        return None

    def expect() -> Expected:
        offer = world.organization.offer(token)
        return NOT_FOUND if offer is None else (200, {"network": offer.network, "availablePages": offer.pages})

    return Call(api(world, "GET", f"{PENDING}/{token}", key=None), expect, "listPendingPages")


@kind(5)
def finalize(world: ModelWorld) -> Call | None:
    token = _token(world)
    if token is None:
        return None
    offer = world.organization.offers.get(token)
    ids = [page["id"] for page in offer.pages] if offer else ["101"]
    selection = world.random.choices([*ids, *ids, "999"], k=world.random.randrange(1, 4))

    def expect() -> Expected:
        if world.organization.offer(token) is None:
            return NOT_FOUND
        if not set(selection) <= set(ids):
            return 422, None
        return 200, lambda body: _connect(world, token, selection, body["connectedAccounts"])

    body = {"selectedPageIds": selection}
    return Call(api(world, "POST", f"{PENDING}/{token}/finalize", body, key=None), expect, "finalizeConnection")


def _connect(world: ModelWorld, token: str, selection: list[str], connected: list[dict[str, Any]]) -> None:
    world.organization.finalize(token, selection, connected)
    world.used.append(token)
    for account in connected:
        model = world.organization.accounts[account["id"]]
        model.fields = {**model.fields, "social_network_id": world.networks[model.fields["platform"]]}


@kind(1)
def finalize_nothing(world: ModelWorld) -> Call:
    """A body that selects nothing. The session belongs to no world, so no fault hits it, and no journal has it."""
    bodies: tuple[Any, ...] = ({"selectedPageIds": []}, {}, {"selectedPageIds": [1]}, [])
    data = api(world, "POST", f"{PENDING}/{NEVER_ISSUED}/finalize", world.random.choice(bodies), key=None)
    return Call(data, lambda: (400, None), "finalizeConnection", counted=False, recorded=False)


@kind(1)
def create_auth_url(world: ModelWorld) -> Call:
    def check(body: Any) -> None:
        same("that the URL is the mock's", "/connect/facebook?state=" in body["auth_url"], True)

    return Call(api(world, "POST", "/social-networks/facebook/auth-url", {}), lambda: (200, check), "createAuthUrl")
