"""The instants that a window may begin or end at: unix seconds or ISO 8601, in every form that names one instant."""

import re
from datetime import date, timedelta
from typing import Final

from postfuze_fixtures.timestamps import iso

_SECOND: Final = 1_000_000_000  # in nanoseconds, the unit of this module
_MINUTE, _HOUR = 60 * _SECOND, 3600 * _SECOND
_DAY, _MILLISECOND = 24 * _HOUR, 1_000_000
_EPOCH: Final = date(1970, 1, 1)

# Digits alone are unix seconds, so a basic date (20260601) needs a time. `[0-9]`, because `\d` matches the digits of
# every script.
_UNIX: Final = re.compile(r"(?P<sign>-?)(?P<whole>[0-9]{1,20})(?:[.,](?P<fraction>[0-9]+))?")
_DATE: Final = (
    r"(?P<year>[0-9]{4})(?:-?(?P<month>[0-9]{2})-?(?P<day>[0-9]{2})|-(?P<only_month>[0-9]{2})"
    r"|-?W(?P<week>[0-9]{2})(?:-?(?P<weekday>[1-7]))?|-?(?P<ordinal>[0-9]{3}))"
)
_TIME: Final = r"(?P<hour>[0-9]{2})(?::?(?P<minute>[0-9]{2})(?::?(?P<second>[0-9]{2}))?)?(?:[.,](?P<fraction>[0-9]+))?"
# A space is the unescaped `+` of a query string, U+2212 the minus sign that ISO 8601 prefers.
_OFFSET: Final = r"(?P<zulu>Z)|(?P<sign>[+ \-\u2212])(?P<oh>[0-9]{2})(?::?(?P<om>[0-9]{2}))?"
_ISO: Final = re.compile(rf"{_DATE}(?:[T ]{_TIME}(?:{_OFFSET})?)?", re.IGNORECASE | re.ASCII)
_RFC_3339: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+ -][0-9]{2}:[0-9]{2})|[0-9]+"
)


def nanoseconds(text: str) -> int:
    """Nanoseconds since the epoch of unix seconds or an ISO 8601 date or time. Raises ValueError for anything else, and
    outside the years 1 to 9999.

    A month alone is its first day, a week alone its Monday. Without a time of day it is midnight, without an offset
    UTC. What is finer than a nanosecond is cut.
    """
    at = _unix(text) if _UNIX.fullmatch(text) else _iso(text)
    try:
        iso(at // _MILLISECOND)
    except OverflowError as error:
        raise ValueError(f"outside the years 1 to 9999: {text!r}") from error
    return at


def is_narrow(text: str) -> bool:
    """Whether `text` has the form of an RFC 3339 date-time or of whole unix seconds (choice `metrics.iso-forms`)."""
    return _RFC_3339.fullmatch(text) is not None


def _unix(text: str) -> int:
    match = _UNIX.fullmatch(text)
    assert match is not None
    size = int(match["whole"]) * _SECOND + _fraction(match["fraction"], _SECOND)
    return -size if match["sign"] else size


def _iso(text: str) -> int:
    match = _ISO.fullmatch(text)
    if match is None:
        raise ValueError(f"neither unix seconds nor ISO 8601: {text!r}")
    return (_date(match) - _EPOCH).days * _DAY + _time_of_day(match) - _offset(match)


def _date(match: re.Match[str]) -> date:
    """Raises ValueError for a day that does not exist."""
    year = int(match["year"])
    if match["week"]:
        return date.fromisocalendar(year, int(match["week"]), int(match["weekday"] or 1))
    if match["ordinal"]:
        day = date(year, 1, 1) + timedelta(days=int(match["ordinal"]) - 1)
        if day.year != year:
            raise ValueError(f"the year {year} has no day {match['ordinal']}")
        return day
    return date(year, int(match["month"] or match["only_month"]), int(match["day"] or 1))


def _time_of_day(match: re.Match[str]) -> int:
    """Raises ValueError for a time that does not exist. 24:00:00 is the end of the day (ISO 8601-1:2019/Amd 1:2022); a
    leap second, 23:59:60 UTC, is the first second after it (RFC 3339, section 5.7)."""
    hour, minute, second = (int(match[name] or 0) for name in ("hour", "minute", "second"))
    unit = _SECOND if match["second"] else _MINUTE if match["minute"] else _HOUR
    time = hour * _HOUR + minute * _MINUTE + second * _SECOND + _fraction(match["fraction"], unit)
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and time > _DAY):
        raise ValueError(f"no such time: {match[0]!r}")
    if second == 60 and (time // _SECOND * _SECOND - _offset(match)) % _DAY:
        raise ValueError(f"no leap second there: {match[0]!r}")
    return time


def _fraction(digits: str | None, unit: int) -> int:
    return int((digits or "0")[:9].ljust(9, "0")) * unit // _SECOND


def _offset(match: re.Match[str]) -> int:
    if not match["sign"]:
        return 0
    hours, minutes = int(match["oh"]), int(match["om"] or 0)
    if hours > 23 or minutes > 59:
        raise ValueError(f"no such offset: {match[0]!r}")
    size = hours * _HOUR + minutes * _MINUTE
    return size if match["sign"] in "+ " else -size
