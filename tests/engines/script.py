"""All operations of the API and of the control API: what is asked for, what is refused, and what follows from it.

Each chapter has worlds of its own, and makes the same calls on every server.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote, urlencode

from tests.engines.play import Acting, Player

Chapter = Callable[[Player], None]
ACCOUNTS: Final = "/social-accounts"
UNKNOWN: Final = "00000000-0000-4000-8000-000000000000"
WHOLE_STATE: Final = "?requests=keep"


def walk(world: Acting, query: str) -> list[Any]:
    """All pages of a list."""
    rows, cursor = [], None
    while True:
        page = world.api("GET", f"{ACCOUNTS}?{query}{'' if cursor is None else f'&cursor={cursor}'}")
        rows += page["data"]
        cursor = page["next_cursor"]
        if cursor is None:
            return rows


def accounts(player: Player) -> None:
    """Listing, filters, cursors, one account, disconnecting."""
    world = player.world("reading")
    rows = walk(world, "limit=50")
    for name in ("platform", "tenant_id", "username", "network_unique_id", "id"):
        value = next(row[name] for row in rows if row[name] is not None)
        world.api("GET", f"{ACCOUNTS}?{urlencode({name: value, 'limit': 3})}")
    world.api("GET", f"{ACCOUNTS}?platform=x&tenant_id={quote(rows[0]['tenant_id'] or '')}")
    world.api("GET", f"{ACCOUNTS}?username=%00")
    world.api("GET", f"{ACCOUNTS}?tenant_id={quote('té ☃')}")
    for query in ("limit=0", "limit=101", "limit=x", "cursor=forged", "platform=none", "limit=1&limit=2", "unknown=1"):
        world.api("GET", f"{ACCOUNTS}?{query}")
    first = rows[0]["id"]
    world.api("GET", f"{ACCOUNTS}/{first}")
    world.api("HEAD", f"{ACCOUNTS}/{first}")
    world.api("GET", f"{ACCOUNTS}/{first.upper()}")
    for id in (UNKNOWN, "no-uuid", "%00"):
        world.api("GET", f"{ACCOUNTS}/{id}")
    world.api("DELETE", f"{ACCOUNTS}/{first}")
    world.api("DELETE", f"{ACCOUNTS}/{first}")
    world.api("GET", f"{ACCOUNTS}/{first}")
    walk(world, "limit=100")
    player.world("globex").api("GET", f"{ACCOUNTS}/{rows[1]['id']}")
    for suffix in ("_readonly", "_revoked", "_expired"):
        world.api("DELETE", f"{ACCOUNTS}/{rows[2]['id']}", key=f"sk_test_reading{suffix}")
    world.api("GET", f"{ACCOUNTS}/{rows[2]['id']}", key="sk_live_reading")
    world.keyless("GET", ACCOUNTS)
    world.api("GET", ACCOUNTS, key="nonsense")
    world.api("GET", "/health")
    world.keyless("GET", "/health")


def inspection(player: Player) -> None:
    """Metrics and health of accounts, and what platforms do."""
    world = player.world("inspecting")
    rows = walk(world, "limit=100")
    by_status = {row["status"]: row for row in rows}
    for row in [*by_status.values(), *rows[:3]]:
        world.api("GET", f"{ACCOUNTS}/{row['id']}/metrics")
        world.api("GET", f"{ACCOUNTS}/{row['id']}/metrics?since=2026-06-01T00:00:00Z")
        world.api("GET", f"{ACCOUNTS}/{row['id']}/health")
        world.mock("GET", f"/accounts/{row['id']}/answers")
    made = world.mock("POST", "/accounts", {"platform": "x", "username": "made", "behaviour": {"refresh": "fails"}})
    id = made["id"]
    world.mock(
        "POST", f"/accounts/{id}/snapshots", {"snapshots": [{"captured_at": "2026-06-01T06:00:00Z", "followers": 5}]}
    )
    world.mock("GET", f"/accounts/{id}/snapshots?limit=2")
    world.mock("PATCH", f"/accounts/{id}", {"token_expires_at": "2026-06-14T12:00:00Z", "display_name": None})
    world.api("GET", f"{ACCOUNTS}/{id}/health")
    world.mock("PATCH", f"/accounts/{id}", {"behaviour": {"refresh": "revoked", "platform": "unreachable"}})
    world.api("GET", f"{ACCOUNTS}/{id}/health")
    world.api("GET", f"{ACCOUNTS}/{id}/metrics?since=0&until=1")
    world.api("GET", f"{ACCOUNTS}/{id}/metrics?since=x")
    world.mock("PATCH", f"/accounts/{id}", {"id": UNKNOWN, "unknown": 1})
    world.mock("PATCH", f"/accounts/{UNKNOWN}", {"status": "active"})
    world.mock("DELETE", f"/accounts/{id}")
    world.mock("GET", f"/accounts/{id}")
    world.mock("POST", f"/accounts/{id}/restore")
    world.api("GET", f"{ACCOUNTS}/{id}")
    for query in ("q=made", "status=active&limit=2", "platform=x&deleted=true&limit=3", "limit=0", "q=%00"):
        world.mock("GET", f"/accounts?{query}")
    page = world.mock("GET", "/accounts?limit=40&deleted=true")
    world.mock("GET", f"/accounts?limit=200&deleted=true&cursor={page['next_cursor']}")


def connecting(player: Player) -> None:
    """Sessions, finalizing, and the hosted flow to its end."""
    world = player.world("connecting")
    token = world.mock("POST", "/sessions", {"network": "facebook", "pages": 3, "tenant_id": "tenant_9"})[
        "session_token"
    ]
    pages = world.keyless("GET", f"{ACCOUNTS}/pending/{token}")["availablePages"]
    finalize = f"{ACCOUNTS}/pending/{token}/finalize"
    for selected in ([], ["unknown"], "x", None):
        world.keyless("POST", finalize, {"selectedPageIds": selected})
    world.keyless("POST", finalize, {"selectedPageIds": [page["id"] for page in pages[:2]]})
    world.keyless("POST", finalize, {"selectedPageIds": [pages[0]["id"]]})
    world.keyless("GET", f"{ACCOUNTS}/pending/{token}")
    world.keyless("GET", f"{ACCOUNTS}/pending/%00")
    for number in range(3):
        world.mock("POST", "/sessions", {"network": "linkedin", "pages": 2, "expires_in": 60 * number})
    newest = world.mock("GET", "/sessions?limit=1")
    world.mock("GET", f"/sessions?limit=1&cursor={newest['next_cursor']}")
    world.mock("POST", "/sessions", {"network": "facebook", "pages": 1})
    expired = world.mock("GET", "/sessions")["data"][0]["session_token"]
    world.keyless("POST", f"{ACCOUNTS}/pending/{expired}/finalize", {"selectedPageIds": ["1"]})
    for platform, body in (
        ("facebook", {}),
        ("x", {"tenant_id": "t"}),
        ("nothing", {}),
        ("x", {"redirect_uri": "ftp://x"}),
    ):
        world.api("POST", f"/social-networks/{platform}/auth-url", body)
    _through_the_screen(world)


def _through_the_screen(world: Acting) -> None:
    body = {"redirect_uri": "http://127.0.0.1:3000/back", "tenant_id": "tenant_7"}
    for decision in ("approve", "deny", "nonsense"):
        link = world.api("POST", "/social-networks/facebook/auth-url", body)["auth_url"]
        path = "/" + link.partition("//")[2].partition("/")[2]
        player = world.player
        player.call(None, "GET", path)
        player.call(None, "GET", path, Accept="text/html")
        player.call(None, "GET", f"{path}&decision={decision}")
        player.call(None, "GET", f"{path}&decision={decision}")
    world.mock("GET", "/sessions?limit=1")
    walk(world, "limit=5&tenant_id=tenant_7")


def faults(player: Player) -> None:
    """Scripted faults with their counters, presets, and `Prefer`."""
    world = player.world("failing")
    made = [
        world.mock("POST", "/faults", body)
        for body in (
            {"operation": "listSocialAccounts", "effect": {"status": 429, "retry_after": 2}, "times": 2, "after": 1},
            {"operation": "getSocialAccount", "effect": {"status": 503}, "probability": 0.5},
            {"operation": "getSocialAccountHealth", "effect": {"corrupt": {"path": "/status", "how": "enum"}}},
            {"operation": "deleteSocialAccount", "effect": {"status": 504, "processed": True}, "times": 1},
            {"operation": "getServiceHealth", "effect": {"drop": "empty"}, "times": 1},
        )
    ]
    for _ in range(5):
        page = world.api("GET", f"{ACCOUNTS}?limit=1")
    id = world.api("GET", f"{ACCOUNTS}?limit=1")["data"][0]["id"]
    assert page
    for _ in range(12):
        world.api("GET", f"{ACCOUNTS}/{id}")
    world.api("GET", f"{ACCOUNTS}/{id}/health")
    world.api("DELETE", f"{ACCOUNTS}/{id}")
    world.api("DELETE", f"{ACCOUNTS}/{id}")
    player.dropped(world.key, "GET", "/api/v1/health")
    world.api("GET", "/health")
    world.mock("GET", "/faults")
    world.mock("GET", "/faults?limit=2")
    world.mock("DELETE", f"/faults/{made[1]['id']}")
    world.mock("DELETE", f"/faults/{made[1]['id']}")
    for preset in world.mock("GET", "/faults?presets=true&limit=100")["data"]:
        world.mock("POST", "/faults", preset["body"] | {"times": 1})
    for body in ({}, {"operation": "*"}, {"operation": "none", "effect": {"status": 503}}, {"effect": {"status": 200}}):
        world.mock("POST", "/faults", body)
    world.mock("DELETE", "/faults")
    for prefer in ("code=503", "code=418, delay=1", "delay=2", "code=200", "respond-async"):
        world.api("GET", f"{ACCOUNTS}?limit=1", Prefer=prefer)


def clock(player: Player) -> None:
    """Time of a world, and what it makes expire."""
    world = player.world("passing")
    world.mock("GET", "/clock")
    world.mock("GET", "/clock/upcoming")
    world.mock("POST", "/sessions", {"network": "facebook", "pages": 2, "expires_in": 60})
    world.mock("POST", "/clock/advance", {"seconds": 61})
    world.mock("GET", "/clock/upcoming")
    world.mock("PUT", "/clock", {"now": "2026-07-01T00:00:00Z", "frozen": True})
    for row in walk(world, "limit=100&platform=x")[:5]:
        world.api("GET", f"{ACCOUNTS}/{row['id']}/health")
        world.api("GET", f"{ACCOUNTS}/{row['id']}/metrics?since=2026-06-28T00:00:00Z")
    for body in ({}, {"now": "yesterday"}, {"seconds": 1}):
        world.mock("PUT", "/clock", body)
    world.mock("POST", "/clock/advance", {"seconds": -86400})
    world.mock("POST", "/clock/advance", {"seconds": 1e300})
    world.mock("POST", "/accounts", {"platform": "x"})


def resets(player: Player) -> None:
    """Reset, other descriptions, states that are saved and put back."""
    world = player.world("resetting")
    first = world.api("GET", f"{ACCOUNTS}?limit=2")
    world.mock("GET", "/world")
    world.api("DELETE", f"{ACCOUNTS}/{first['data'][0]['id']}")
    saved = world.mock("GET", "/state")
    world.mock("POST", "/reset", {"world": "empty", "seed": 5, "clock": "2027-01-01T00:00:00Z,frozen"})
    world.api("GET", ACCOUNTS)
    made = world.mock("POST", "/accounts", {"platform": "facebook"})
    world.mock("POST", "/reset", {"keep_world": True})
    world.api("GET", f"{ACCOUNTS}/{made['id']}")
    world.mock("PUT", "/state", saved)
    world.api("GET", f"{ACCOUNTS}?limit=2&cursor={first['next_cursor']}")
    world.mock("GET", "/state")
    for body in ({}, {**saved, "version": 99}, {**saved, "accounts": [saved["accounts"][0]] * 2}, {**saved, "more": 1}):
        world.mock("PUT", "/state", body)
    player.world("copied").mock("PUT", f"/state{WHOLE_STATE}", saved)
    player.world("copied").mock("GET", "/state")
    document = {"generate": {"facebook": 3, "x": 2}, "clock": "2026-06-14T12:10:00Z,frozen"}
    world.mock("POST", "/reset", {"world": document, "assume": {"list.disabled": "hidden"}})
    walk(world, "limit=100")
    for body in ({"world": "unknown"}, {"seed": 0.5}, {"assume": {"none": "x"}}, {"keep_world": True, "seed": 1}):
        world.mock("POST", "/reset", body)
    world.mock("GET", "/world")
    world.mock("POST", "/reset")
    world.api("GET", f"{ACCOUNTS}?limit=2")
    world.mock("GET", "/state")


def webhooks(player: Player) -> None:
    """Events, and their deliveries to inboxes of the server."""
    world = player.world("hooked")
    hooks = [
        {"url": "/_mock/inbox/hooked", "signing_secret": "whsec_hooked"},
        {"url": "/_mock/inbox/second", "events": ["account.disconnected"]},
    ]
    world.mock("PUT", "/webhooks", hooks)
    world.mock("GET", "/webhooks")
    id = world.api("GET", f"{ACCOUNTS}?limit=1")["data"][0]["id"]
    world.api("DELETE", f"{ACCOUNTS}/{id}")
    token = world.mock("POST", "/sessions", {"network": "facebook", "pages": 2})["session_token"]
    pages = world.keyless("GET", f"{ACCOUNTS}/pending/{token}")["availablePages"]
    selected = [page["id"] for page in pages]
    world.keyless("POST", f"{ACCOUNTS}/pending/{token}/finalize", {"selectedPageIds": selected})
    events = world.mock("GET", "/events")["data"]
    for query in ("limit=1", "event=account.connected", f"since={events[0]['id']}", "undelivered=true", "wait=x"):
        world.mock("GET", f"/events?{query}")
    world.mock("GET", f"/events/{events[0]['id']}")
    world.mock("POST", f"/events/{events[0]['id']}/redeliver")
    world.mock("POST", "/events", {"event": "account.reauth_required"})
    world.mock("POST", "/events", {"event": "account.disconnected", "account": id, "webhook": "/_mock/inbox/second"})
    for body in ({}, {"event": "none"}, {"event": "account.connected", "account": UNKNOWN}):
        world.mock("POST", "/events", body)
    for name in ("hooked", "second", "unused"):
        first = world.mock("GET", f"/inbox/{name}")
        if first["data"]:
            world.mock("GET", f"/inbox/{name}?since={first['data'][0]['id']}&limit=1")
    player.call(None, "POST", "/_mock/inbox/third", raw=b"\xff not JSON", Content_Type="text/plain")
    player.call(None, "POST", "/_mock/inbox/third", {"event": "x", "id": 1})
    world.mock("GET", "/inbox/third")
    world.mock("GET", "/inbox/third?event=x")
    world.mock("DELETE", "/inbox/third")
    world.mock("GET", "/inbox/third")
    world.mock("PUT", "/webhooks", hooks[:1])
    world.mock("POST", "/reset")
    world.mock("GET", "/inbox/hooked")
    world.mock("GET", "/events")
    wrong: tuple[object, ...] = ([{"url": "http://example.com/"}], [{}], {"data": 1}, hooks + hooks)
    for refused in wrong:
        world.mock("PUT", "/webhooks", refused)


def journal(player: Player) -> None:
    """What is remembered of calls, and what was met so far."""
    world = player.world("noted")
    world.api("GET", f"{ACCOUNTS}?limit=2")
    world.api("GET", f"{ACCOUNTS}/{UNKNOWN}")
    recorded = world.mock("GET", "/world")["requests"]["recorded"]
    world.api("POST", "/social-networks/x/auth-url", {"tenant_id": "secret"})
    world.api("GET", ACCOUNTS, key="sk_test_noted_revoked")
    world.api("GET", "/unknown")
    world.api("PUT", ACCOUNTS)
    world.api("GET", f"{ACCOUNTS}?limit=1", Prefer="code=503")
    entries = world.mock("GET", "/requests")["data"]
    world.mock("GET", f"/requests/{entries[0]['id']}")
    world.mock("GET", f"/requests/{UNKNOWN}")
    for query in (
        "status=4XX",
        "status=refused",
        "operation=getSocialAccount",
        "q=limit",
        f"since={entries[-1]['id']}",
    ):
        world.mock("GET", f"/requests?{query}")
    page = world.mock("GET", "/requests?limit=3&bodies=false")
    world.mock("GET", f"/requests?limit=3&cursor={page['next_cursor']}")
    world.mock("GET", f"/world?requests_since={recorded}")
    world.mock("PUT", "/requests/settings", {"bodies": False, "size": 2})
    world.mock("GET", "/requests/settings")
    for number in range(4):
        world.api("GET", f"{ACCOUNTS}?limit={number}")
    world.mock("GET", "/requests")
    state = world.mock("GET", "/state")
    world.mock("PUT", "/requests/settings", {"size": 5000})
    world.mock("DELETE", "/requests")
    world.mock("GET", "/requests")
    world.api("GET", "/health")
    world.mock("PUT", "/state?requests=restore", state)
    world.mock("GET", "/requests")
    unbuilt = player.world("unbuilt")
    unbuilt.api("GET", ACCOUNTS, key="sk_test_unbuilt_expired")
    unbuilt.mock("GET", "/requests")


def server(player: Player) -> None:
    """What belongs to the server: its worlds, coverage, the journal of all."""
    world = player.world("demo")
    world.mock("GET", "/health")
    world.mock("GET", "/worlds?limit=100")
    world.mock("GET", "/worlds?q=ing&limit=2")
    world.mock("GET", "/worlds?first=true")
    world.mock("GET", "/requests?all=true&limit=20&bodies=false")
    world.mock("GET", "/requests?all=true&status=5XX&limit=100")
    world.mock("GET", "/coverage")
    world.mock("DELETE", "/coverage")
    world.api("GET", f"{ACCOUNTS}?limit=1")
    world.mock("GET", "/coverage")
    world.mock("POST", "/reset?all=true")
    world.mock("GET", "/worlds?limit=100")
    world.mock("GET", "/requests?all=true")
    world.mock("GET", "/unknown")
    world.player.call(None, "GET", "/_mock/health")


def hostile(player: Player) -> None:
    """Requests that are refused before they reach a world, or just as they do."""
    world = player.world("odd")
    call = player.call
    for raw in (b"", b"{", b"[]", b'{"platform": "\\u0000"}', b'{"a":' * 100, b'{"username": "\\ud800"}', b"\xff"):
        call(world.key, "POST", "/_mock/accounts", raw=raw, Content_Type="application/json")
    call(world.key, "POST", "/_mock/accounts", raw=b"x=1", Content_Type="text/plain")
    call(world.key, "GET", "/api/v1/social-accounts", Accept="text/html")
    call(world.key, "DELETE", "/api/v1/social-accounts")
    call("sk_test_" + "x" * 300, "GET", "/api/v1/social-accounts?limit=1")
    call("sk_test_na me", "GET", "/api/v1/social-accounts")
    call(
        world.key,
        "OPTIONS",
        "/api/v1/social-accounts",
        Origin="http://localhost:3000",
        Access_Control_Request_Method="GET",
    )
    call(world.key, "POST", "/_mock/accounts", {"username": "a\u0000b", "tenant_id": "n\u0000l"})
    call(world.key, "POST", "/_mock/accounts", {"username": "ünïcode 名前 \U0001d538", "display_name": "x" * 5000})
    call(world.key, "GET", f"/api/v1/social-accounts?username={quote('ünïcode 名前 𝔸')}")
    call(world.key, "GET", f"/api/v1/social-accounts?username={quote('a') + '%00b'}")
    for path in ("accounts?q=%00", "events?webhook=%00", "events?q=%00", "inbox/%00", "events/%00", "requests/%00"):
        call(world.key, "GET", f"/_mock/{path}")
    for path in ("accounts/%00", "faults/%00"):
        call(world.key, "DELETE", f"/_mock/{path}")
    call(None, "GET", "/connect/facebook?state=%00")
    for cursor in ("%00", "MQ", "x" * 2000):
        for path in ("accounts", "sessions", "faults", "events", "requests", "worlds"):
            call(world.key, "GET", f"/_mock/{path}?limit=1&cursor={cursor}")


CHAPTERS: Final[tuple[Chapter, ...]] = (
    accounts,
    inspection,
    connecting,
    faults,
    clock,
    resets,
    webhooks,
    journal,
    hostile,
    server,
)


def limits(player: Player) -> None:
    """Rate limits, of a server that enforces them; its clock stands still, so that no window ends by itself."""
    world = player.world("limited")
    for _ in range(605):
        world.api("GET", f"{ACCOUNTS}?limit=1")
    world.api("GET", f"{ACCOUNTS}?limit=1", key="sk_live_limited")
    world.api("GET", f"{ACCOUNTS}?limit=1", key="sk_test_limited_readonly")
    world.mock("POST", "/clock/advance", {"seconds": 60})
    ids = [row["id"] for row in walk(world, "limit=100")[:25]]
    for id in ids:
        world.api("DELETE", f"{ACCOUNTS}/{id}")
    world.mock("POST", "/reset")
    world.api("DELETE", f"{ACCOUNTS}/{ids[-1]}")
    token = world.mock("POST", "/sessions", {"network": "facebook", "pages": 2})["session_token"]
    for _ in range(25):
        world.keyless("POST", f"{ACCOUNTS}/pending/{token}/finalize", {"selectedPageIds": []})
