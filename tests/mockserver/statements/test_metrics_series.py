"""Account metrics: the series of stored snapshots."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from tests.support import schemas
from tests.support.times import NOW, later
from tests.support.world import World

METRICS = ("followers", "following", "posts_count", "impressions", "reach", "profile_views")
FIRST, SECOND, THIRD = (f"2026-06-0{day}T06:00:00.000Z" for day in (1, 2, 3))

# 2026-06-01 00:00 UTC in all spellings, as in a query string.
MIDNIGHT = [
    "1780272000",
    "2026-06-01",
    "2026-06-01T00:00:00.000Z",
    "2026-06-01T00:00:00Z",
    "2026-06-01T00:00Z",
    "2026-06-01t00:00:00z",
    "2026-06-01T00:00:00",
    "2026-06-01%2000:00:00Z",
    "2026-06-01T02:00:00%2B02:00",
    "2026-06-01T02:00:00+02:00",
    "2026-06-01T05:30:00.000+05:30",
    "2026-05-31T19:00:00-05:00",
    "2026-06-01T00:00:00.000000Z",
    "1780272000.000",
    "20260601T000000Z",
    "2026-06-01T02:00:00%2B0200",
    "2026-06-01T02:00:00+02",
    "2026-06-01T00:00:00,000Z",
    "2026-06",
    "2026-W23-1",
    "2026-152",
]
GARBAGE = [
    "", "yesterday", "2026-Q2", "2026-13-01", "2026-02-30", "2026-06-01T24:30:00Z", "2026-06-01T06:60:00Z", "1e9",
    "+-1",
    "2026-06-01T06:00:00%2B25:00", "06/01/2026", "0x10", "NaN", "Infinity", "1780272000abc", "1_780_272_000", "null",
    "%201780272000", "%D9%A1%D9%A2%D9%A3", "%00", "%FF", "999999999999999999999999", "2026-06-01T00:00:00Z;", "[]",
    "2026-W54-1", "2026-366", "10000-01-01", "253402300800", "1780272000000", "9999-12-31T23:59:59-01:00",
]  # fmt: skip


@pytest.fixture
def id(world: World) -> str:
    """An account with three stored snapshots."""
    account = world.make()
    world.store_snapshots(account["id"], *({"captured_at": at, "followers": 1} for at in (FIRST, SECOND, THIRD)))
    id: str = account["id"]
    return id


def captured(series: list[dict[str, Any]]) -> list[str]:
    return [snapshot["captured_at"] for snapshot in series]


@pytest.mark.statement("metrics.series-switch")
@pytest.mark.parametrize("window", [{"since": FIRST}, {"until": THIRD}, {"since": FIRST, "until": THIRD}], ids=str)
def test_either_bound_selects_the_series(world: World, id: str, window: dict[str, Any]) -> None:
    assert "data" not in world.metrics(id)
    assert captured(world.metrics(id, **window)["data"]) == [FIRST, SECOND, THIRD]


@pytest.mark.statement("metrics.series-switch")
def test_series_has_stored_snapshots_even_if_the_platform_is_unreachable(world: World, id: str) -> None:
    before = world.metrics(id, since=0)
    world.patch(id, behaviour={"platform": "unreachable"})

    assert world.metrics(id, since=0) == before


@pytest.mark.statement("metrics.series-fields")
def test_series_has_the_documented_members(world: World, id: str) -> None:
    series = world.metrics(id, since=FIRST, until=THIRD)

    assert list(series) == ["social_account_id", "source", "since", "until", "data"]
    assert (series["social_account_id"], series["source"]) == (id, "snapshot")
    schemas.check("AccountMetrics", series)


@pytest.mark.statement("metrics.series-fields")
def test_snapshots_have_the_fields_of_one_value_except_the_source(world: World) -> None:
    for account in world.walk(limit=100, platform="x"):
        for snapshot in world.series(account["id"]):
            assert set(snapshot) == {"social_account_id", "network", *METRICS, "raw", "captured_at"}
            assert (snapshot["social_account_id"], snapshot["network"]) == (account["id"], "x")


@pytest.mark.statement("metrics.window")
@pytest.mark.assumption("metrics.window-bounds", "inclusive")
@pytest.mark.parametrize(
    ("since", "until", "within"),
    [
        (SECOND, SECOND, [SECOND]),
        (FIRST, SECOND, [FIRST, SECOND]),
        (later(FIRST, milliseconds=1), later(THIRD, milliseconds=-1), [SECOND]),
        (later(FIRST, seconds=-1), later(FIRST, seconds=1), [FIRST]),
        ("2026-06-02", "2026-06-03", [SECOND]),
        ("2026-05-01", "2026-05-31", []),
        (later(THIRD, seconds=1), "2027-01-01", []),
    ],
)
def test_series_has_only_snapshots_within_the_inclusive_window(
    world: World, id: str, since: str, until: str, within: list[str]
) -> None:
    assert captured(world.series(id, since=since, until=until)) == within


@pytest.mark.statement("metrics.window")
@pytest.mark.parametrize(
    ("window", "within"),
    [
        ({"since": SECOND}, [SECOND, THIRD]),
        ({"until": SECOND}, [FIRST, SECOND]),
        ({"since": later(SECOND, seconds=1)}, [THIRD]),
        ({"until": later(SECOND, seconds=-1)}, [FIRST]),
        ({"since": 0}, [FIRST, SECOND, THIRD]),
        ({"until": 32503680000}, [FIRST, SECOND, THIRD]),
    ],
    ids=str,
)
def test_missing_bound_leaves_the_window_open(world: World, id: str, window: dict[str, Any], within: list[str]) -> None:
    assert captured(world.series(id, **window)) == within


@pytest.mark.statement("metrics.full-series")
@pytest.mark.assumption("metrics.snapshot-time", "daily-0600")
@pytest.mark.parametrize("days", [1, 30, 90, 365])
def test_series_has_one_snapshot_a_day_at_six(world: World, days: int) -> None:
    account = world.make(behaviour={"snapshots": days})
    last = "2026-06-14T06:00:00.000Z"

    assert captured(world.series(account["id"])) == [later(last, days=-back) for back in reversed(range(days))]


@pytest.mark.statement("metrics.full-series")
def test_each_passing_day_adds_a_snapshot(world: World) -> None:
    account = world.make(behaviour={"snapshots": 10})
    before = world.series(account["id"])
    world.set_clock("2026-06-15T05:59:59.999Z")
    assert world.series(account["id"]) == before
    world.advance(0.001)
    assert captured(world.series(account["id"])) == [*captured(before), "2026-06-15T06:00:00.000Z"]
    world.advance(days=9)

    assert len(world.series(account["id"])) == 20
    assert world.series(account["id"])[:10] == before


@pytest.mark.statement("metrics.full-series")
def test_adjacent_windows_make_up_the_whole(world: World) -> None:
    account = world.make(behaviour={"snapshots": 90})
    edge = "2026-05-01T00:00:00.000Z"
    halves = [world.series(account["id"], until=edge), world.series(account["id"], since=edge)]

    assert halves[0] + halves[1] == world.series(account["id"])
    assert all(halves)


@pytest.mark.statement("metrics.full-series")
def test_most_generated_accounts_have_ninety_snapshots_and_some_have_none(world: World) -> None:
    lengths = [len(world.series(account["id"])) for account in world.walk()]

    assert lengths.count(90) > 60
    assert 0 in lengths


@pytest.mark.statement("metrics.oldest-first")
def test_series_is_ordered_oldest_first(world: World) -> None:
    account = world.make(behaviour={"snapshots": 5})
    for at in ("2026-06-12T12:00:00.000Z", "2026-06-14T12:00:00.000Z", "2026-01-01T00:00:00.000Z", NOW):
        world.store_snapshots(account["id"], {"captured_at": at, "followers": 1})
    order = captured(world.series(account["id"]))

    assert len(order) == 9
    assert order == sorted(order)


@pytest.mark.statement("metrics.unix-and-iso", "metrics.echo")
@pytest.mark.assumption("metrics.window-echo", "iso-milliseconds")
@pytest.mark.assumption("metrics.iso-forms", "all")
@pytest.mark.parametrize("spelling", MIDNIGHT)
@pytest.mark.parametrize("bound", ["since", "until"])
def test_spellings_of_an_instant_are_equivalent(world: World, id: str, bound: str, spelling: str) -> None:
    midnight = "2026-06-01T00:00:00.000Z"
    world.store_snapshots(id, *({"captured_at": later(midnight, milliseconds=n)} for n in (-1, 0, 1)))
    response = world.metrics_response(id, f"{bound}={spelling}")

    assert response.status_code == 200, response.text
    assert response.json() == world.metrics(id, **{bound: midnight})
    assert response.json()[bound] == midnight


@pytest.mark.statement("metrics.unix-and-iso")
@pytest.mark.parametrize(
    ("seconds", "instant"),
    [
        ("0", "1970-01-01T00:00:00.000Z"),
        ("2026", "1970-01-01T00:33:46.000Z"),
        ("20260601", "1970-08-23T11:56:41.000Z"),
        ("99999999999", "5138-11-16T09:46:39.000Z"),
    ],
)
def test_digits_are_unix_seconds(world: World, id: str, seconds: str, instant: str) -> None:
    assert world.metrics(id, since=seconds)["since"] == instant


@pytest.mark.statement("metrics.echo")
@pytest.mark.assumption("metrics.open-bound", "null-echo")
@pytest.mark.parametrize(
    ("window", "echo"),
    [
        ({"since": FIRST}, [FIRST, None]),
        ({"until": FIRST}, [None, FIRST]),
        ({"since": FIRST, "until": SECOND}, [FIRST, SECOND]),
    ],
    ids=str,
)
def test_series_echoes_the_bounds_and_null_for_an_open_one(
    world: World, id: str, window: dict[str, Any], echo: list[str | None]
) -> None:
    response = world.metrics(id, **window)

    assert [response["since"], response["until"]] == echo


@pytest.mark.statement("metrics.window")
@pytest.mark.assumption("metrics.empty-series", "empty-data")
def test_window_without_snapshots_returns_an_empty_series(world: World) -> None:
    account = world.make()

    assert world.metrics(account["id"], since=FIRST) == {
        "social_account_id": account["id"], "source": "snapshot", "since": FIRST, "until": None, "data": [],
    }  # fmt: skip


@pytest.mark.statement("metrics.window", "errors.validation")
@pytest.mark.assumption("metrics.inverted-window", "refused")
@pytest.mark.parametrize(
    ("since", "until"), [(SECOND, FIRST), ("1780272001", "2026-06-01"), (later(FIRST, milliseconds=1), FIRST)]
)
def test_inverted_window_is_refused(world: World, id: str, since: str, until: str) -> None:
    response = world.metrics_response(id, {"since": since, "until": until})

    assert response.status_code == 400
    assert {error["name"] for error in response.json()["errors"]} <= {"since", "until"}


@pytest.mark.statement("metrics.unix-and-iso", "errors.validation")
@pytest.mark.parametrize("garbage", GARBAGE)
def test_invalid_bound_is_refused(world: World, id: str, garbage: str) -> None:
    for query, names in (
        (f"since={garbage}", ["since"]),
        (f"until={garbage}", ["until"]),
        (f"since={garbage}&until={garbage}", ["since", "until"]),
    ):
        response = world.metrics_response(id, query)
        assert response.status_code == 400, response.text
        assert [(error["in"], error["name"]) for error in response.json()["errors"]] == [
            ("query", name) for name in names
        ]


@pytest.mark.statement("metrics.full-series")
def test_followers_and_posts_grow_plausibly(world: World) -> None:
    for account in world.walk():
        series = world.series(account["id"])
        for before, after in itertools.pairwise(series):
            for metric in {"followers", "posts_count"} & set(before):
                assert before[metric] <= after[metric] <= before[metric] * 1.05 + 5, (account["platform"], metric)


@pytest.mark.statement("metrics.full-series", "metrics.live")
def test_live_counts_continue_from_the_last_snapshot(world: World) -> None:
    account = world.make(platform="instagram", behaviour={"snapshots": 90})
    last, live = world.series(account["id"])[-1], world.metrics(account["id"])
    world.advance(days=1)
    after = world.series(account["id"])[-1]

    assert last["followers"] <= live["followers"] <= after["followers"]
    assert last["posts_count"] <= live["posts_count"] <= after["posts_count"]


@pytest.mark.statement("metrics.full-series")
def test_reach_and_profile_views_stay_below_impressions(world: World) -> None:
    for account in world.walk(platform="instagram"):
        for snapshot in world.series(account["id"]):
            assert snapshot["profile_views"] <= snapshot["impressions"]
            assert snapshot["reach"] <= snapshot["impressions"]
