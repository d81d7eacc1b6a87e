"""Parses and writes timestamps. Instants are unix seconds."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

_RFC_3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)  # RFC 3339, section 5.6, with a space allowed for the `T`


def instant(value: object) -> float | None:
    """The instant of a timestamp of any offset and precision; None if it is not an RFC 3339 date-time."""
    if not isinstance(value, str) or not _RFC_3339.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value.upper().replace(":60", ":59")).timestamp()
    except (ValueError, OverflowError):
        return None


def iso(at: float, offset_hours: float = 0) -> str:
    """An instant as the documentation writes it: `2026-06-01T00:00:00.000Z`, or with an offset such as `+02:00`."""
    zone = timezone(timedelta(hours=offset_hours))
    text = datetime.fromtimestamp(round(at, 3), UTC).astimezone(zone).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def http_date(value: str | None) -> float | None:
    """The instant of a `Date` header; None if it is missing or not a date."""
    try:
        return parsedate_to_datetime(value).timestamp() if value else None
    except (ValueError, TypeError):
        return None
