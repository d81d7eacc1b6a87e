"""Processes are killed under load: what was answered is there, and nothing is there by half."""

from __future__ import annotations

import random
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, Final

import psutil
import pytest
from tests.engines.conftest import Share
from tests.engines.ledger import Ledger, Writer, check
from tests.mockserver.webhooks.receiver import Receiver, receiving
from tests.support.cluster import Cluster
from tests.support.times import seconds, until

pytestmark = pytest.mark.process
WRITERS: Final = 3
#: Kills in one round; a hundred in all.
KILLS: Final = 5
ROUNDS: Final = 20
#: Writes of each writer between two kills: as many come as there is time for while the killed process is replaced. The
#: kill comes after a number of answered writes, which follows from the seed.
STRETCH: Final = 60


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, ROUNDS))])
def test_what_was_answered_outlasts_kills(share: Share, seed: int) -> None:
    cluster = share(3)
    with receiving() as receiver:
        check_all(cluster, receiver, kill_under_load(cluster, receiver, seed))


def test_supervisors_are_killed_in_turn_and_their_workers_end(share: Share) -> None:
    cluster = share(2, "--workers", "2")
    workers = [worker for each in cluster.processes for worker in psutil.Process(each.process.pid).children()]
    with receiving() as receiver:
        check_all(cluster, receiver, kill_under_load(cluster, receiver, seed=1))
    _, alive = psutil.wait_procs(workers, seconds(20.0))

    assert len(workers) >= 4
    assert alive == []


def check_all(cluster: Cluster, receiver: Receiver, ledgers: list[Ledger]) -> None:
    """Fail unless what the writers know is in their worlds, and was delivered."""
    for ledger in ledgers:
        state = same_state(cluster, ledger.world)
        check(ledger, state)
        check_deliveries(cluster, receiver, ledger.world, [event["id"] for event in state["events"]])


def kill_under_load(cluster: Cluster, receiver: Receiver, seed: int) -> list[Ledger]:
    """Kill and restart processes, while one writer for each of some worlds writes; what the writers know then."""
    writers = [Writer(cluster.url, f"world-{seed}-{number}", seed * 100 + number) for number in range(WRITERS)]
    for writer in writers:
        world = cluster.world(writer.ledger.world)
        world.reset(world="empty")
        world.control("PUT", "/webhooks", [{"url": f"{receiver.url}/{world.name}"}])
    with ThreadPoolExecutor(WRITERS) as threads:
        runs = [threads.submit(writer.run) for writer in writers]
        try:
            _kill_again_and_again(cluster, writers, random.Random(seed), runs)
        finally:
            for writer in writers:
                writer.end()
        for run in runs:
            run.result()
    return [writer.ledger for writer in writers]


def _kill_again_and_again(
    cluster: Cluster, writers: list[Writer], moments: random.Random, runs: list[Future[None]]
) -> None:
    def answered() -> int:
        return sum(writer.ledger.count() for writer in writers)

    def reached(goal: int) -> bool:
        return answered() >= goal or any(run.done() for run in runs)

    for number in range(KILLS):
        goal = answered() + moments.randrange(1, STRETCH)
        for writer in writers:
            writer.allow(STRETCH)
        until(partial(reached, goal), "answered writes")
        index = number % len(cluster.processes)
        cluster.kill(index)
        cluster.restart(index)


def same_state(cluster: Cluster, name: str) -> dict[str, Any]:
    """The state of a world, which each process must show, but for the clock and the deliveries, which go on."""
    states = [process.world(name).state() for process in cluster.processes]
    for state in states:
        del state["clock"]
        for event in state["events"]:
            event.pop("deliveries", None)
    for state in states:
        assert state == states[0]
    return states[0]


def check_deliveries(cluster: Cluster, receiver: Receiver, name: str, events: list[str]) -> None:
    """Wait until each event of a world was delivered; fail unless they came in order the first time."""

    def delivered() -> list[str]:
        line = f"POST /hook/{name} HTTP/1.1"
        return list(dict.fromkeys(each.event["id"] for each in list(receiver.received) if each.line == line))

    try:
        until(lambda: set(events) <= set(delivered()), f"the deliveries of {name}", limit=60.0)
    except AssertionError as error:
        missing = [event for event in events if event not in delivered()]
        event = cluster.world(name).control("GET", f"/events/{missing[0]}")
        raise AssertionError(f"{error}; {len(missing)} are missing, first {event['deliveries']}") from error
    assert delivered() == events
