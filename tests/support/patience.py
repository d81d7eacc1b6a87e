"""How long a test waits: longer on a loaded machine, so that a slow machine is not taken for a broken server."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import Final

MAX_FACTOR: Final = 4.0


def factor() -> float:
    """What time limits are multiplied by: `POSTFUZE_TEST_PATIENCE`, else the machine's load per core, at least 1."""
    setting = os.environ.get("POSTFUZE_TEST_PATIENCE")
    if setting:
        return float(setting)
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return min(MAX_FACTOR, max(1.0, load / (os.cpu_count() or 1)))


def seconds(limit: float) -> float:
    """A time limit for this machine as it is now; `limit` is what an idle one may take."""
    return limit * factor()


PATIENCE: Final = seconds(20.0)
"""Seconds that an answer may take. A broken server must not hang the tests."""


def until(condition: Callable[[], bool], what: str, limit: float = 20.0) -> None:
    """Return as soon as `condition` holds; AssertionError with `what` where it does not within `limit` seconds."""
    begun, pause = time.monotonic(), threading.Event()
    while not condition():
        waited = time.monotonic() - begun
        assert waited < seconds(limit), f"Not within {waited:.0f} s: {what}"
        pause.wait(0.01)
