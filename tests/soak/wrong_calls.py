"""Calls that are wrong, and connections that break: each is refused in form, and changes nothing."""

from __future__ import annotations

from typing import Any, Final

from tests.soak.account_calls import ACCOUNTS
from tests.soak.model_world import UNROUTED, Call, ModelWorld
from tests.soak.requests import api, control, kind

LIST: Final = "listSocialAccounts"
AUTH_URL: Final = "/social-networks/x/auth-url"
#: (method, path, operation, status, options of the request).
INVALID: Final[tuple[tuple[str, str, str, int, dict[str, Any]], ...]] = (
    ("GET", f"{ACCOUNTS}?limit=0", LIST, 400, {}),
    ("GET", f"{ACCOUNTS}?limit=1e2&platform=myspace", LIST, 400, {}),
    ("GET", f"{ACCOUNTS}?cursor=e30.c2lnbmVk", LIST, 400, {}),
    ("GET", f"{ACCOUNTS}?id=%00%ff", LIST, 400, {}),
    ("GET", ACCOUNTS, LIST, 406, {"headers": {"Accept": "text/csv"}}),
    ("GET", f"{ACCOUNTS}/not-an-id", "getSocialAccount", 404, {}),
    ("POST", AUTH_URL, "createAuthUrl", 400, {"body": b'{"redirect_uri": '}),
    ("POST", AUTH_URL, "createAuthUrl", 400, {"body": b"[" * 50_000}),
    ("POST", AUTH_URL, "createAuthUrl", 415, {"body": b"{}", "headers": {"Content-Type": "text/plain"}}),
)
#: (method, path, operation, status, key).
REFUSED: Final = (
    ("GET", ACCOUNTS, LIST, 401, "sk_live_+_revoked"),
    ("GET", ACCOUNTS, LIST, 401, "sk_test_+_expired"),
    ("DELETE", f"{ACCOUNTS}/ffffffff-0000-4a9f-9b1c-2e7d6f0a1234", "deleteSocialAccount", 403, "sk_live_+_readonly"),
    ("GET", "/nothing/here", UNROUTED, 404, "sk_live_"),
    ("GET", "/posts", UNROUTED, 404, "sk_live_"),
    ("PUT", ACCOUNTS, UNROUTED, 405, "sk_live_"),
)
#: (method, path, body) that the control API refuses.
MISUSED: Final[tuple[tuple[str, str, Any], ...]] = (
    ("POST", "/clock/advance", {"seconds": "1"}),
    ("POST", "/clock/advance", {"seconds": 1e300}),
    ("PUT", "/clock", {"now": "yesterday"}),
    ("POST", "/accounts", {"platform": "myspace"}),
    ("POST", "/sessions", {"network": "x", "pages": 1}),
    ("POST", "/faults", {"operation": "*", "effect": {"status": 200}}),
    ("PUT", "/webhooks", [{"url": "http://elsewhere.example/"}]),
    ("PUT", "/state", {"version": 1}),
    ("POST", "/reset", {"world": {"accounts": [{"platform": "x", "status": 1}]}}),
    ("POST", "/reset", b"{" * 10_000),
)


@kind(5)
def invalid_call(world: ModelWorld) -> Call:
    method, path, operation, status, options = world.random.choice(INVALID)
    return Call(api(world, method, path, **options), lambda: (status, None), operation)


@kind(3)
def refused_call(world: ModelWorld) -> Call:
    method, path, operation, status, key = world.random.choice(REFUSED)
    return Call(api(world, method, path, key=key), lambda: (status, None), operation, counted=False)


@kind(2)
def misused_control(world: ModelWorld) -> Call:
    method, path, body = world.random.choice(MISUSED)
    return Call(control(world, method, path, body), lambda: (400, None))


@kind(0.5)
def body_too_large(world: ModelWorld) -> Call:
    """A body that is declared, refused, and never sent."""
    headers = {"Content-Type": "application/json", "Content-Length": str(1 << 30)}
    return Call(api(world, "POST", AUTH_URL, headers=headers), lambda: (413, None), "createAuthUrl", ends="after")


@kind(1)
def broken_connection(world: ModelWorld) -> Call | None:
    """A request that is cut somewhere, or whose answer nobody reads. Only reads, for the client cannot know which of
    them take place; while there are faults, not even these, for a fault counts them."""
    if world.faults.faults:
        return None
    data = api(world, "GET", ACCOUNTS, query={"limit": 100})
    cut = world.random.choice((len(data), len(data), world.random.randrange(1, len(data))))
    return Call(data[:cut], lambda: (0, None), LIST, counted=False, ends="before")
