"""What it takes to wait for an event, apart from the calls: how long each may wait, and what a failure says."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from postfuze_mock.client.fields import Json

#: Seconds that one call may wait, as its specification says. A longer wait is several calls.
MAX_WAIT: Final = 60.0
_MAX_LISTED: Final = 10  # kinds of events that a message lists


class Deadline:
    """The end of a wait of `timeout` seconds that begins now; `clock` returns seconds. Raises ValueError for a negative
    `timeout`."""

    def __init__(self, timeout: float, clock: Callable[[], float] = time.monotonic) -> None:
        if not timeout >= 0:
            raise ValueError(f"A timeout is a number of seconds from 0 on, not {timeout!r}.")
        self.timeout = timeout
        self._clock = clock
        self._end = clock() + timeout

    @property
    def wait(self) -> float:
        """Seconds for which the next call may wait."""
        return round(min(max(self._end - self._clock(), 0.0), MAX_WAIT), 3)

    @property
    def is_over(self) -> bool:
        """Whether no time is left."""
        return self.wait <= 0


def missing(event: str, timeout: float, entries: Sequence[Json], place: str = "") -> str:
    """The failure message if `event` has not come to `place`; `entries` are all that came, oldest first."""
    counts = Counter(str(entry["event"] or "something that is no event") for entry in entries)
    listed = [f"{name} {_times(count)}" for name, count in list(counts.items())[:_MAX_LISTED]]
    more = [f"and {len(counts) - _MAX_LISTED} more kinds"] if len(counts) > _MAX_LISTED else []
    others = f"instead came: {', '.join(listed + more)}" if counts else "nothing else came either"
    return f"{event} did not come{place} within {timeout:g} seconds; {others}"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
