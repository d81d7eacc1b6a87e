"""Each decision on the consent screen and its outcome."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.mockserver.consent.flow import TENANT, WAYS, Way, start
from tests.support.world import World

either_way = pytest.mark.parametrize("way", WAYS)
ALL = ("x", "linkedin", "instagram", "tiktok", "youtube", "facebook", "threads", "bluesky", "pinterest",
       "google_business", "reddit")  # fmt: skip


@either_way
def test_one_page_is_connected_at_once(empty: World, way: Way) -> None:
    outcome = start(empty, way=way).outcome("approve")

    (account,) = empty.walk()
    assert outcome == {"status": "connected", "account_ids": account["id"]}
    assert (account["platform"], account["status"], account["account_type"]) == ("facebook", "active", "page")
    assert empty.state()["sessions"] == []


@pytest.mark.statement("connect.pending-redirect")
@either_way
def test_application_selects_among_several_pages(empty: World, way: Way) -> None:
    attempt = start(empty, way=way)
    outcome = attempt.outcome("approve", pages=4)

    assert list(outcome) == ["status", "session_token"]
    assert outcome["status"] == "pending"
    assert empty.walk() == []
    pending = empty.pending(outcome["session_token"])
    assert (pending["network"], len(pending["availablePages"])) == ("facebook", 4)
    connected = empty.finalize(outcome["session_token"], *(page["id"] for page in pending["availablePages"][1:3]))
    assert {each["id"] for each in empty.walk()} == {each["id"] for each in connected}


@either_way
def test_customer_chooses_which_pages(empty: World, way: Way) -> None:
    attempt = start(empty, way=way)
    first, _, third = attempt.ids()
    outcome = attempt.outcome("approve", page=["", third, first, third])

    assert [page["id"] for page in empty.pending(outcome["session_token"])["availablePages"]] == [third, first]


@either_way
def test_single_chosen_page_is_connected_at_once(empty: World, way: Way) -> None:
    attempt = start(empty, way=way)
    second = attempt.ids()[1]
    attempt.outcome("approve", page=["", second])

    assert [each["network_unique_id"] for each in empty.walk()] == [second]


@either_way
@pytest.mark.parametrize(
    ("decision", "more", "error"),
    [
        ("approve", {"pages": 0}, "no_accounts"),
        ("approve", {"page": ""}, "no_accounts"),
        ("deny", {}, "access_denied"),
        ("error", {}, "server_error"),
    ],
    ids=str,
)
def test_nothing_is_connected(world: World, way: Way, decision: str, more: dict[str, Any], error: str) -> None:
    before = world.state()
    outcome = start(world, way=way).outcome(decision, **more)

    assert outcome == {"status": "error", "error": error}
    after = world.state()
    for part in ("accounts", "sessions", "events"):
        assert after[part] == before[part]


@either_way
@pytest.mark.statement("connect.unknown-session")
def test_session_can_be_expired_when_the_browser_returns(world: World, way: Way) -> None:
    outcome = start(world, way=way).outcome("expired")

    assert outcome["status"] == "pending"
    assert world.pending_response(outcome["session_token"]).status_code == 404
    assert len(world.control("GET", "/sessions")["data"][0]["pages"]) == 2


@pytest.mark.parametrize("platform", ALL)
def test_each_platform_can_be_connected(empty: World, platform: str) -> None:
    start(empty, platform).outcome("approve")
    several = start(empty, platform).outcome("approve", pages=2)["session_token"]

    (account,) = empty.walk()
    assert account["platform"] == platform
    assert empty.health(account["id"])["healthy"] is True
    assert empty.pending(several)["network"] == platform


@pytest.mark.parametrize("pages", [1, 2])
def test_accounts_have_the_tenant(empty: World, pages: int) -> None:
    outcome = start(empty, tenant_id=TENANT).outcome("approve", pages=pages)
    if pages > 1:
        token = outcome["session_token"]
        empty.finalize(token, *(page["id"] for page in empty.pending(token)["availablePages"]))

    assert [each["tenant_id"] for each in empty.walk(tenant_id=TENANT)] == [TENANT] * pages


@pytest.mark.statement("events.connected")
def test_account_that_is_connected_at_once_fires_its_event_once(empty: World) -> None:
    outcome = start(empty).outcome("approve")

    (event,) = empty.events()
    assert (event["event"], event["data"]) == ("account.connected", empty.get(outcome["account_ids"]))


def test_connect_attempts_offer_different_pages(empty: World) -> None:
    for _ in range(3):
        start(empty).outcome("approve")
    session = empty.session("facebook", pages=2)

    ids = [each["network_unique_id"] for each in empty.walk()] + [page["id"] for page in session["pages"]]
    assert len(set(ids)) == 5


def test_equal_attempts_in_equal_worlds_have_equal_outcomes(empty: World) -> None:
    outcomes = []
    for _ in range(2):
        empty.reset(world="empty")
        one, several = start(empty), start(empty, "x", tenant_id=TENANT)
        outcomes.append((one.url, several.url, one.outcome(), several.outcome("approve", pages=5), empty.state()))

    assert outcomes[0] == outcomes[1]


@pytest.mark.parametrize(
    ("parameters", "detail"),
    [
        ({"decision": "maybe"}, "decision must be one of approve, deny, expired, error; it is 'maybe'."),
        ({"decision": ""}, "decision must be one of approve, deny, expired, error; it is ''."),
        ({"decision": "approve", "pages": "many"}, "pages must be a whole number from 0 to 500; it is 'many'."),
        ({"decision": "approve", "pages": "-1"}, "pages must be a whole number from 0 to 500; it is '-1'."),
        ({"decision": "approve", "pages": "501"}, "pages must be a whole number from 0 to 500; it is '501'."),
        ({"decision": "approve", "pages": "٣"}, "pages must be a whole number from 0 to 500; it is '٣'."),
        ({"decision": "approve", "pages": 2, "page": "1"}, "pages says how many, page says which: give one of them."),
        ({"decision": "approve", "page": "1"}, "page: 1 is neither on offer here nor the page of an account."),
        (
            {"decision": "expired", "pages": 1},
            "A session is made for several pages: decision=expired takes at least two.",
        ),
        ({"decision": "deny", "pages": "x"}, "pages must be a whole number from 0 to 500; it is 'x'."),
    ],
    ids=str,
)
@either_way
def test_invalid_decision_is_refused_and_nothing_is_decided(
    world: World, way: Way, parameters: dict[str, Any], detail: str
) -> None:
    attempt = start(world, way=way)
    before = world.state()
    response = attempt.decide(**parameters)

    assert (response.status_code, response.json()["detail"]) == (400, detail)
    assert world.state() == before
    assert attempt.outcome("deny")["error"] == "access_denied"


def test_form_without_a_decision_is_refused(world: World) -> None:
    response = start(world, way="form").decide(None)

    assert (response.status_code, response.json()["detail"]) == (400, "decision is required.")


def test_head_request_decides_nothing(world: World) -> None:
    attempt = start(world)
    assert httpx.head(f"{attempt.url}&decision=approve").status_code == 200

    assert attempt.outcome("deny")["error"] == "access_denied"


@pytest.mark.parametrize("html", [True, False])
@pytest.mark.parametrize(("decision", "pages"), [("approve", 1), ("approve", 2), ("deny", 0)])
def test_outcome_is_shown_without_a_redirect_uri(world: World, html: bool, decision: str, pages: int) -> None:
    response = start(world, html=html, redirect_uri=None).decide(decision, pages=pages)

    assert response.status_code == 200
    state = world.state()
    expected = {"connected": state["events"], "pending": state["sessions"], "error": ["access_denied"]}
    (status,) = [status for status, count in expected.items() if count and status in response.text]
    if html:
        assert response.headers["content-type"].startswith("text/html")
    else:
        assert response.json()["status"] == status
