"""Steps of calls in transactions that are done again, because another process interfered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from postfuze_mock.app import make_worlds
from postfuze_mock.http.call import Call
from postfuze_mock.http.faults import Preferences, fails
from postfuze_mock.http.transactions import Outdated, Transactions
from postfuze_mock.settings import Settings
from postfuze_mock.state.sql.database import Conflict
from postfuze_mock.worlds import faults
from postfuze_mock.worlds.registry import Worlds

pytestmark = pytest.mark.memory_only  # it brings an engine of its own
OPERATION = "listSocialAccounts"
FAULT = {"operation": OPERATION, "effect": {"status": 500}, "times": 1}


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[list[Worlds]]:
    """The worlds as two processes have them."""
    pair = [make_worlds(Settings(state=f"sqlite:///{tmp_path}/worlds.db")) for _ in range(2)]
    yield pair
    for each in pair:
        each.engine.close()


def interfered(step: Callable[[], object]) -> Callable[[], object]:
    """`step`, which must be done twice: the first time somebody interferes at its end."""
    tries = iter((True, False))

    def again() -> object:
        result = step()
        if next(tries):
            raise Conflict
        return result

    return again


def both(first: Awaitable[object], second: Awaitable[object]) -> object:
    """The result of `first`; `second` happens while that waits."""

    async def run() -> object:
        return (await asyncio.gather(first, second))[0]

    return asyncio.run(run())


def called(worlds: Worlds) -> Call:
    """A call of the world `acme`, which this process has in memory."""
    asyncio.run(worlds.engine.run(lambda: worlds.use("acme").store.find({})))
    call = Call(OPERATION, {}, {})
    call.world = Transactions(worlds).foresee(call, "acme")
    return call


def test_call_does_not_fail_by_a_fault_that_another_call_got_in_the_end(processes: list[Worlds]) -> None:
    mine, others = processes
    asyncio.run(mine.engine.run(lambda: faults.create(mine.use("acme"), FAULT), write=True))
    call = called(mine)
    call.seen = None  # a transaction has found its world
    step = interfered(partial(fails, call, Preferences()))
    failure = both(
        Transactions(mine).run(call, step, write=True),
        others.engine.run(lambda: others.use("acme").faults.hit(OPERATION), write=True),
    )

    assert failure is None
    assert (call.fault, call.behaviour) == (None, None)


def test_call_begins_anew_if_its_world_changed_before_the_last_try(processes: list[Worlds]) -> None:
    mine, others = processes
    call = called(mine)
    with pytest.raises(Outdated):
        both(
            Transactions(mine).run(call, interfered(tuple)),
            others.engine.run(lambda: others.use("acme").store.next("thing"), write=True),
        )
