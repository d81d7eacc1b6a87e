"""Rate limits: fixed windows, exact at the edge."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postfuze_mock.domain.choices import DEFAULT, Choices
from postfuze_mock.domain.limits import Bucket, Buckets

ALIGNED = Choices(limits_window_start="aligned")


def buckets(choices: Choices = DEFAULT) -> Buckets:
    return Buckets([Bucket("all", 3, 60), Bucket("writes", 1, 60)], choices)


def test_window_starts_with_its_first_call_and_ends_to_the_millisecond() -> None:
    limited = buckets()
    assert [limited.hit("all", now) for now in (5, 6, 7)] == [None, None, None]
    assert limited.hit("all", 60_004) == 1
    assert limited.hit("all", 60_005) is None


@pytest.mark.parametrize(("now", "seconds"), [(0, 60), (1, 60), (999, 60), (1000, 59), (59_000, 1), (59_999, 1)])
def test_retry_after_is_rounded_up_and_never_zero(now: int, seconds: int) -> None:
    limited = buckets()
    assert limited.hit("writes", 0) is None
    assert limited.hit("writes", now) == seconds


def test_refused_calls_do_not_extend_the_window() -> None:
    limited = buckets()
    assert [limited.hit("writes", now) for now in (0, 30_000, 59_999, 60_000)] == [None, 30, 1, None]


def test_aligned_window_starts_at_the_full_minute() -> None:
    limited = buckets(ALIGNED)
    assert [limited.hit("writes", now) for now in (59_999, 60_000, 60_001, 119_999)] == [None, None, 60, 1]


def test_buckets_count_independently() -> None:
    limited = buckets()
    assert limited.hit("writes", 0) is None
    assert limited.hit("writes", 1) == 60
    assert limited.hit("all", 2) is None


def test_clock_set_back_starts_a_new_window() -> None:
    limited = buckets()
    assert limited.hit("writes", 1_000_000) is None
    assert limited.hit("writes", 999_999) is None
    assert limited.hit("writes", 1_000_000) == 60


def test_clearing_forgets_every_call() -> None:
    limited = buckets()
    limited.hit("writes", 0)
    limited.clear()
    assert limited.hit("writes", 1) is None


def test_unknown_bucket_is_a_bug() -> None:
    with pytest.raises(KeyError):
        buckets().hit("reads", 0)


@given(st.lists(st.integers(0, 30_000), max_size=60), st.booleans())
def test_window_never_exceeds_its_limit_and_retry_after_suffices(steps: list[int], aligned: bool) -> None:
    limited = buckets(ALIGNED if aligned else DEFAULT)
    now, passed, windows = 0, list[int](), list[list[int]]()
    for step in steps:
        now += step
        wait = limited.hit("all", now)
        if wait is None:
            passed.append(now)
        else:
            assert 1 <= wait <= 60
            now += wait * 1000
            assert limited.hit("all", now) is None
            passed.append(now)
    # The model: a call belongs to its minute, or to the window opened by the first call after the previous window.
    for at in passed:
        starts_one = not windows or (
            at // 60_000 != windows[-1][0] // 60_000 if aligned else at - windows[-1][0] >= 60_000
        )
        if starts_one:
            windows.append([])
        windows[-1].append(at)
    assert max(map(len, windows), default=0) <= 3
