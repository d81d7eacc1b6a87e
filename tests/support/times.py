"""Timestamps, and how long tests wait: longer on a loaded machine, so that slowness is not taken for a failure."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

#: Where the clocks of the tests' worlds stand still at first.
NOW: Final = "2026-06-14T12:10:00.000Z"
MAX_FACTOR: Final = 4.0


def moment(timestamp: str) -> datetime:
    """Parse a timestamp; ValueError if it is invalid or has no offset."""
    instant = datetime.fromisoformat(timestamp)
    if instant.tzinfo is None:
        raise ValueError(f"no offset: {timestamp}")
    return instant


def written(instant: datetime) -> str:
    """Format an instant as the API does: UTC, milliseconds, `Z`."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def later(timestamp: str = NOW, **delta: float) -> str:
    """Add `timedelta(**delta)` to a timestamp."""
    return written(moment(timestamp) + timedelta(**delta))


def factor() -> float:
    """The factor of time limits: `POSTFUZE_TEST_PATIENCE`, else the machine's load per core, at least 1."""
    setting = os.environ.get("POSTFUZE_TEST_PATIENCE")
    if setting:
        return float(setting)
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return min(MAX_FACTOR, max(1.0, load / (os.cpu_count() or 1)))


def seconds(limit: float) -> float:
    """Scale a time limit, which is that of an idle machine, to the present load."""
    return limit * factor()


#: Seconds that a response may take.
PATIENCE: Final = seconds(20.0)


def until(condition: Callable[[], bool], what: str, limit: float = 20.0) -> None:
    """Return as soon as `condition` holds; AssertionError with `what` after `limit` seconds of an idle machine."""
    start, pause = time.monotonic(), threading.Event()
    while not condition():
        elapsed = time.monotonic() - start
        assert elapsed < seconds(limit), f"Not within {elapsed:.0f} s: {what}"
        pause.wait(0.01)
