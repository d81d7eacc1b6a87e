"""Rate limits: fixed windows in named buckets."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from postfuze_mock.domain.choices import DEFAULT, Choices


class Bucket(NamedTuple):
    """At most `limit` calls in each window of `window_seconds`."""

    id: str
    limit: int
    window_seconds: int


@dataclass(slots=True)
class _Window:
    limit: int
    length: int
    start: int | None = None
    calls: int = 0


class Buckets:
    """The buckets of one organization. A call may count in several buckets."""

    def __init__(self, buckets: Iterable[Bucket], choices: Choices = DEFAULT) -> None:
        self._windows = {each.id: _Window(each.limit, each.window_seconds * 1000) for each in buckets}
        self._aligned = choices.limits_window_start == "aligned"

    def hit(self, bucket: str, now: int) -> int | None:
        """Counts a call at `now` (ms). Returns None if it is allowed, else its `Retry-After` in seconds (1 or more).

        A window [start, start + length) begins with the first counted call after the previous window. A refused call is
        not counted. A clock that was set back starts a new window; otherwise no call would pass until it caught up.
        Raises KeyError for an unknown bucket.
        """
        window = self._windows[bucket]
        if window.start is None or not window.start <= now < window.start + window.length:
            window.start = now - now % window.length if self._aligned else now
            window.calls = 0
        if window.calls >= window.limit:
            return -((now - window.start - window.length) // 1000)
        window.calls += 1
        return None

    def windows(self) -> dict[str, tuple[int, int]]:
        """The windows that have begun: start (ms) and calls by bucket."""
        return {id: (each.start, each.calls) for id, each in self._windows.items() if each.start is not None}

    def put(self, windows: Mapping[str, tuple[int, int]]) -> None:
        """Sets what `windows` returned."""
        self.clear()
        for id in windows.keys() & self._windows.keys():
            self._windows[id].start, self._windows[id].calls = windows[id]

    def revision(self) -> tuple[tuple[int | None, int], ...]:
        """A value that differs after each counted call."""
        return tuple((each.start, each.calls) for each in self._windows.values())

    def clear(self) -> None:
        """Forgets every call."""
        for window in self._windows.values():
            window.start, window.calls = None, 0
