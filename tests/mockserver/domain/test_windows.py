"""The bounds of a series: parsed, checked, echoed."""

import re
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postfuze_fixtures.timestamps import iso, parse_iso
from postfuze_mock import spec
from postfuze_mock.domain.choices import DEFAULT, Choices
from postfuze_mock.domain.instants import nanoseconds
from postfuze_mock.domain.windows import instant, window
from postfuze_mock.problems import Problem

JUNE = parse_iso("2026-06-01T00:00:00.000Z")
NARROW = Choices(metrics_iso_forms="rfc3339")
NS = 1_000_000  # nanoseconds in a millisecond


@pytest.mark.parametrize(
    "text",
    [
        "1780272000",
        "2026-06-01",
        "2026-06-01T00:00Z",
        "2026-06-01T00:00:00",
        "2026-06-01t00:00:00z",
        "2026-06-01 00:00:00Z",
        "2026-06-01T00:00:00.000Z",
        "2026-06-01T02:00:00+02:00",
        "2026-06-01T02:00:00 02:00",
        "2026-05-31T18:30-05:30",
        "1780272000.000",
        "1780272000,0",
        "001780272000",
        "20260601T000000Z",
        "20260601T000000.000Z",
        "20260601T0000",
        "20260601T00",
        "2026-06-01T02:00:00+0200",
        "2026-06-01T02:00:00+02",
        "2026-06-01T02+02",
        "2026-05-31T22:00:00\u221202:00",
        "2026-06-01T00:00:00,000+00",
        "2026-05-31T24:00:00Z",
        "2026-06",
        "2026-W23",
        "2026-W23-1",
        "2026W231T000000Z",
        "2026-w23-1t00:00z",
        "2026-152",
        "2026152T00Z",
        "2026-06-01T00:00:00.0000000009Z",
    ],
)
def test_every_spelling_of_an_instant_is_read_alike(text: str) -> None:
    assert instant(text) == JUNE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-1", -1_000 * NS),
        ("-1.5", -1_500 * NS),
        ("1.5", 1_500 * NS),
        ("0.000000001", 1),
        ("1970-01-01T00:00:00.000999999Z", 999_999),
        ("1970-01-01T00:30.5Z", 1_830_000 * NS),
        ("1970-01-01T01,25Z", 4_500_000 * NS),
        ("2038-01-19T03:14:08Z", 2**31 * 1_000 * NS),
        ("4294967296", 2**32 * 1_000 * NS),
        ("253402300799", 253402300799_000 * NS),
        ("-62135596800", -62135596800_000 * NS),
        ("2016-12-31T23:59:60Z", 1483228800_000 * NS),
    ],
)
def test_instants_have_nanoseconds_and_no_bounds_but_the_calendar(text: str, expected: int) -> None:
    assert nanoseconds(text) == expected


@given(st.integers(-62135596800, 253402300799))
def test_unix_seconds_and_iso_8601_are_equivalent(seconds: int) -> None:
    assert instant(str(seconds)) == instant(iso(seconds * 1000)) == seconds * 1000


@given(st.datetimes())
def test_forms_of_python_are_read_as_python_does(at: datetime) -> None:
    expected = (at - datetime(1970, 1, 1)) // timedelta(microseconds=1) * 1000
    week = "{:04}-W{:02}-{}".format(*at.isocalendar())
    day = f"{at.year:04}-{at.timetuple().tm_yday:03}"
    for text in (at.isoformat(), f"{week}T{at.time().isoformat()}", f"{day}T{at.time().isoformat()}Z"):
        assert at.isocalendar().year not in range(1, 10_000) or nanoseconds(text) == expected


@given(st.from_regex(re.compile(spec.load()["components"]["schemas"]["Instant"]["pattern"]), fullmatch=True))
def test_whatever_fits_the_schema_is_an_instant_or_a_value_error(text: str) -> None:
    with suppress(ValueError):
        instant(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-",
        "+1",
        "--1",
        "1.",
        ".5",
        "1.5.5",
        "1e9",
        "1_000",
        "١٧٨٠",
        "1780272000000",
        "253402300800",
        "-62135596801",
        "9" * 5000,
        "1.x",
        "now",
        "2026-13-01",
        "2026-02-30",
        "2026-6-1",
        "2026-06-01T",
        "2026-06-01T24:00:01Z",
        "2026-06-01T25:00:00Z",
        "2026-06-01T00:60:00Z",
        "2026-06-01T00:00:61Z",
        "2026-06-01T00:00:60Z",
        "2026-06-01T00:00:00+24:00",
        "2026-06-01T00:00:00+02:60",
        "2026-06-01T00:00:00+02:",
        "2026-W54-1",
        "2026-W23-8",
        "2026-366",
        "2026-000",
        "0000-01-01",
        "P1D",
        "2026-06-01T00:00:00+2",
        "2026-06-01T00:00:00Z\n",
        "0001-01-01T00:00:00+02:00",
    ],
)
def test_invalid_instant_is_refused_like_any_invalid_parameter(text: str) -> None:
    with pytest.raises(Problem) as caught:
        window(text, None, DEFAULT)
    assert (caught.value.status, caught.value.code) == (400, "validation_failed")
    assert caught.value.errors == [{"in": "query", "name": "since", "message": "must be unix seconds or ISO 8601"}]


def test_both_invalid_bounds_are_reported_with_the_chosen_status() -> None:
    with pytest.raises(Problem) as caught:
        window("then", "now", Choices(errors_validation_status="422"))
    assert caught.value.status == 422
    assert caught.value.errors is not None
    assert [error["name"] for error in caught.value.errors] == ["since", "until"]


def test_inverted_window_is_refused() -> None:
    with pytest.raises(Problem, match="since must not be after until") as caught:
        window("1780272001", "2026-06-01", DEFAULT)
    assert caught.value.status == 400
    assert window("1780272000", "2026-06-01", DEFAULT).last(DEFAULT) == JUNE


def test_window_between_two_milliseconds_has_neither() -> None:
    between = window("2026-06-01T00:00:00.0001Z", "2026-06-01T00:00:00.0009Z", DEFAULT)
    assert (between.first(DEFAULT), between.last(DEFAULT)) == (JUNE + 1, JUNE)


@pytest.mark.parametrize("text", ["2026-06-01T00:00:00Z", "2026-06-01T00:00:00.5+02:00", "1780272000"])
def test_narrow_deployment_accepts_rfc_3339_and_whole_seconds(text: str) -> None:
    assert window(text, None, NARROW).since is not None


@pytest.mark.parametrize(
    "text", ["2026-06-01", "2026-06-01T00:00Z", "2026-06-01T00:00:00", "20260601T000000Z", "1780272000.5", "-1"]
)
def test_narrow_deployment_refuses_other_forms(text: str) -> None:
    with pytest.raises(Problem, match="until must be unix seconds or ISO 8601") as caught:
        window("1", text, NARROW)
    assert (caught.value.status, caught.value.rule) == (400, "metrics.iso-forms")


def test_inverted_window_can_be_empty_by_choice() -> None:
    choices = Choices(metrics_inverted_window="empty-data")
    assert window("1780272001", "2026-06-01", choices).last(choices) == JUNE


def test_end_can_be_exclusive_by_choice() -> None:
    choices = Choices(metrics_window_bounds="until-exclusive")
    assert window(None, "2026-06-01", choices).last(choices) == JUNE - 1
    assert window(None, "2026-06-01T00:00:00.0001Z", choices).last(choices) == JUNE
    assert window("2026-06-01", None, choices).last(choices) is None


@pytest.mark.parametrize(
    ("echo", "open_bound", "echoed"),
    [
        ("iso-milliseconds", "null-echo", {"since": "2026-06-01T00:00:00.000Z", "until": None}),
        ("iso-milliseconds", "omitted", {"since": "2026-06-01T00:00:00.000Z"}),
        ("verbatim", "null-echo", {"since": "1780272000", "until": None}),
        ("verbatim", "omitted", {"since": "1780272000"}),
    ],
)
def test_bounds_are_echoed(echo: Any, open_bound: Any, echoed: dict[str, str | None]) -> None:
    choices = Choices(metrics_window_echo=echo, metrics_open_bound=open_bound)
    assert window("1780272000", None, choices).echo(choices) == echoed
