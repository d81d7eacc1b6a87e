"""The bounds of a series: parsed, checked, echoed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postfuze_fixtures.timestamps import iso, parse_iso
from postfuze_mock.domain.choices import DEFAULT, Choices
from postfuze_mock.domain.windows import instant, window
from postfuze_mock.problems import Problem

JUNE = parse_iso("2026-06-01T00:00:00.000Z")


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
        "2026-06-01T00:00:00.000999999Z",
    ],
)
def test_every_spelling_of_an_instant_is_read_alike(text: str) -> None:
    assert instant(text) == JUNE


@given(st.integers(0, 99_999_999_999))
def test_unix_seconds_and_iso_8601_are_equivalent(seconds: int) -> None:
    assert instant(str(seconds)) == instant(iso(seconds * 1000)) == seconds * 1000


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-1",
        "1.5",
        "1e9",
        "1_000",
        "١٧٨٠",
        "1780272000000",
        "now",
        "2026-13-01",
        "2026-02-30",
        "2026-6-1",
        "20260601T000000Z",
        "2026-06-01T",
        "2026-06-01T24:00:00Z",
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


def test_inverted_window_can_be_empty_by_choice() -> None:
    choices = Choices(metrics_inverted_window="empty-data")
    assert window("1780272001", "2026-06-01", choices).last(choices) == JUNE


def test_end_can_be_exclusive_by_choice() -> None:
    choices = Choices(metrics_window_bounds="until-exclusive")
    assert window(None, "2026-06-01", choices).last(choices) == JUNE - 1
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
