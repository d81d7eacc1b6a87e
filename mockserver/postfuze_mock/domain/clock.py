"""A world's clock: it shows real time, runs on from another time, or is frozen."""

import time
from collections.abc import Callable
from typing import Final, NamedTuple, Self

from postfuze_fixtures.timestamps import LAST, iso, parse_iso

EARLIEST: Final = 0
#: A year before the last timestamp, so that times computed from the clock (expiries) are timestamps too.
LATEST: Final = parse_iso("9999-01-01T00:00:00Z")


def real_milliseconds() -> int:
    """Real time, in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


class Setting(NamedTuple):
    """How a clock starts: at `at` (ms; None: real time), frozen or not."""

    at: int | None = None
    frozen: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads `T` or `T,frozen`, T an RFC 3339 timestamp. Raises ValueError (one sentence) for anything else."""
        at, comma, word = text.partition(",")
        if comma and word.strip() != "frozen":
            raise ValueError(f"A clock is a timestamp, or a timestamp and ',frozen', not '{word.strip()}'.")
        try:
            return cls(_checked(parse_iso(at.strip())), frozen=bool(comma))
        except ValueError as error:
            example = "2026-06-14T12:10:00.000Z,frozen"
            raise ValueError(f"'{text}' is not a clock setting ({error}); write it like {example}.") from error

    def text(self) -> str | None:
        """The text that `parse` reads; None for real time."""
        return None if self.at is None else f"{iso(self.at)}{',frozen' if self.frozen else ''}"


REAL_TIME: Final = Setting()


class Clock:
    """Milliseconds since the epoch; `source` returns real time, or the time of a test.

    A running clock whose first setting is T starts at T when it is constructed or restored.
    """

    def __init__(self, source: Callable[[], int] = real_milliseconds, first: Setting = REAL_TIME) -> None:
        self._source = source
        self._first = first
        self._ahead = 0
        self._frozen_at: int | None = None
        self.is_moved = False
        """Whether it was set or advanced since its first setting."""
        self.restore()

    @classmethod
    def parse(cls, text: str, source: Callable[[], int] = real_milliseconds) -> Self:
        """A clock whose first setting is `text`. Raises ValueError as `Setting.parse` does."""
        return cls(source, Setting.parse(text))

    @property
    def frozen(self) -> bool:
        """Whether the clock is frozen."""
        return self._frozen_at is not None

    @property
    def first(self) -> Setting:
        """The setting that `restore` goes back to."""
        return self._first

    def now(self) -> int:
        """Milliseconds since the epoch."""
        return self._source() + self._ahead if self._frozen_at is None else self._frozen_at

    def set(self, now: int | None = None, frozen: bool | None = None) -> None:
        """Sets what is not None; the clock may go back. Raises ValueError outside 1970 to 9998."""
        at = self.now() if now is None else _checked(now)
        self.is_moved = True
        if self.frozen if frozen is None else frozen:
            self._frozen_at = at
        else:
            self._run_from(at)

    def advance(self, seconds: float) -> None:
        """Moves the clock, frozen or not, by whole milliseconds. Raises ValueError outside 1970 to 9998."""
        try:
            step = round(seconds * 1000)
        except (OverflowError, ValueError) as error:
            raise ValueError(f"A clock cannot be advanced by {seconds} seconds.") from error
        self.set(now=self.now() + step)

    @property
    def ahead(self) -> int | None:
        """How far it is ahead of real time (ms); None while it is frozen."""
        return None if self.frozen else self._ahead

    def resume(self, now: int, frozen: bool) -> None:
        """Sets a saved time. One that runs may have passed the latest that can be set, so it goes back to that. Raises
        ValueError outside 1970 to 9999."""
        self.set(_reached(now), frozen)

    def run(self, ahead: int) -> None:
        """Runs `ahead` of real time (ms), as `resume`."""
        now = self._source() + ahead
        self._ahead, self._frozen_at = ahead - (now - _reached(now)), None

    def put(self, ahead: int | None, frozen_at: int | None, *, is_moved: bool) -> None:
        """Sets what `ahead` was, and the time (ms) at which it is frozen (None: it runs)."""
        self._ahead, self._frozen_at, self.is_moved = ahead or 0, frozen_at, is_moved

    def restore(self) -> None:
        """Goes back to the first setting."""
        self._ahead, self._frozen_at = 0, None
        # Real time needs no offset; one computed from two readings could be a millisecond off.
        if self._first.at is not None or self._first.frozen:
            self.set(self._first.at, self._first.frozen)
        self.is_moved = False

    def _run_from(self, at: int) -> None:
        self._frozen_at = None
        self._ahead = at - self._source()


def _reached(at: int) -> int:
    return _checked(min(at, LATEST - 1) if at <= LAST else at)


def _checked(at: int) -> int:
    if EARLIEST <= at < LATEST:
        return at
    raise ValueError(f"A clock must be between {iso(EARLIEST)} and {iso(LATEST)}.")
