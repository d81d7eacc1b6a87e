"""An invalid `state` is refused without a redirect or an effect."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import httpx
import pytest
from tests.mockserver.conftest import Serve
from tests.mockserver.consent.flow import HTML, REDIRECT, WAYS, Attempt, Way, start
from tests.support import schemas
from tests.support.servers import RunningMock
from tests.support.world import World

AGAIN = "Ask for a new auth_url, with POST /social-networks/{platform}/auth-url."
UNKNOWN = (
    "The state of this link is unknown: it was changed, or it is from before the server was started or its world was "
    f"reset. {AGAIN}"
)


def refused(attempt: Attempt, status: int, detail: str) -> None:
    """Opening and deciding are refused alike: clients get a problem document, browsers a page."""
    for response in (attempt.look(), attempt.decide("approve"), attempt.decide("deny")):
        assert (response.status_code, response.headers.get("location")) == (status, None)
        schemas.check_problem(status, response.headers, response.json())
        assert response.json()["detail"] == detail
    page = Attempt(attempt.url, attempt.way, HTML).look()
    assert (page.status_code, page.headers.get("location")) == (status, None)
    assert page.headers["content-type"].startswith("text/html")
    assert "http-equiv" not in page.text
    assert detail in page.text.replace("&#x27;", "'")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.assumption("auth-url.reuse", "refused")
@pytest.mark.parametrize("decision", ["approve", "deny", "expired", "error"])
def test_state_is_used_once(world: World, way: Way, decision: str) -> None:
    attempt = start(world, way=way)
    attempt.outcome(decision)
    before = world.state()

    refused(attempt, 410, f"This link has been used already. {AGAIN}")
    assert {**world.state(), "counters": {}} == {**before, "counters": {}}


def test_only_one_of_many_concurrent_decisions_succeeds(empty: World) -> None:
    attempt = start(empty)
    with ThreadPoolExecutor(8) as pool:
        statuses = [response.status_code for response in pool.map(lambda _: attempt.decide("approve"), range(16))]

    assert sorted(statuses) == [303, *[410] * 15]
    assert len(empty.walk()) == 1


@pytest.mark.parametrize("mode", ["live", "test"])
def test_each_mode_has_its_own_attempts_if_modes_are_separate(serve: Serve, name: str, mode: str) -> None:
    world = serve("--assume", "keys.modes=separate").world(name)
    keys = {"live": world.live_key, "test": world.key}
    url = world.auth_url_response(key=keys[mode]).json()["auth_url"]
    account = Attempt(url).decide("approve").json()["account_ids"]

    assert {kind: world.get_response(account, key).status_code for kind, key in keys.items()} == {
        kind: 200 if kind == mode else 404 for kind in keys
    }


def test_screen_can_be_opened_repeatedly(world: World) -> None:
    attempt = start(world)
    before = world.state()
    pages = {attempt.look().text for _ in range(3)}

    assert len(pages) == 1
    assert world.state() == before
    assert attempt.outcome()["status"] == "connected"


@pytest.mark.assumption("auth-url.lifetime", "60-minutes")
def test_state_expires(world: World) -> None:
    attempt = start(world)
    world.advance(seconds=3599)
    assert attempt.look().status_code == 200
    world.advance(seconds=1)

    refused(attempt, 410, f"This link expired at 2026-06-14T13:10:00.000Z. {AGAIN}")


@pytest.mark.parametrize(
    "start_anew", [lambda world: world.reset(), lambda world: world.reset(world="empty")], ids=["reset", "restart"]
)
def test_reset_ends_all_attempts(world: World, start_anew: Callable[[World], None]) -> None:
    attempt = start(world)
    start_anew(world)

    refused(attempt, 400, UNKNOWN)


def test_attempt_from_before_a_reset_is_not_confused_with_a_later_one(world: World) -> None:
    old = start(world, tenant_id="old")
    world.reset()
    new = start(world, tenant_id="new")

    refused(old, 400, UNKNOWN)
    assert new.outcome()["status"] == "connected"


def test_state_does_not_create_an_unused_world(serve: Serve, server: RunningMock, name: str) -> None:
    stranger = serve("--rate-limits")
    attempt = start(stranger.world(name))
    here = Attempt(attempt.url.replace(stranger.url, server.url))
    worlds = server.world("demo").control("GET", "/worlds")

    refused(here, 400, UNKNOWN)
    assert server.world("demo").control("GET", "/worlds") == worlds


def test_state_from_another_server_is_refused(serve: Serve, server: RunningMock, name: str) -> None:
    stranger = serve("--rate-limits")
    start(server.world(name))
    attempt = start(stranger.world(name), tenant_id="another")

    refused(Attempt(attempt.url.replace(stranger.url, server.url)), 400, UNKNOWN)


def test_state_of_one_platform_opens_no_other(world: World) -> None:
    attempt = start(world, "facebook")
    elsewhere = Attempt(attempt.url.replace("/connect/facebook", "/connect/x"))

    refused(elsewhere, 400, f"This link is for facebook, not for x. {AGAIN}")
    assert attempt.outcome()["status"] == "connected"


def test_changed_state_is_refused(world: World) -> None:
    attempt = start(world)
    state = attempt.state
    with httpx.Client() as client:
        for at, letter in enumerate(state):
            changed = state[:at] + ("B" if letter == "A" else "A") + state[at + 1 :]
            response = client.get(attempt.address, params={"state": changed, "decision": "approve"})
            assert (response.status_code, response.json()["detail"]) == (400, UNKNOWN), at
    assert attempt.outcome()["status"] == "connected"


def test_state_in_another_spelling_is_refused(world: World) -> None:
    attempt = start(world)
    state = attempt.state
    others = [
        state.upper(),
        f"{state}=",
        f" {state}",
        f"{state}\n",
        f"{state[:9]}!{state[9:]}",
        state[:-4],
        state + "0",
    ]

    for other in others:
        response = httpx.get(attempt.address, params={"state": other, "decision": "approve"})
        assert (response.status_code, response.json()["detail"]) == (400, UNKNOWN), other


@pytest.mark.parametrize(
    "query",
    [
        "",
        "state=",
        "state",
        "state=x",
        "state=%00",
        "state=%ff%fe",
        "state=é",
        "state=" + "A" * 5000,
        "state=....",
        "=&=&",
    ],
)
def test_malformed_state_is_refused(server: RunningMock, query: str) -> None:
    refused(Attempt(f"{server.url}/connect/x?state=x"), 400, UNKNOWN)
    response = httpx.get(f"{server.url}/connect/x?{query}&decision=approve")

    assert (response.status_code, response.json()["detail"]) == (400, UNKNOWN)


def test_state_does_not_reveal_the_attempt(world: World) -> None:
    states = [start(world, tenant_id="tenant").state for _ in range(3)]

    assert all(re.fullmatch("[0-9a-f]{32}", state) for state in states)
    for first, second in pairwise(states):
        assert sum(a == b for a, b in zip(first, second, strict=True)) < 12


def test_equal_servers_issue_equal_states(serve: Serve, server: RunningMock, name: str) -> None:
    assert start(serve("--rate-limits").world(name)).state == start(server.world(name)).state


@pytest.mark.parametrize("path", ["/connect/myspace", "/connect/x/", "/connect/", "/connect", "/connect/X"])
def test_unknown_platform_has_no_screen(server: RunningMock, path: str) -> None:
    assert server.request("GET", path, {}).status_code == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_not_allowed(world: World, method: str) -> None:
    attempt = start(world)

    assert world.request(method, attempt.url, {}).status_code == 405


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b'{"decision": "approve"}', "application/json", 415),
        (b"decision=approve", "text/plain", 415),
        (b"decision=approve", "", 415),
        (b"decision=" + b"a" * 70_000, "application/x-www-form-urlencoded", 413),
        (b"decision=\xff", "application/x-www-form-urlencoded", 400),
        (b"&".join([b"page=1"] * 9000), "application/x-www-form-urlencoded", 400),
    ],
)
def test_body_that_is_not_a_form_is_refused(world: World, content: bytes, media_type: str, status: int) -> None:
    attempt = start(world)
    response = world.request("POST", attempt.url, {"Content-Type": media_type} if media_type else {}, content=content)

    assert response.status_code == status
    assert attempt.outcome()["status"] == "connected"


def test_state_may_be_in_the_url_of_the_form(world: World) -> None:
    response = httpx.post(start(world).url, data={"decision": "deny"})

    assert response.headers["location"] == f"{REDIRECT}&status=error&error=access_denied"


def test_browser_gets_a_remedy(world: World) -> None:
    attempt = start(world, html=True)
    attempt.decide("deny")
    page = attempt.look()

    assert page.status_code == 410
    assert re.search(r"<h1>Gone</h1>", page.text)
    assert AGAIN in page.text


def test_saved_state_holds_the_attempts(world: World) -> None:
    used, pending = start(world), start(world)
    used.outcome("deny")
    saved = world.state()
    world.reset()
    world.control("PUT", "/state", saved)

    assert world.state() == saved
    refused(used, 410, f"This link has been used already. {AGAIN}")
    assert pending.outcome()["status"] == "connected"


def test_saved_state_of_an_older_version_holds_the_attempts(world: World) -> None:
    """It has no `decided`, but a counter for each decision."""
    used, pending = start(world), start(world)
    used.outcome("deny")
    state = world.state()
    for attempt in state["authorizations"]:
        if attempt.pop("decided"):
            state["counters"][f"decision of authorization {attempt['count']}"] = 1
    world.reset()
    world.control("PUT", "/state", state)

    refused(used, 410, f"This link has been used already. {AGAIN}")
    assert pending.outcome()["status"] == "connected"
    assert not [name for name in world.state()["counters"] if "decision" in name]


def test_saved_state_without_attempts_has_none(world: World) -> None:
    attempt = start(world)
    state = world.state()
    del state["authorizations"]
    world.control("PUT", "/state", state)

    refused(attempt, 400, UNKNOWN)
