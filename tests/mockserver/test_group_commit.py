"""Group commit: who waits for which save."""

from __future__ import annotations

import asyncio

import pytest

from postfuze_mock.worlds.persistence.group_commit import GroupCommit


async def waiting(commits: GroupCommit) -> asyncio.Task[None]:
    """A task that waits for the changes so far."""
    task = asyncio.create_task(commits.committed())
    await asyncio.sleep(0)
    return task


async def settled(*tasks: asyncio.Task[None]) -> list[bool]:
    """Which tasks are over."""
    await asyncio.sleep(0)
    return [task.done() for task in tasks]


def test_one_save_answers_all_that_came_before_it() -> None:
    async def scenario() -> list[bool]:
        commits, tasks = GroupCommit(), []
        for _ in range(3):
            commits.count += 1
            tasks.append(await waiting(commits))
        commits.settle(2)
        done = await settled(*tasks)
        commits.settle(3)
        await asyncio.gather(*tasks)
        return done

    assert asyncio.run(scenario()) == [True, True, False]


def test_failed_save_is_an_error_only_for_those_that_it_concerns() -> None:
    async def scenario() -> list[bool]:
        commits = GroupCommit()
        commits.count = 1
        first = await waiting(commits)
        commits.count = 2
        second = await waiting(commits)
        commits.settle(1, OSError("full"))
        with pytest.raises(OSError, match="full"):
            await first
        return await settled(second)

    assert asyncio.run(scenario()) == [False]


def test_client_that_hung_up_is_no_error() -> None:
    async def scenario() -> bool:
        commits = GroupCommit()
        commits.count = 1
        task = await waiting(commits)
        task.cancel()
        await asyncio.sleep(0)
        commits.settle(1)
        return task.cancelled()

    assert asyncio.run(scenario())


def test_nobody_waits_for_what_is_saved() -> None:
    async def scenario() -> list[bool]:
        commits = GroupCommit()
        commits.count = 1
        commits.settle(1)
        return await settled(await waiting(commits))

    assert asyncio.run(scenario()) == [True]
