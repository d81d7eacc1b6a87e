"""The control API: which requests a fault hits."""

from __future__ import annotations

import pytest
from tests.support.failing import Failing
from tests.support.world import World


def draws(failing: Failing, count: int = 60) -> list[bool]:
    """Which of `count` calls are hit."""
    return [status != 200 for status in failing.statuses(count)]


def test_after_lets_the_first_calls_pass(failing: Failing) -> None:
    failing.set(status=500, after=2)

    assert failing.statuses(5) == [200, 200, 500, 500, 500]


def test_times_limits_the_hits(failing: Failing) -> None:
    failing.set(status=500, times=2)

    assert failing.statuses(4) == [500, 500, 200, 200]


def test_after_and_times_hit_only_the_nth_call(failing: Failing) -> None:
    failing.set(status=500, after=2, times=1)

    assert failing.statuses(5) == [200, 200, 500, 200, 200]


def test_calls_of_other_operations_do_not_count(failing: Failing) -> None:
    id = failing.world.page()["data"][0]["id"]
    failing.set(status=500, after=1, times=1)
    failing.world.get(id)

    assert failing.statuses(3) == [200, 500, 200]


def test_oldest_matching_fault_hits(failing: Failing) -> None:
    failing.set(status=500, after=1, times=1)
    failing.set("*", status=502, times=3)

    assert failing.statuses(6) == [502, 500, 502, 502, 200, 200]


def test_successive_faults_hit_successive_calls(failing: Failing) -> None:
    for status in (429, 503, 500):
        failing.set(status=status, times=1)

    assert failing.statuses(4) == [429, 503, 500, 200]


def test_fault_counts_calls_that_another_fault_hits(failing: Failing) -> None:
    failing.set(status=500, times=2)
    failing.set(status=429, after=2, times=1)

    assert failing.statuses(4) == [500, 500, 429, 200]


def test_earlier_calls_do_not_count(failing: Failing) -> None:
    failing.statuses(3)
    failing.set(status=500, after=1)

    assert failing.statuses(2) == [200, 500]


def test_probability_hits_some_calls(failing: Failing) -> None:
    failing.set(status=500, probability=0.5)
    draws_of_one = draws(failing)

    assert 15 < sum(draws_of_one) < 45
    assert failing.faults()[0]["hits"] == sum(draws_of_one)


@pytest.mark.parametrize(("probability", "hits"), [(0, 0), (1, 20)])
def test_probability_0_hits_no_call_and_1_every_call(failing: Failing, probability: float, hits: int) -> None:
    failing.set(status=500, probability=probability)

    assert sum(draws(failing, 20)) == hits


def test_times_limits_random_hits(failing: Failing) -> None:
    failing.set(status=500, probability=0.5, times=3)

    assert sum(draws(failing)) == 3


def test_random_hits_are_reproducible(failing: Failing) -> None:
    runs = []
    for _ in range(2):
        failing.world.reset()
        failing.set(status=500, probability=0.4)
        runs.append((draws(failing), failing.faults()))

    assert runs[0] == runs[1]


def test_another_seed_gives_other_hits(failing: Failing) -> None:
    failing.set(status=500, probability=0.5)
    first = draws(failing)
    failing.world.reset(seed=2)
    failing.set(status=500, probability=0.5)

    assert draws(failing) != first


def test_faults_are_drawn_independently(failing: Failing) -> None:
    runs = []
    for _ in range(2):
        failing.world.control("DELETE", "/faults")
        failing.set(status=500, probability=0.5)
        runs.append(draws(failing))

    assert runs[0] != runs[1]


def test_other_worlds_do_not_affect_the_draws(failing: Failing, other: World) -> None:
    failing.set(status=500, probability=0.5)
    alone = draws(failing)
    failing.world.reset()
    other.reset()
    failing.set(status=500, probability=0.5)
    amid = []
    for _ in range(60):
        other.page()
        amid += draws(failing, 1)

    assert amid == alone
