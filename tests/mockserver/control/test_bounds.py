"""The control API: how much a world can hold."""

from __future__ import annotations

import json
from typing import Any, Final

import httpx
import pytest
from tests.mockserver.consent.flow import start as start_attempt
from tests.support.times import later
from tests.support.world import Json, World

from postfuze_fixtures.world_checks import SCHEMA_FILE
from postfuze_mock.app import make_worlds
from postfuze_mock.control import spec as control_spec
from postfuze_mock.domain import snapshots, webhooks
from postfuze_mock.settings import Settings
from postfuze_mock.spec import load
from postfuze_mock.worlds.connect import auth_urls, sessions
from postfuze_mock.worlds.webhooks import outbox

SCHEMAS: Final[dict[str, Any]] = control_spec.load(load())["components"]["schemas"]
WORLD_FILE: Final[dict[str, Any]] = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))["definitions"]
STATE: Final[dict[str, Any]] = SCHEMAS["State"]["properties"]
ID: Final = "a1b2c3d4-1111-4a9f-9b1c-2e7d6f0a1234"


@pytest.mark.parametrize(
    ("schema", "bound"),
    [
        (STATE["sessions"], sessions.MAX_PENDING),
        (STATE["authorizations"], auth_urls.MAX_ATTEMPTS),
        (STATE["events"], outbox.MAX_EVENTS),
        (STATE["webhooks"], outbox.MAX_DELIVERIES),
        (SCHEMAS["Event"]["properties"]["deliveries"], outbox.MAX_DELIVERIES),
        (SCHEMAS["Delivery"]["properties"]["attempts"], webhooks.MAX_ATTEMPTS),
        (SCHEMAS["Hidden"]["properties"]["snapshots"], snapshots.MAX_POSTED),
        (WORLD_FILE["account"]["properties"]["snapshots"], snapshots.MAX_POSTED),
        (WORLD_FILE["world"]["properties"]["sessions"], sessions.MAX_PENDING),
    ],
)
def test_bounds_equal_those_of_the_schemas(schema: Json, bound: int) -> None:
    """So a saved world can be restored."""
    assert schema["maxItems"] == bound


def fill(world: World, *, expired: int = 0) -> list[Json]:
    """Fill the world with sessions, of which some have expired. Returns them."""
    pages = world.session()["pages"]
    session = {"network": "facebook", "tenant_id": None, "pages": pages}
    full: list[Json] = [
        {
            **session,
            "session_token": f"{world.name}-{number}",
            "expires_at": later(seconds=-1 if number < expired else 1),
        }
        for number in range(sessions.MAX_PENDING)
    ]
    world.control("PUT", "/state", {**world.state(), "sessions": full})
    return full


def create(world: World) -> httpx.Response:
    return world.control_response("POST", "/sessions", {"network": "facebook", "pages": 2})


def test_session_too_many_is_refused_with_the_bound_and_a_remedy(empty: World) -> None:
    full = fill(empty)
    before = empty.state()
    response = create(empty)

    assert (response.status_code, response.json()["code"]) == (409, "conflict")
    assert "10000 pending sessions" in response.json()["detail"]
    assert "POST /_mock/clock/advance" in response.json()["detail"]
    assert empty.state() == before
    empty.finalize(full[0]["session_token"], full[0]["pages"][0]["id"])
    assert create(empty).status_code == 201


def test_expired_sessions_make_room(empty: World) -> None:
    full = fill(empty, expired=3)
    (gone, new) = (empty.pending_response(full[0]["session_token"]), create(empty))
    tokens = [session["session_token"] for session in empty.state()["sessions"]]

    assert (gone.status_code, new.status_code) == (404, 201)
    assert tokens == [each["session_token"] for each in full[3:]] + [new.json()["session_token"]]
    assert empty.pending_response(full[0]["session_token"]).status_code == 404


def test_approval_that_would_make_a_session_too_many_decides_nothing(empty: World) -> None:
    fill(empty)
    attempt = start_attempt(empty)
    refused = attempt.decide("approve", pages=2)
    empty.advance(seconds=2)

    assert refused.status_code == 409
    assert "10000 pending sessions" in refused.json()["detail"]
    assert attempt.outcome("approve", pages=2)["status"] == "pending"


def test_tokens_of_past_sessions_are_forgotten_in_time() -> None:
    """A server that connects accounts all day does not grow."""
    worlds = make_worlds(Settings(world="empty"))
    world = worlds.world("acme")
    for number in range(sessions.MAX_PAST + 1):
        world.context.tokens.claim(f"token-{number}", world.name)
        sessions.remember(world, f"token-{number}")

    assert worlds.of_session("token-0") is None
    assert worlds.of_session("token-1") is world


def days(first: int, count: int, **fields: Any) -> list[Json]:
    return [{"captured_at": later(days=first + number), "followers": 1, **fields} for number in range(count)]


def post(world: World, snapshots: list[Json]) -> httpx.Response:
    return world.control_response("POST", f"/accounts/{ID}/snapshots", {"snapshots": snapshots})


def test_one_call_stores_at_most_a_thousand_snapshots(empty: World) -> None:
    empty.make(id=ID)
    stored, refused = post(empty, days(0, 1000)), post(empty, days(0, 1001))

    assert (stored.status_code, len(stored.json()["data"])) == (201, 1000)
    assert refused.status_code == 400
    assert refused.json()["errors"] == [
        {"in": "body", "pointer": "/snapshots", "message": "must have at most 1000 item(s)"}
    ]


def test_account_has_a_bounded_number_of_snapshots(empty: World) -> None:
    empty.make(id=ID)
    for first, count in ((0, 1000), (1000, 1000), (2000, 1000), (3000, 650)):
        assert post(empty, days(first, count)).status_code == 201
    before = empty.record(ID)
    refused = post(empty, days(3649, 2))

    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert "3650 posted snapshots" in refused.json()["detail"]
    assert empty.record(ID) == before
    assert post(empty, days(3649, 1, reach=1)).status_code == 201  # replaces one
    assert len(empty.series(ID)) == 3650


def test_snapshots_of_an_account_are_bounded_in_size(empty: World) -> None:
    empty.make(id=ID)
    large = {"text": "x" * 1_000_000}
    statuses = [post(empty, days(number, 1, raw=large)).status_code for number in range(5)]

    assert statuses == [201, 201, 201, 201, 409]
    assert len(empty.record(ID)["hidden"]["snapshots"]) == 4


def test_oldest_snapshot_makes_room_for_a_live_one() -> None:
    stored = [{"captured_at": later(days=number)} for number in range(snapshots.MAX_POSTED + 1)]
    hidden = {"snapshots": stored[:-1]}

    assert snapshots.with_snapshot(hidden, stored[-1])["snapshots"] == stored[1:]
    assert snapshots.with_snapshot(hidden, stored[5])["snapshots"] == [*stored[:5], *stored[6:-1], stored[5]]
