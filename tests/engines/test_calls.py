"""The calls that several processes on one engine record: in one journal, and in one coverage."""

from __future__ import annotations

import signal
from itertools import cycle

import pytest
from tests.engines.conftest import FROZEN, Share
from tests.support.cluster import Cluster
from tests.support.world import World

CALLS = 30


@pytest.fixture
def cluster(share: Share) -> Cluster:
    """Three processes."""
    return share(3, *FROZEN)


def on(cluster: Cluster, name: str = "acme") -> list[World]:
    """A world as each of the processes serves it."""
    return [process.world(name) for process in cluster.processes]


def numbers(world: World) -> list[int]:
    """The numbers that the calls of the journal had for a limit, the oldest first."""
    return [int(entry["path"].rpartition("=")[2]) for entry in world.requests()]


def test_answered_calls_are_in_the_journal_of_any_process_in_their_order(cluster: Cluster) -> None:
    worlds = on(cluster)
    for number, world in zip(range(1, CALLS + 1), cycle(worlds)):
        world.page(limit=number)
        reader = worlds[number % 2]
        assert numbers(reader) == list(range(1, number + 1))

    ids = [[entry["id"] for entry in world.requests()] for world in worlds]
    assert ids[0] == ids[1] == ids[2]
    assert len(set(ids[0])) == CALLS


def test_calls_of_keys_that_open_no_world_are_in_one_journal_too(cluster: Cluster) -> None:
    for world in on(cluster):
        world.call("GET", "/nothing")
        world.list_response(key=world.revoked_key)
    first, second, _ = on(cluster)
    early = [entry["status"] for entry in on(cluster, "other")[0].requests(all="true")]
    first.page()

    assert early == [404, 401] * 3
    assert [entry["status"] for entry in second.requests()] == [*early, 200]
    assert [entry["at"] for entry in second.requests()] == ["2026-06-14T12:10:00.000Z"] * 7


def test_emptied_journal_is_empty_in_all_processes(cluster: Cluster) -> None:
    for removal in (("DELETE", "/requests"), ("POST", "/reset"), ("POST", "/reset?all=true")):
        for world in on(cluster):
            world.page()
        on(cluster)[0].control(*removal)
        assert [world.requests() for world in on(cluster)] == [[], [], []]


def test_requests_that_one_process_removed_are_put_back_by_another(cluster: Cluster) -> None:
    worlds = on(cluster)
    for number, world in enumerate(worlds, start=1):
        world.page(limit=number)
    state = worlds[0].state()
    worlds[1].reset()
    worlds[2].page(limit=4)
    worlds[0].control("PUT", "/state?requests=restore", state)

    assert numbers(worlds[2]) == [1, 2, 3, 4]


def test_settings_hold_in_all_processes(cluster: Cluster) -> None:
    worlds = on(cluster)
    worlds[0].control("PUT", "/requests/settings", {"bodies": False, "size": 2})
    for number, world in enumerate(worlds, start=1):
        world.page(limit=number)

    assert numbers(worlds[1]) == [2, 3]
    assert [entry["response"]["body"] for entry in worlds[2].requests()] == [None, None]


def test_coverage_is_that_of_all_processes(cluster: Cluster) -> None:
    """A sequence too, whose steps different processes served."""
    for number, world in enumerate(on(cluster)):
        world.call("GET", "/social-accounts", headers={"Prefer": "code=429"} if number == 0 else {})
    for process in cluster.processes:
        report = process.client("demo").get_coverage()
        met = {item["id"] for group in report["groups"] for item in group["items"] if item["met"]}

        assert {"listSocialAccounts", "retry.succeeds"} <= met
        assert report["calls"] == 3


def test_cleared_coverage_begins_anew_in_all_processes(cluster: Cluster) -> None:
    for _ in range(2):
        for process in cluster.processes:
            process.client("demo").delete_coverage()
            assert process.client("demo").get_coverage()["met"] == 0
            for other in on(cluster):
                other.page(limit=5)
            report = process.client("demo").get_coverage()
            assert report["calls"] == 3
            assert "list.limit" in {i["id"] for group in report["groups"] for i in group["items"] if i["met"]}


def test_killed_process_is_not_waited_for_and_its_written_calls_stay(cluster: Cluster) -> None:
    worlds = on(cluster)
    worlds[2].page(limit=1)
    assert numbers(worlds[0]) == [1]
    cluster.kill(2)
    worlds[1].page(limit=2)

    assert numbers(worlds[0]) == [1, 2]
    cluster.restart(2)
    on(cluster)[2].page(limit=3)
    assert numbers(worlds[0]) == [1, 2, 3]


def test_stopped_process_has_written_everything(cluster: Cluster) -> None:
    worlds = on(cluster)
    for number in range(1, CALLS + 1):
        worlds[0].page(limit=number)
    assert cluster.processes[0].send(signal.SIGTERM) == 0
    cluster.restart(0)

    assert numbers(worlds[1]) == list(range(1, CALLS + 1))
    report = cluster.processes[1].client("demo").get_coverage()
    assert report["calls"] == CALLS
