"""The control API acts on one world only, and a reset undoes every change."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.support.times import later
from tests.support.world import World


def restore(world: World) -> None:
    state = world.state()
    world.control(
        "PUT", "/state", {**state, "accounts": state["accounts"][:5], "seed": 99, "assume": {"list.disabled": "hidden"}}
    )


def make_and_patch(world: World) -> None:
    world.patch(world.make(platform="reddit")["id"], username="changed", behaviour={"refresh": "fails"})


def store_snapshot(world: World) -> None:
    world.store_snapshots(world.page()["data"][0]["id"], {"captured_at": later(), "followers": 1})


def delete_and_connect(world: World) -> None:
    world.delete(world.page()["data"][0]["id"])
    session = world.session()
    world.finalize(session["session_token"], session["pages"][0]["id"])


def disconnect(world: World) -> None:
    world.control("DELETE", f"/accounts/{world.page()['data'][0]['id']}")


def probe(world: World) -> None:
    for account in world.walk():
        world.health(account["id"])


MUTATIONS: dict[str, Callable[[World], object]] = {
    "clock": lambda world: world.set_clock("2030-01-01T00:00:00.000Z"),
    "running clock": lambda world: world.control("PUT", "/clock", {"frozen": False}),
    "advance": lambda world: world.advance(days=1),
    "accounts": make_and_patch,
    "disconnected": disconnect,
    "snapshots": store_snapshot,
    "session": lambda world: world.session(),
    "reset": lambda world: world.reset(world="empty"),
    "reset with a seed": lambda world: world.reset(seed=2),
    "reset with an assumption": lambda world: world.reset(assume={"list.disabled": "hidden"}),
    "webhooks": lambda world: world.control("PUT", "/webhooks", [{"url": "http://127.0.0.1:9/hook"}]),
    "journal settings": lambda world: world.control("PUT", "/requests/settings", {"bodies": False, "size": 7}),
    "state": restore,
    "api": delete_and_connect,
    "probe": probe,
    "fault": lambda world: world.control("POST", "/faults", {"preset": "service_down"}),
}
every_mutation = pytest.mark.parametrize("mutate", MUTATIONS.values(), ids=MUTATIONS)


@every_mutation
def test_change_affects_one_world_only(world: World, other: World, mutate: Callable[[World], object]) -> None:
    before = other.state()
    first = world.state()
    mutate(world)

    assert world.state() != first
    assert other.state() == before


@every_mutation
def test_reset_undoes_every_change_of_the_world(world: World, mutate: Callable[[World], object]) -> None:
    before = world.state()
    mutate(world)
    world.reset()

    assert world.state() == before


def test_reset_of_all_undoes_every_change(world: World) -> None:
    before = world.state()
    for mutate in (delete_and_connect, make_and_patch, probe, store_snapshot):
        mutate(world)
        world.advance(hours=7)
    world.reset()

    assert world.state() == before


def test_run_repeated_after_a_reset_sees_the_same_data(world: World) -> None:
    """This includes generated ids, tokens and pages."""
    runs = []
    for _ in range(2):
        world.reset()
        delete_and_connect(world)
        make_and_patch(world)
        runs.append(world.state())

    assert runs[0] == runs[1]
