"""The interface of the calls that an engine stores: the journals of all worlds, without what they mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol


class Wanted(NamedTuple):
    """Which calls: those of `operation` (None: of any, or none) that were answered with `lowest` to `highest`, or not
    at all if `dropped`, and were finished after `after` and before `before` (ns; None: whenever)."""

    operation: str | None = None
    lowest: int = 0
    highest: int = 999
    dropped: bool = True
    after: int | None = None
    before: int | None = None

    def admits(self, operation: str | None, status: int | None, finished: int) -> bool:
        """Whether such a call is wanted."""
        if self.operation not in (None, operation):
            return False
        if (self.before is not None and finished >= self.before) or (self.after is not None and finished <= self.after):
            return False
        return self.dropped if status is None else self.lowest <= status <= self.highest


ANY = Wanted()


class Place(NamedTuple):
    """Where a call is: in the journal of `world`, which counts from 1. `finished` (ns) orders the calls of all worlds,
    and differs from that of all others."""

    world: str
    number: int
    finished: int


class Stored(NamedTuple):
    """A call as it is stored. `at` is in ms; None before its world was built. `finished` is in ns of real time."""

    at: int | None
    finished: int
    operation: str | None
    status: int | None
    entry: bytes
    body: bytes | None
    response_body: bytes


class Added(NamedTuple):
    """What is added to a journal: `calls`, the last ones of `total`; no fewer than a journal stores at most."""

    total: int
    calls: Sequence[Stored]


class Calls(Protocol):
    """The calls of all worlds. Each method is called in a transaction."""

    def append(self, added: Mapping[str, Added]) -> None:
        """Add calls to the journals of worlds, which drop their oldest ones if there are too many. Of a world that is
        built, those without an `at` get the time of its clock."""

    def places(self, world: str | None, wanted: Wanted) -> Iterator[Place]:
        """The calls of `world` (None: of all) that are wanted, the newest first."""

    def total(self, world: str | None, wanted: Wanted) -> int:
        """How many calls of `world` (None: of all) are wanted."""

    def stored(self, places: Sequence[Place]) -> list[tuple[Place, Stored]]:
        """The calls at these places, in their order; without those that were dropped."""

    def revision(self, world: str) -> tuple[int, ...]:
        """A value that differs after each change of the journal; its first number is how many calls were added."""

    def failed_since(self, world: str, count: int) -> int:
        """How many of the stored calls after the first `count` failed: with a status above 399, or without one."""

    def resize(self, world: str, size: int) -> None:
        """Store the last `size` calls of a world from now on."""

    def clear(self, world: str, *, anew: bool) -> None:
        """Remove all calls of a world; with `anew` its journal counts from 1 again, and has its first size."""

    def forget(self, world: str) -> None:
        """Remove the journal of a world that comes to its end."""

    def put_back(self, world: str) -> None:
        """Put the calls back that were removed last, before those that came since."""

    def clear_unbuilt(self) -> None:
        """Remove the calls of all worlds that are not built."""

    def trim(self) -> None:
        """Drop the oldest calls of all worlds if there are too many."""
