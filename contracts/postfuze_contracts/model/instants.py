"""Parses, compares and writes timestamps. Instants are unix seconds."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from fractions import Fraction

_RFC_3339 = re.compile(
    r"(\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)  # RFC 3339, section 5.6, with a space allowed for the `T`
_MAX_DECIMALS = 30  # of a second that count; a target may send a million
_FIRST, _LAST = -62_135_510_400.0, 253_402_214_400.0  # the years 1 to 9999, less a day for any offset


def instant(value: object) -> float | None:
    """The instant of a timestamp of any offset and precision, to the microsecond; None if it is not an RFC 3339
    date-time."""
    at = exact(value)
    return None if at is None else float(at)


def exact(value: object) -> Fraction | None:
    """The instant of a timestamp to its last digit; None if it is not an RFC 3339 date-time."""
    match = _RFC_3339.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    second, fraction, offset = match[1].upper(), (match[2] or "0")[:_MAX_DECIMALS], match[3].upper()
    try:
        whole = datetime.fromisoformat(second.replace(":60", ":59") + offset).timestamp()
    except (ValueError, OverflowError):
        return None
    return int(whole) + Fraction(int(fraction), 10 ** len(fraction))


def decimals(value: object) -> int:
    """The number of decimals of a timestamp's seconds, as written, as far as they count."""
    match = _RFC_3339.fullmatch(value) if isinstance(value, str) else None
    return min(len(match[2] or ""), _MAX_DECIMALS) if match else 0


def agree(one: object, other: object) -> bool:
    """Whether two timestamps may be the same instant: they differ by less than the last digit of the coarser one, which
    may have been rounded or cut."""
    earlier, later = exact(one), exact(other)
    if earlier is None or later is None:
        return earlier is later
    return abs(earlier - later) < Fraction(1, 10 ** min(decimals(one), decimals(other)))


def iso(at: float, offset_hours: float = 0) -> str:
    """An instant as the documentation writes it: `2026-06-01T00:00:00.000Z`, or with an offset such as `+02:00`. Before
    the year 1 or after 9999, the nearest that can be written."""
    zone = timezone(timedelta(hours=offset_hours))
    text = (
        datetime.fromtimestamp(round(min(max(at, _FIRST), _LAST), 3), UTC)
        .astimezone(zone)
        .isoformat(timespec="milliseconds")
    )
    return text.replace("+00:00", "Z")


def http_date(value: str | None) -> float | None:
    """The instant of a `Date` header; None if it is missing or not a date."""
    try:
        return parsedate_to_datetime(value).timestamp() if value else None
    except (ValueError, TypeError, OverflowError):
        return None
