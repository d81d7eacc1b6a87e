"""The control API: reset."""

from __future__ import annotations

from typing import Any, Final

import pytest
from tests.mockserver.conftest import Serve
from tests.support.servers import RunningMock
from tests.support.times import NOW, later
from tests.support.world import Json, World


def test_reset_responds_with_204_without_a_body(world: World) -> None:
    response = world.control_response("POST", "/reset")

    assert (response.status_code, response.content) == (204, b"")


@pytest.mark.parametrize("body", [None, {}], ids=str)
def test_reset_restores_initial_data_and_clock(world: World, body: Any) -> None:
    before = world.walk()
    world.advance(days=3)
    world.delete(before[0]["id"])
    assert world.control_response("POST", "/reset", body).status_code == 204

    assert world.walk() == before
    assert world.now() == NOW


def test_earlier_session_tokens_are_invalid_after_a_reset(world: World) -> None:
    token = world.session()["session_token"]
    world.reset()

    assert world.pending_response(token).status_code == 404


def test_earlier_cursor_works_after_a_reset(world: World) -> None:
    first = world.page()
    world.reset()

    assert world.page(cursor=first["next_cursor"])["data"] == world.walk()[25:50]


@pytest.mark.parametrize("name", ["empty", "demo"])
def test_reset_can_use_a_shipped_world(world: World, name: str) -> None:
    world.reset(world=name)

    assert len(world.walk()) == {"empty": 0, "demo": 120}[name]


def test_reset_can_use_an_inline_document(world: World) -> None:
    world.reset(
        world={
            "clock": "2026-01-01T00:00:00.000Z,frozen",
            "generate": {"x": 2},
            "accounts": [{"platform": "reddit", "username": "mine", "behaviour": {"platform": "unreachable"}}],
            "sessions": [{"token": f"token-{world.name}", "network": "facebook", "pages": 3}],
        }
    )

    assert world.now() == "2026-01-01T00:00:00.000Z"
    assert sorted(account["platform"] for account in world.walk()) == ["reddit", "x", "x"]
    (mine,) = world.walk(username="mine")
    assert "message" in world.metrics(mine["id"])
    assert len(world.pending(f"token-{world.name}")["availablePages"]) == 3


def test_account_of_the_file_may_have_the_id_of_a_generated_one(world: World) -> None:
    world.reset(world={"generate": {"x": 3}})
    before = world.walk()
    world.reset(world={"generate": {"x": 3}, "accounts": [{"id": before[0]["id"], "username": "mine"}, {}]})
    after = world.walk()

    assert world.get(before[0]["id"])["username"] == "mine"
    assert len({account["id"] for account in after}) == 5
    assert {account["id"] for account in before} < {account["id"] for account in after}


def test_reset_with_another_seed_makes_other_data(world: World) -> None:
    before = world.walk()
    world.reset(seed=2)
    after = world.walk()

    assert len(after) == len(before)
    assert not {each["id"] for each in after} & {each["id"] for each in before}
    world.reset(seed=1)
    assert world.walk() == before


def test_reset_of_all_reaches_every_world(serve: Serve, name: str) -> None:
    server = serve("--seed", "7")
    worlds = [server.world(f"{name}-{number}") for number in range(3)]
    before = [world.state() for world in worlds]
    for world in worlds:
        world.delete(world.page()["data"][0]["id"])
        world.advance(minutes=1)
    worlds[0].control("POST", "/reset?all=true")

    assert [world.state() for world in worlds] == before


OVERRIDES: Final[dict[str, Json]] = {
    "world": {"world": {"generate": {"x": 2}, "clock": "2026-01-01T00:00:00.000Z,frozen", "seed": 3}},
    "seed": {"seed": 2},
    "assumption": {"assume": {"limit.above-range": "clamped"}},
    "clock": {"clock": "2026-01-01T00:00:00Z,frozen"},
    "all": {
        "world": "empty",
        "seed": 2,
        "assume": {"limit.above-range": "clamped"},
        "clock": "2026-01-01T00:00:00Z,frozen",
    },
}
every_override = pytest.mark.parametrize("override", OVERRIDES.values(), ids=OVERRIDES)


@every_override
@pytest.mark.parametrize("body", [None, {}, {"keep_world": False}], ids=str)
def test_reset_goes_back_to_how_the_server_started_the_world(world: World, override: Json, body: Any) -> None:
    before = world.state()
    world.reset(**override)
    assert world.state() != before
    world.advance(days=1)
    world.control("POST", "/reset", body)

    assert world.state() == before


@every_override
def test_reset_of_all_goes_back_to_how_the_server_started_them(serve: Serve, name: str, override: Json) -> None:
    server = serve("--seed", "7")
    world, other = server.world(name), server.world(f"{name}-other")
    before = world.state()
    world.reset(**override)
    other.control("POST", "/reset?all=true")

    assert world.state() == before


@every_override
def test_end_of_a_clients_block_goes_back_to_how_the_server_started_the_world(
    server: RunningMock, world: World, override: Json
) -> None:
    before = world.state()
    with server.client(world.name) as client:
        client.reset(**override)

    assert world.state() == before


@every_override
def test_reset_can_keep_the_world_that_an_earlier_one_chose(world: World, override: Json) -> None:
    world.reset(**override)
    chosen = world.state()
    world.make()
    world.advance(days=1)
    world.reset(keep_world=True)
    assert world.state() == chosen
    world.reset(keep_world=True)

    assert world.state() == chosen


def test_nothing_is_kept_where_nothing_was_chosen(world: World) -> None:
    before = world.state()
    world.make()
    world.reset(keep_world=True)

    assert world.state() == before


@every_override
def test_reset_to_something_else_begins_with_how_the_server_started_the_world(world: World, override: Json) -> None:
    """So a test that asks for a seed gets the same world, whatever tests before it asked for."""
    world.reset(seed=9)
    expected = world.state()
    world.reset(**override)
    world.reset(seed=9)

    assert world.state() == expected


def test_reset_with_a_clock_generates_times_before_it(world: World) -> None:
    world.reset(clock="2020-01-01T00:00:00Z,frozen")

    assert world.now() == "2020-01-01T00:00:00.000Z"
    assert max(account["created_at"] for account in world.walk()) < "2020-01-01"


@pytest.mark.parametrize("clock", ["2020-01-01T00:00:00Z,frzen", "tomorrow", ""])
def test_invalid_clock_is_refused(world: World, clock: str) -> None:
    before = world.state()
    response = world.control_response("POST", "/reset", {"clock": clock})

    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (400, "/clock")
    assert world.state() == before


def test_reset_with_an_assumption_plays_it(world: World) -> None:
    assert world.list_response({"limit": 1000}).status_code == 400
    world.reset(assume={"limit.above-range": "clamped"})

    assert len(world.page(limit=1000)["data"]) == 100
    assert world.state()["assume"] == {"limit.above-range": "clamped"}


def test_assumption_of_the_reset_wins_over_that_of_the_description(world: World) -> None:
    document = {"generate": 0, "assume": {"limit.above-range": "clamped", "list.disabled": "hidden"}}
    world.reset(world=document, assume={"limit.above-range": "refused"})

    assert world.state()["assume"] == {"list.disabled": "hidden"}


@pytest.mark.parametrize("other", OVERRIDES.values(), ids=OVERRIDES)
def test_keeping_a_world_and_choosing_one_is_refused(world: World, other: Json) -> None:
    before = world.state()
    response = world.control_response("POST", "/reset", {**other, "keep_world": True})

    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == "/keep_world"
    assert f"leave out {next(iter(other))}" in response.json()["detail"]
    assert world.state() == before


def test_reset_with_all_false_reaches_one_world(world: World, other: World) -> None:
    account = other.make()
    world.control("POST", "/reset?all=false")

    assert other.get(account["id"]) == account


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"world": "emty"}, "/world"),
        ({"world": ""}, "/world"),
        ({"world": "../empty"}, "/world"),
        ({"world": "/etc/passwd"}, "/world"),
        ({"world": 1}, "/world"),
        ({"world": None}, "/world"),
        ({"world": []}, "/world"),
        ({"world": {"generate": -1}}, "/world/generate"),
        ({"world": {"generate": {"myspace": 1}}}, "/world/generate"),
        ({"world": {"accounts": [{}, {"platform": "myspace"}]}}, "/world/accounts/1/platform"),
        ({"world": {"clock": "yesterday"}}, "/world/clock"),
        ({"world": {"assume": {"list.disabled": "maybe"}}}, "/world/assume"),
        ({"world": {"assume": {"no.such": "x"}}}, "/world/assume"),
        ({"world": {"sessions": [{"network": "x", "pages": 1}]}}, "/world/sessions/0/pages"),
        ({"world": {"unknown": 1}}, "/world"),
        ({"world": {"accounts": [{"metrics": {"followers": -1}}]}}, "/world/accounts/0/metrics/followers"),
        ({"world": {"accounts": [{"profile_image_url": "no url"}]}}, "/world/accounts/0/profile_image_url"),
        ({"world": {"sessions": [{"network": "x", "pages": 2, "token": "a/b"}]}}, "/world/sessions/0/token"),
        ({"world": {"sessions": [{"network": "x", "pages": 2, "expires_in": 10**15}]}}, "/world/sessions/0/expires_in"),
        (
            {"world": {"sessions": [{"network": "x", "pages": [{"profilePictureUrl": "no url"}, {}]}]}},
            "/world/sessions/0/pages/0/profilePictureUrl",
        ),
        ({"seed": "1"}, "/seed"),
        ({"seed": 1.5}, "/seed"),
        ({"seed": None}, "/seed"),
        ({"assume": {"no.such": "x"}}, "/assume/no.such"),
        ({"assume": {"list.disabled": "maybe"}}, "/assume/list.disabled"),
        ({"assume": {"list.disabled": 1}}, "/assume/list.disabled"),
        ({"assume": ["list.disabled"]}, "/assume"),
        ({"world": "empty", "assume": {"list.disabled": "maybe"}}, "/assume/list.disabled"),
        ({"keep_world": "yes"}, "/keep_world"),
        ({"keep_world": None}, "/keep_world"),
    ],
    ids=str,
)
def test_invalid_description_is_refused_with_its_place_and_changes_nothing(
    world: World, body: Any, pointer: str
) -> None:
    world.make()
    before = world.state()
    response = world.control_response("POST", "/reset", body)

    assert response.status_code == 400
    assert all(error["pointer"].startswith(pointer) for error in response.json()["errors"])
    assert world.state() == before


@pytest.mark.parametrize("all", ["maybe", "", "1", "TRUE"])
def test_invalid_parameter_is_refused(world: World, all: str) -> None:
    response = world.control_response("POST", f"/reset?all={all}")

    assert response.status_code == 400
    assert [error["name"] for error in response.json()["errors"]] == ["all"]


def test_inline_document_may_name_many_accounts(world: World) -> None:
    accounts = [{"platform": "x", "username": f"user_{n}", "created_at": later(minutes=-n)} for n in range(500)]
    world.reset(world={"generate": 0, "accounts": accounts})

    assert [account["username"] for account in world.walk()] == [each["username"] for each in accounts]
