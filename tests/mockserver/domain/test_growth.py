"""The growth curve: plausible and reproducible."""

from collections.abc import Iterable
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from postfuze_fixtures.timestamps import DAY_MS, HOUR_MS, parse_iso
from postfuze_mock.domain.growth import WEEK, Growth

ACME = "a1b2c3d4-0000-4a9f-9b1c-2e7d6f0a1234"
CREATED = parse_iso("2026-06-01T09:30:00.000Z")
# From before most accounts joined their platforms until far beyond any clock of the tests.
INSTANTS = st.integers(CREATED - 3_000 * DAY_MS, CREATED + 10_000 * DAY_MS)
ids = st.uuids(version=4).map(str)


def series(id: str, name: str, instants: Iterable[int]) -> list[int]:
    growth = Growth(id, CREATED)
    return [growth.counts(instant)[name] for instant in instants]


def test_counts_are_the_same_in_every_version() -> None:
    assert Growth(ACME, CREATED).counts(parse_iso("2026-06-14T12:10:00.000Z")) == {
        "followers": 29419,
        "following": 261,
        "posts_count": 435,
        "impressions": 103969,
        "reach": 30123,
        "profile_views": 2349,
    }


@given(ids, st.lists(INSTANTS, min_size=2, max_size=20))
def test_followers_and_posts_never_fall(id: str, instants: list[int]) -> None:
    for name in ("followers", "posts_count"):
        counts = series(id, name, sorted(instants))
        assert all(earlier <= later for earlier, later in pairwise(counts))


@given(ids, INSTANTS)
def test_followers_and_posts_do_not_fall_at_midnight(id: str, instant: int) -> None:
    midnight = instant // DAY_MS * DAY_MS
    for name in ("followers", "posts_count"):
        before, at, after = series(id, name, (midnight - 1, midnight, midnight + 1))
        assert before <= at <= after <= before + 1 + (at - before)


@given(ids, INSTANTS)
def test_counts_are_non_negative_integers(id: str, instant: int) -> None:
    counts = Growth(id, CREATED).counts(instant)
    assert all(type(count) is int and count >= 0 for count in counts.values())
    assert counts["reach"] <= counts["impressions"]
    assert counts["profile_views"] <= counts["reach"]


@given(ids, INSTANTS)
def test_equal_accounts_have_equal_counts(id: str, instant: int) -> None:
    assert Growth(id, CREATED).counts(instant) == Growth(id, CREATED).counts(instant)


@given(ids)
def test_account_has_followers_when_connected_and_grows(id: str) -> None:
    then, later = series(id, "posts_count", (CREATED, CREATED + 400 * DAY_MS))
    assert 0 < then < later
    then, later = series(id, "followers", (CREATED, CREATED + 400 * DAY_MS))
    assert 0 < then < later


@given(ids)
def test_followers_rise_more_slowly_with_the_years(id: str) -> None:
    start, middle, end = series(id, "followers", (CREATED, CREATED + 3_000 * DAY_MS, CREATED + 6_000 * DAY_MS))
    assert middle - start > end - middle


@given(ids)
def test_weekends_are_quieter_than_the_days_before_them(id: str) -> None:
    monday = parse_iso("2026-06-15T06:00:00.000Z")
    for name in ("impressions", "reach"):
        counts = series(id, name, range(monday, monday + 52 * 7 * DAY_MS, DAY_MS))
        weekdays = [sum(counts[day::7]) for day in range(7)]
        assert max(weekdays[5:]) < min(weekdays[:5])


def test_weekly_factors_average_to_one() -> None:
    assert sum(WEEK) == 7_000


def test_count_changes_within_the_day() -> None:
    morning, evening = series(ACME, "followers", (CREATED, CREATED + 12 * HOUR_MS))
    assert morning < evening


def test_accounts_differ() -> None:
    assert len({tuple(Growth(f"account-{n}", CREATED).counts(CREATED).values()) for n in range(500)}) == 500
