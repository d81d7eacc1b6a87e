"""Metrics: one value, a series, none yet."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postfuze_fixtures.platforms import METRICS, PLATFORMS
from postfuze_fixtures.timestamps import DAY_MS, iso, parse_iso
from postfuze_mock.domain import metrics
from postfuze_mock.domain.choices import DEFAULT, Choices
from postfuze_mock.domain.growth import Growth
from postfuze_mock.domain.windows import Bound, Window
from postfuze_mock.records import Account, Hidden

NOW = parse_iso("2026-06-14T12:10:00.000Z")
CREATED = parse_iso("2026-06-01T09:30:00.000Z")
ID = "a1b2c3d4-0000-4a9f-9b1c-2e7d6f0a1234"
COLLECTED: Hidden = {"collected_from": parse_iso("2026-06-01T06:00:00.000Z")}
UNREACHABLE: Hidden = {"behaviour": {"platform": "unreachable"}}
POSTED: Hidden = {
    "snapshots": [
        {
            "captured_at": "2026-06-01T06:00:00.000Z",
            "followers": 18012,
            "following": 309,
            "posts_count": 1880,
            "impressions": 232004,
            "reach": 88110,
            "profile_views": 5604,
            "raw": {},
        }
    ]
}
EVERYTHING = Window(Bound(0, "0"), None)


def account(platform: str = "x", status: str = "active", **fields: Any) -> Account:
    return {
        "id": ID,
        "platform": platform,
        "status": status,
        "last_synced_at": None,
        "created_at": iso(CREATED),
        "updated_at": iso(CREATED),
        **fields,
    }


def response(hidden: Hidden, choices: Choices = DEFAULT, now: int = NOW, **fields: Any) -> dict[str, Any]:
    return metrics.current(account(**fields), hidden, now, choices).response


def captured(
    hidden: Hidden, window: Window = EVERYTHING, choices: Choices = DEFAULT, now: int = NOW, **fields: Any
) -> list[str]:
    data = metrics.series(account(**fields), hidden, window, now, choices)["data"]
    return [snapshot["captured_at"] for snapshot in data]


def between(since: int | None, until: int | None) -> Window:
    return Window(*(None if at is None else Bound(at, iso(at)) for at in (since, until)))


class TestOneValue:
    def test_live_pull_matches_the_documented_example(self) -> None:
        hidden = {"metrics": {"followers": 18420, "following": 312, "posts_count": 1894}}
        assert list(response(hidden).items()) == [
            ("social_account_id", ID),
            ("network", "x"),
            ("source", "live"),
            ("captured_at", "2026-06-14T12:10:00.000Z"),
            ("followers", 18420),
            ("following", 312),
            ("posts_count", 1894),
            ("raw", {"public_metrics": {"followers_count": 18420}}),
        ]

    def test_live_pull_syncs_the_account_and_stores_nothing(self) -> None:
        reading = metrics.current(account(), COLLECTED, NOW, DEFAULT)
        assert reading.account == account(last_synced_at=iso(NOW))
        assert reading.hidden == COLLECTED

    def test_unset_counts_follow_the_curve(self) -> None:
        counts = Growth(ID, CREATED).counts(NOW)
        live = response({"metrics": {"followers": 7}})
        assert (live["followers"], live["following"], live["posts_count"]) == (
            7,
            counts["following"],
            counts["posts_count"],
        )

    def test_set_count_is_returned_even_if_the_platform_has_none(self) -> None:
        live = response({"metrics": {"reach": 5}}, platform="google_business")
        assert (live["source"], live["reach"], live["raw"]) == ("live", 5, {})

    @pytest.mark.parametrize("platform", PLATFORMS)
    def test_metrics_depend_on_platform_and_source(self, platform: str) -> None:
        facts = PLATFORMS[platform]
        live, stored = response({}, platform=platform), response(UNREACHABLE | COLLECTED, platform=platform)
        assert tuple(name for name in live if name in METRICS) == facts.live_metrics
        assert tuple(name for name in stored if name in METRICS) == facts.stored_metrics
        assert stored["raw"] == {}

    @pytest.mark.parametrize("platform", [name for name, facts in PLATFORMS.items() if facts.live_metrics])
    def test_counts_in_the_raw_payload_equal_the_fields(self, platform: str) -> None:
        live = response({}, platform=platform)
        for name, path in PLATFORMS[platform].raw.items():
            count = live["raw"]
            for step in path:
                count = count[step]
            assert count == live[name]
        assert len(list(leaves(live["raw"]))) == len(PLATFORMS[platform].raw)

    def test_unreachable_platform_returns_the_latest_snapshot(self) -> None:
        hidden = UNREACHABLE | COLLECTED | {"metrics": {"followers": 1}}
        reading = metrics.current(account(), hidden, NOW, DEFAULT)
        assert (reading.response["source"], reading.response["captured_at"]) == ("snapshot", "2026-06-14T06:00:00.000Z")
        captured_at = parse_iso(reading.response["captured_at"])
        assert reading.response["followers"] == Growth(ID, CREATED).counts(captured_at)["followers"]
        assert (reading.account, reading.hidden) == (account(), hidden)

    @pytest.mark.parametrize("status", ["disabled", "revoked", "token_expired"])
    def test_refused_account_is_pulled_live_by_default(self, status: str) -> None:
        assert response(COLLECTED, status=status)["source"] == "live"
        assert response(COLLECTED, Choices(metrics_refused_token="snapshot"), status=status)["source"] == "snapshot"

    def test_account_unknown_to_its_platform_is_pulled_live(self) -> None:
        hidden = COLLECTED | {"behaviour": {"identity": "unauthorized"}}
        assert response(hidden)["source"] == "live"
        assert response(hidden, Choices(metrics_refused_token="snapshot"))["source"] == "snapshot"

    def test_snapshot_has_the_fields_of_a_live_value_in_the_same_order(self) -> None:
        assert list(response(UNREACHABLE | POSTED)) == [
            "social_account_id",
            "network",
            "source",
            "captured_at",
            *METRICS,
            "raw",
        ]

    def test_later_posted_snapshot_is_the_latest(self) -> None:
        later = {"captured_at": "2026-06-14T07:00:00.000Z", "followers": 5, "raw": {"a": 1}}
        latest = response(UNREACHABLE | COLLECTED | {"snapshots": [later]})
        assert (latest["captured_at"], latest["followers"], latest["raw"]) == (later["captured_at"], 5, {"a": 1})
        assert "following" not in latest

    def test_earlier_posted_snapshot_is_not_the_latest(self) -> None:
        assert response(UNREACHABLE | COLLECTED | POSTED)["captured_at"] == "2026-06-14T06:00:00.000Z"

    @pytest.mark.parametrize("platform", ["x", "google_business"])
    def test_message_is_returned_without_platform_and_snapshots(self, platform: str) -> None:
        assert response(UNREACHABLE, platform=platform) == {
            "social_account_id": ID,
            "metrics": None,
            "message": "No metrics have been collected for this account yet.",
        }

    def test_live_pull_can_be_stored_by_choice(self) -> None:
        choices = Choices(metrics_live_snapshot="stored")
        first = metrics.current(account(), COLLECTED, NOW, choices)
        again = metrics.current(first.account, first.hidden, NOW, choices)
        assert again.hidden == first.hidden
        data = metrics.series(account(), again.hidden, EVERYTHING, NOW, choices)["data"]
        assert len(data) == 15
        last = {name: data[-1][name] for name in ("captured_at", "followers", "raw")}
        assert last.items() <= first.response.items()


class TestSeries:
    def test_series_matches_the_documented_example(self) -> None:
        window = Window(Bound(parse_iso("2026-06-01T00:00:00Z"), ""), Bound(parse_iso("2026-06-14T00:00:00Z"), ""))
        series = metrics.series(account(), POSTED, window, NOW, DEFAULT)
        assert list(series) == ["social_account_id", "source", "since", "until", "data"]
        assert (series["source"], series["since"], series["until"]) == (
            "snapshot",
            "2026-06-01T00:00:00.000Z",
            "2026-06-14T00:00:00.000Z",
        )
        assert [list(snapshot.items()) for snapshot in series["data"]] == [
            [
                ("social_account_id", ID),
                ("network", "x"),
                ("followers", 18012),
                ("following", 309),
                ("posts_count", 1880),
                ("impressions", 232004),
                ("reach", 88110),
                ("profile_views", 5604),
                ("raw", {}),
                ("captured_at", "2026-06-01T06:00:00.000Z"),
            ]
        ]

    def test_daily_snapshots_are_captured_at_six_up_to_now(self) -> None:
        expected = [f"2026-06-{day:02}T06:00:00.000Z" for day in range(1, 15)]
        assert captured(COLLECTED) == expected
        six = parse_iso("2026-06-14T06:00:00.000Z")
        assert captured(COLLECTED, now=six) == expected
        assert captured(COLLECTED, now=six - 1) == expected[:-1]

    def test_daily_snapshots_can_be_captured_at_midnight(self) -> None:
        midnight = Choices(metrics_snapshot_time="daily-0000")
        assert captured(COLLECTED, choices=midnight) == [f"2026-06-{day:02}T00:00:00.000Z" for day in range(1, 15)]

    def test_no_snapshots_without_collecting(self) -> None:
        assert captured({}) == []

    def test_no_snapshots_before_collecting_begins(self) -> None:
        assert captured(COLLECTED, now=COLLECTED["collected_from"] - 1) == []

    def test_empty_series_can_be_the_message_by_choice(self) -> None:
        series = metrics.series(account(), {}, EVERYTHING, NOW, Choices(metrics_empty_series="message"))
        assert series["message"] == "No metrics have been collected for this account yet."

    def test_inverted_window_has_a_form_of_its_own(self) -> None:
        inverted = between(NOW, NOW - 1)
        choices = Choices(metrics_empty_series="message", metrics_inverted_window="empty-data")
        assert metrics.series(account(), COLLECTED, inverted, NOW, choices)["data"] == []
        choices = Choices(metrics_empty_series="empty-data", metrics_inverted_window="message")
        assert "message" in metrics.series(account(), COLLECTED, inverted, NOW, choices)

    def test_posted_snapshot_replaces_the_daily_one(self) -> None:
        data = metrics.series(account(), COLLECTED | POSTED, EVERYTHING, NOW, DEFAULT)["data"]
        assert len(data) == 14
        assert data[0]["followers"] == 18012

    def test_posted_snapshots_are_sorted_among_the_daily_ones(self) -> None:
        posted = [{"captured_at": f"2026-06-{day}T12:00:00.000Z", "followers": 1} for day in ("20", "02", "12")]
        assert captured({"snapshots": posted}) == [f"2026-06-{day}T12:00:00.000Z" for day in ("02", "12", "20")]
        all_of_them = captured(COLLECTED | {"snapshots": posted})
        assert all_of_them == sorted(all_of_them)
        assert len(all_of_them) == 17

    def test_bounds_are_inclusive(self) -> None:
        third, fifth = (parse_iso(f"2026-06-0{day}T06:00:00.000Z") for day in (3, 5))
        assert len(captured(COLLECTED, between(third, fifth))) == 3
        assert len(captured(COLLECTED, between(third + 1, fifth - 1))) == 1
        exclusive = Choices(metrics_window_bounds="until-exclusive")
        assert len(captured(COLLECTED, between(third, fifth), exclusive)) == 2

    def test_cost_of_a_window_depends_on_its_snapshots_not_its_span(self) -> None:
        since_ever = {"collected_from": parse_iso("0001-01-02T06:00:00Z")}
        assert captured(since_ever, between(NOW - DAY_MS, NOW)) == ["2026-06-14T06:00:00.000Z"]
        assert response(UNREACHABLE | since_ever)["captured_at"] == "2026-06-14T06:00:00.000Z"

    @given(st.data())
    def test_window_is_a_slice_of_the_full_series(self, data: st.DataObject) -> None:
        instants = st.integers(CREATED - 5 * DAY_MS, NOW + 5 * DAY_MS) | st.integers(-5, 20).map(
            lambda day: COLLECTED["collected_from"] + day * DAY_MS
        )
        posted = data.draw(st.lists(instants, max_size=4, unique=True))
        hidden = {"snapshots": [{"captured_at": iso(at), "followers": 1} for at in posted]}
        hidden |= data.draw(st.sampled_from([{}, COLLECTED]))
        since, until = data.draw(st.none() | instants), data.draw(st.none() | instants)
        choices = data.draw(
            st.sampled_from([DEFAULT, Choices(metrics_snapshot_time="daily-0000", metrics_window_bounds="inclusive")])
        )
        full = captured(hidden, choices=choices)
        assert full == sorted(set(full))
        assert captured(hidden, between(since, until), choices) == [
            at for at in full if (since is None or iso(since) <= at) and (until is None or at <= iso(until))
        ]

    def test_daily_snapshot_does_not_change_over_time(self) -> None:
        early = metrics.series(account(), COLLECTED, EVERYTHING, NOW, DEFAULT)["data"]
        late = metrics.series(account(), COLLECTED, EVERYTHING, NOW + 90 * DAY_MS, DEFAULT)["data"]
        assert late[: len(early)] == early


def leaves(payload: Any) -> Iterator[Any]:
    if isinstance(payload, dict):
        for value in payload.values():
            yield from leaves(value)
    else:
        yield payload
