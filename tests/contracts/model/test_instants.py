"""Timestamps are compared to their last digit, or at the precision of the coarser one."""

from __future__ import annotations

from fractions import Fraction

import pytest

from postfuze_contracts.model.instants import agree, decimals, exact, http_date, instant, iso

NOON = "2026-06-01T12:00:00"


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (f"{NOON}.000000001Z", f"{NOON}.000000701Z"),
        (f"{NOON}Z", f"{NOON}.0000000000001Z"),
        (f"{NOON}.999Z", "2026-06-01T14:00:01+02:00"),
        ("1969-12-31T23:59:59.1Z", "1969-12-31T23:59:59.2Z"),
    ],
)
def test_instants_are_compared_to_the_last_digit(earlier: str, later: str) -> None:
    one, other = exact(earlier), exact(later)
    assert one is not None
    assert other is not None
    assert one < other


def test_equal_instants_of_different_offsets_and_precisions_are_equal() -> None:
    assert exact(f"{NOON}.500Z") == exact("2026-06-01t14:00:00.5+02:00") == Fraction(3560630401, 2)


@pytest.mark.parametrize("text", ["2026-06-01", f"{NOON}", "2026-13-01T00:00:00Z", "now", None, 1780272000])
def test_what_is_no_date_time_is_no_instant(text: object) -> None:
    assert exact(text) is None
    assert decimals(text) == 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (f"{NOON}.999Z", f"{NOON}Z", True),  # cut
        (f"{NOON}.999Z", "2026-06-01T12:00:01Z", True),  # rounded
        (f"{NOON}.999Z", "2026-06-01T12:00:02Z", False),
        (f"{NOON}.998Z", f"{NOON}.999Z", False),
        (f"{NOON}.9989Z", f"{NOON}.998Z", True),
        (None, None, True),
        (None, f"{NOON}Z", False),
    ],
)
def test_instants_agree_at_the_coarser_precision(one: object, other: object, same: bool) -> None:
    assert agree(one, other) is same


@pytest.mark.parametrize(
    "text",
    [f"{NOON}.{'1' * 5000}Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:60-23:59", "0001-01-01T00:00:00+23:59"],
)
def test_absurd_timestamps_are_read_or_are_none(text: str) -> None:
    at = instant(text)
    assert at is None or instant(iso(at, offset_hours=5)) is not None
    assert agree(text, text)


@pytest.mark.parametrize("value", ["", "nan", "01 Jan 2026 00:00:00 +99999999999", "9" * 5000, "Mon, 99 Jan"])
def test_absurd_dates_of_headers_are_none(value: str) -> None:
    assert http_date(value) is None
