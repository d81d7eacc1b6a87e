"""The time and the requests that a run may take. What the clean-up needs is reserved."""

from __future__ import annotations

import math
import threading
import time
from typing import Final

from postfuze_contracts.model.options import Options

_REQUESTS_PER_CLEANUP: Final = 3  # to disconnect an account
_WRITE_LIMIT: Final = 60.0  # seconds that the clean-up may have to wait for the limit of account writes
_SHARE: Final = 1 / 4  # of the run's time, at most, for the clean-up
_OVERTIME: Final = 1.0  # seconds beyond the run's time, for the clean-up and the response to a write
_GRACE: Final = 1.0  # seconds after which a run whose time is up is interrupted
_MAX_UNANSWERED: Final = 300.0  # seconds that a run waits for answers that do not come, or not in time


class BudgetSpent(Exception):
    """The run's time or requests are used up."""


class Budget:
    """The budget of one run. Thread-safe."""

    def __init__(self, options: Options) -> None:
        self._max_time, self._max_requests = options.max_time, options.max_requests
        self._lock = threading.Lock()
        self._started = time.monotonic()
        self.requests = 0
        self._reserved = 0  # requests
        self._phase_is_clean_up = False
        self._is_interrupted = False
        self._unanswered = 0.0  # seconds

    def reserve(self, accounts: int) -> None:
        """Reserve the requests and the time to disconnect so many accounts."""
        self._reserved = accounts * _REQUESTS_PER_CLEANUP

    def afford(self, accounts: int) -> None:
        """Raise BudgetSpent if so many accounts could be connected, but not disconnected again."""
        self._reserved += accounts * _REQUESTS_PER_CLEANUP
        used_up = self.used_up
        self._reserved -= accounts * _REQUESTS_PER_CLEANUP
        if used_up is not None:
            raise BudgetSpent(f"{used_up}, less what disconnecting accounts takes")

    def begin_clean_up(self) -> None:
        """Give what was reserved free."""
        self._reserved, self._phase_is_clean_up, self._is_interrupted = 0, True, False

    def end(self) -> None:
        """Nothing is left to interrupt."""
        self._is_interrupted = True

    @property
    def used_up(self) -> str | None:
        """The part of the budget that is used up, or None."""
        if self._max_requests is not None and self.requests >= self._max_requests - self._reserved:
            return f"{self._max_requests} requests"
        if self._max_time is not None and self.seconds_left() <= 0:
            return f"{self._max_time:g} s"
        if self._unanswered >= _MAX_UNANSWERED:
            return f"{_MAX_UNANSWERED:g} s of waiting for answers that did not come in time"
        return None

    def seconds_left(self, *, write: bool = False) -> float:
        """The seconds until the checks, or the clean-up, must end. A `write` under way has a moment more, because its
        response tells what to disconnect."""
        if self._max_time is None:
            return math.inf
        spent = time.monotonic() - self._started
        is_over = write or self._phase_is_clean_up
        return (self._max_time + _OVERTIME if is_over else self._max_time - self._reserve(spent)) - spent

    def _reserve(self, spent: float) -> float:
        """The seconds for the clean-up: by the average time of a request, and to wait for a limit."""
        if not self._reserved or self._max_time is None:
            return 0.0
        return min(self._reserved * spent / max(self.requests, 1) + _WRITE_LIMIT, self._max_time * _SHARE)

    @property
    def is_limited(self) -> bool:
        """Whether the run has a maximum time."""
        return self._max_time is not None

    @property
    def is_overdue(self) -> bool:
        """Whether the time of the checks, or of the clean-up, was up a moment ago, and nobody has noticed yet."""
        return not self._is_interrupted and self.seconds_left() < -_GRACE

    def note_overdue(self) -> bool:
        """Whether the run is to be interrupted, which happens once in each phase."""
        overdue, self._is_interrupted = self.is_overdue, True
        return overdue

    def spend(self) -> None:
        """Count a request. Raises BudgetSpent."""
        with self._lock:
            if (used_up := self.used_up) is not None:
                raise BudgetSpent(used_up)
            self.requests += 1

    def require(self, seconds: float) -> None:
        """Raise BudgetSpent if less time is left."""
        if self._max_time is not None and seconds > self.seconds_left():
            raise BudgetSpent(f"{self._max_time:g} s")

    def miss(self, seconds: float) -> None:
        """Count the time that a request took whose answer did not come, or not in time."""
        with self._lock:
            self._unanswered += seconds
