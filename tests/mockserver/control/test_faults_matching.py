"""The control API: which request a fault hits."""

from __future__ import annotations

import pytest
from tests.support.failing import Failing
from tests.support.world import World


def draws(failing: Failing, count: int = 60) -> list[bool]:
    """Which of so many calls are hit."""
    return [status != 200 for status in failing.statuses(count)]


def test_first_calls_pass(failing: Failing) -> None:
    failing.set(status=500, after=2)

    assert failing.statuses(5) == [200, 200, 500, 500, 500]


def test_so_many_calls_are_hit_and_no_more(failing: Failing) -> None:
    failing.set(status=500, times=2)

    assert failing.statuses(4) == [500, 500, 200, 200]


def test_nth_call_alone_is_hit(failing: Failing) -> None:
    failing.set(status=500, after=2, times=1)

    assert failing.statuses(5) == [200, 200, 500, 200, 200]


def test_calls_of_other_operations_do_not_count(failing: Failing) -> None:
    id = failing.world.page()["data"][0]["id"]
    failing.set(status=500, after=1, times=1)
    failing.world.get(id)

    assert failing.statuses(3) == [200, 500, 200]


def test_first_fault_that_strikes_hits_the_call(failing: Failing) -> None:
    failing.set(status=500, after=1, times=1)
    failing.set("*", status=502, times=3)

    assert failing.statuses(6) == [502, 500, 502, 502, 200, 200]


def test_one_failure_after_the_other_is_a_fault_after_the_other(failing: Failing) -> None:
    for status in (429, 503, 500):
        failing.set(status=status, times=1)

    assert failing.statuses(4) == [429, 503, 500, 200]


def test_each_fault_counts_all_calls_also_those_that_another_hits(failing: Failing) -> None:
    failing.set(status=500, times=2)
    failing.set(status=429, after=2, times=1)

    assert failing.statuses(4) == [500, 500, 429, 200]


def test_calls_before_the_fault_was_set_do_not_count(failing: Failing) -> None:
    failing.statuses(3)
    failing.set(status=500, after=1)

    assert failing.statuses(2) == [200, 500]


def test_some_calls_are_hit_by_chance(failing: Failing) -> None:
    failing.set(status=500, probability=0.5)
    draws_of_one = draws(failing)

    assert 15 < sum(draws_of_one) < 45
    assert failing.faults()[0]["hits"] == sum(draws_of_one)


@pytest.mark.parametrize(("probability", "hits"), [(0, 0), (1, 20)])
def test_no_call_or_every_call_is_hit_where_chance_has_no_part(failing: Failing, probability: float, hits: int) -> None:
    failing.set(status=500, probability=probability)

    assert sum(draws(failing, 20)) == hits


def test_chance_decides_until_so_many_calls_were_hit(failing: Failing) -> None:
    failing.set(status=500, probability=0.5, times=3)

    assert sum(draws(failing)) == 3


def test_same_run_gives_the_same_faults(failing: Failing) -> None:
    runs = []
    for _ in range(2):
        failing.world.reset()
        failing.set(status=500, probability=0.4)
        runs.append((draws(failing), failing.faults()))

    assert runs[0] == runs[1]


def test_another_seed_gives_other_faults(failing: Failing) -> None:
    failing.set(status=500, probability=0.5)
    first = draws(failing)
    failing.world.reset(seed=2)
    failing.set(status=500, probability=0.5)

    assert draws(failing) != first


def test_faults_are_drawn_apart_from_each_other(failing: Failing) -> None:
    runs = []
    for _ in range(2):
        failing.world.control("DELETE", "/faults")
        failing.set(status=500, probability=0.5)
        runs.append(draws(failing))

    assert runs[0] != runs[1]


def test_what_another_world_does_changes_no_draw(failing: Failing, other: World) -> None:
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
