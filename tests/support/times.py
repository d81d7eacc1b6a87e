"""Arithmetic on timestamps, without a part of the mock's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

NOW: Final = "2026-06-14T12:10:00.000Z"
"""What the clocks of the tests' worlds show at first; they stand still."""


def moment(timestamp: str) -> datetime:
    """A timestamp as a datetime with an offset; ValueError for one that is none or has none."""
    instant = datetime.fromisoformat(timestamp)
    if instant.tzinfo is None:
        raise ValueError(f"no offset: {timestamp}")
    return instant


def written(instant: datetime) -> str:
    """An instant as the API writes it: UTC, milliseconds, `Z`."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def later(timestamp: str = NOW, **delta: float) -> str:
    """The timestamp that is `timedelta(**delta)` after another."""
    return written(moment(timestamp) + timedelta(**delta))
