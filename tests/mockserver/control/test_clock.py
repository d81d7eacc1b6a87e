"""The control API: a world's clock."""

from __future__ import annotations

import time
from typing import Any

import pytest
from tests.support.times import NOW, later, moment
from tests.support.world import World


def clock(world: World) -> dict[str, Any]:
    clock: dict[str, Any] = world.control("GET", "/clock")
    return clock


def test_clock_shows_the_time_and_whether_it_is_frozen(world: World) -> None:
    assert clock(world) == {"now": NOW, "frozen": True}


def test_time_can_be_set(world: World) -> None:
    assert world.control("PUT", "/clock", {"now": "2031-05-06T07:08:09.010Z"}) == {
        "now": "2031-05-06T07:08:09.010Z",
        "frozen": True,
    }
    assert clock(world)["now"] == world.make()["created_at"] == "2031-05-06T07:08:09.010Z"


def test_time_can_be_set_back(world: World) -> None:
    world.set_clock("1999-12-31T23:59:59.999Z")

    assert world.make()["created_at"] == "1999-12-31T23:59:59.999Z"


@pytest.mark.parametrize(
    "now",
    ["2026-06-14T14:10:00+02:00", "2026-06-14T12:10:00Z", "2026-06-14t12:10:00.0000001z", "2026-06-14T07:10:00-05:00"],
)
def test_time_accepts_any_offset_and_precision(world: World, now: str) -> None:
    world.advance(days=1)

    assert world.control("PUT", "/clock", {"now": now})["now"] == NOW


def test_unfrozen_clock_continues_from_its_time(world: World) -> None:
    assert world.control("PUT", "/clock", {"frozen": False})["frozen"] is False
    before = world.now()
    deadline = time.monotonic() + 10
    while world.now() == before:
        assert time.monotonic() < deadline

    assert NOW <= before < world.now() < later(minutes=1)


def test_frozen_clock_stays_at_its_time(world: World) -> None:
    world.control("PUT", "/clock", {"now": "2027-01-01T00:00:00Z", "frozen": False})
    stopped = world.control("PUT", "/clock", {"frozen": True})["now"]

    assert "2027-01-01T00:00:00.000Z" <= stopped < "2027-01-01T00:01:00.000Z"
    assert [world.now() for _ in range(5)] == [stopped] * 5


def test_running_clock_can_be_advanced(world: World) -> None:
    world.control("PUT", "/clock", {"frozen": False})
    world.advance(days=1)

    assert later(days=1) <= world.now() < later(days=1, minutes=1)
    assert clock(world)["frozen"] is False


@pytest.mark.parametrize("seconds", [0, 1, 0.001, 1.5, 86400, -3600, -0.5, 4_000_000_000])
def test_clock_advances_by_the_requested_time(world: World, seconds: float) -> None:
    assert world.control("POST", "/clock/advance", {"seconds": seconds}) == {
        "now": later(seconds=seconds),
        "frozen": True,
    }
    assert world.now() == later(seconds=seconds)


def test_advancing_the_clock_changes_nothing_else(world: World) -> None:
    world.session(expires_in=1)
    before = world.state()
    world.advance(days=10_000)

    assert {**world.state(), "clock": None} == {**before, "clock": None}


def test_all_timestamps_follow_the_clock(world: World) -> None:
    world.set_clock("2040-01-01T00:00:00Z")
    account = world.make()
    session = world.session(expires_in=60)
    world.delete(account["id"])

    assert account["created_at"] == account["updated_at"] == "2040-01-01T00:00:00.000Z"
    assert session["expires_at"] == "2040-01-01T00:01:00.000Z"
    assert world.events()[0]["created_at"] == "2040-01-01T00:00:00.000Z"


def test_each_world_has_its_own_clock(world: World, other: World) -> None:
    world.advance(days=1)

    assert moment(other.now()) < moment(world.now())


def test_reset_restores_the_first_setting(world: World) -> None:
    world.control("PUT", "/clock", {"now": "2040-01-01T00:00:00Z", "frozen": False})
    world.reset()

    assert clock(world) == {"now": NOW, "frozen": True}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, ""),
        ({"now": None}, "/now"),
        ({"now": "noon"}, "/now"),
        ({"now": "2026-06-14"}, "/now"),
        ({"now": "2026-06-14T12:10:00"}, "/now"),
        ({"now": "2026-02-30T00:00:00Z"}, "/now"),
        ({"now": "10000-01-01T00:00:00Z"}, "/now"),
        ({"now": 1780272000}, "/now"),
        ({"frozen": "true"}, "/frozen"),
        ({"frozen": None}, "/frozen"),
        ({"now": NOW, "speed": 2}, ""),
    ],
    ids=str,
)
def test_invalid_clock_is_refused_with_its_place(world: World, body: Any, pointer: str) -> None:
    response = world.control_response("PUT", "/clock", body)

    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"].startswith(pointer)
    assert clock(world) == {"now": NOW, "frozen": True}


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b'{"seconds": "1"}',
        b'{"seconds": null}',
        b'{"seconds": NaN}',
        b'{"seconds": 1e300}',
        b'{"seconds": 1e999}',
        b'{"seconds": -1e11}',
        b'{"seconds": 300000000000}',
        b'{"seconds": 1, "minutes": 1}',
        b'{"minutes": 1}',
    ],
)
def test_invalid_advance_is_refused(world: World, body: bytes) -> None:
    response = world.control_response("POST", "/clock/advance", body)

    assert response.status_code == 400
    assert response.json()["errors"]
    assert clock(world)["now"] == NOW


@pytest.mark.parametrize(("now", "seconds"), [("9998-12-31T23:59:59Z", 2), ("1970-01-01T00:00:01Z", -2)])
def test_clock_cannot_be_advanced_beyond_its_limits(world: World, now: str, seconds: float) -> None:
    world.set_clock(now)

    assert world.control_response("POST", "/clock/advance", {"seconds": seconds}).status_code == 400
    assert world.now() == later(now)


@pytest.mark.parametrize("now", ["1970-01-01T00:00:00Z", "9998-12-31T23:59:59.999Z"])
def test_world_works_at_both_ends_of_time(empty: World, now: str) -> None:
    for platform in ("x", "facebook", "pinterest"):
        empty.make(platform=platform)
    empty.set_clock(now)
    session = empty.session()
    empty.finalize(session["session_token"], session["pages"][0]["id"])

    for account in empty.walk():
        empty.metrics(account["id"])
        empty.series(account["id"])
        empty.health(account["id"])
