"""A world's clock: real time unless set; it runs on from where it is put, or stands."""

import time
from collections.abc import Callable
from typing import Final, NamedTuple, Self

from postfuze_fixtures.timestamps import iso, parse_iso

EARLIEST: Final = 0
#: A year before the last that can be written, so that what is reckoned from the clock (expiries) can be written too.
LATEST: Final = parse_iso("9999-01-01T00:00:00Z")


def real_milliseconds() -> int:
    """Real time, in milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


class Setting(NamedTuple):
    """How a clock starts: at `at` (ms; None: real time), and whether it stands there."""

    at: int | None = None
    frozen: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads `T` or `T,frozen`, T an RFC 3339 timestamp; ValueError with one sentence for anything else."""
        at, comma, word = text.partition(",")
        if comma and word.strip() != "frozen":
            raise ValueError(f"A clock is a timestamp, or a timestamp and ',frozen'; '{word.strip()}' is neither.")
        try:
            return cls(_checked(parse_iso(at.strip())), frozen=bool(comma))
        except ValueError as error:
            example = "2026-06-14T12:10:00.000Z,frozen"
            raise ValueError(f"'{text}' is no setting of a clock ({error}); write it like {example}.") from error

    def text(self) -> str | None:
        """What `parse` reads; None for real time."""
        return None if self.at is None else f"{iso(self.at)}{',frozen' if self.frozen else ''}"


REAL_TIME: Final = Setting()


class Clock:
    """Tells milliseconds since the epoch; `source` is real time, or a test's own.

    A running clock that starts at T runs on from T, which is when it was made, or restored.
    """

    def __init__(self, source: Callable[[], int] = real_milliseconds, first: Setting = REAL_TIME) -> None:
        self._source = source
        self._first = first
        self._ahead = 0
        self._stands_at: int | None = None
        self.restore()

    @classmethod
    def parse(cls, text: str, source: Callable[[], int] = real_milliseconds) -> Self:
        """A clock whose first setting is `text`, as `Setting.parse` reads it; ValueError as there."""
        return cls(source, Setting.parse(text))

    @property
    def frozen(self) -> bool:
        """Whether the clock stands."""
        return self._stands_at is not None

    @property
    def first(self) -> Setting:
        """The setting that `restore` goes back to."""
        return self._first

    def now(self) -> int:
        """Milliseconds since the epoch."""
        return self._source() + self._ahead if self._stands_at is None else self._stands_at

    def set(self, now: int | None = None, frozen: bool | None = None) -> None:
        """Changes what is given and keeps the rest; backwards too. ValueError outside 1970 to 9998."""
        at = self.now() if now is None else _checked(now)
        if self.frozen if frozen is None else frozen:
            self._stands_at = at
        else:
            self._run_from(at)

    def advance(self, seconds: float) -> None:
        """Moves the clock, frozen or not, to the millisecond; ValueError where it would leave 1970 to 9998."""
        try:
            step = round(seconds * 1000)
        except (OverflowError, ValueError) as error:
            raise ValueError(f"A clock cannot be advanced by {seconds} seconds.") from error
        self.set(now=self.now() + step)

    @property
    def ahead(self) -> int | None:
        """How far it runs ahead of real time (ms); None while it stands."""
        return None if self.frozen else self._ahead

    def run(self, ahead: int) -> None:
        """Let it run, so far ahead of real time (ms); ValueError where that is outside 1970 to 9998."""
        _checked(self._source() + ahead)
        self._ahead, self._stands_at = ahead, None

    def restore(self) -> None:
        """Back to the first setting."""
        self._ahead, self._stands_at = 0, None
        # Real time stays exactly that: an offset that is reckoned from two readings could be a millisecond off.
        if self._first.at is not None or self._first.frozen:
            self.set(self._first.at, self._first.frozen)

    def _run_from(self, at: int) -> None:
        self._stands_at = None
        self._ahead = at - self._source()


def _checked(at: int) -> int:
    if EARLIEST <= at < LATEST:
        return at
    raise ValueError(f"A clock stands between {iso(EARLIEST)} and {iso(LATEST)}.")
