"""The interfaces of what an engine that processes share stores of deliveries. All are used in transactions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, Protocol


class DeliveryRow(NamedTuple):
    """One event on its way to one URL. `place` orders the deliveries of an event. Of those to a URL the next one is due
    first, and of several the one with the smallest `number`. `due_at` is in ms of the world's clock; None where nothing
    is planned, and during an attempt. `attempts` is JSON."""

    event_id: str
    url: str
    place: int
    number: int
    status: str
    due_at: int | None
    attempts: bytes


class Deliveries(Protocol):
    """The deliveries of one world."""

    def revision(self) -> int:
        """A number that differs after each change."""

    def next(self, counter: str) -> int:
        """1, 2, 3 … for each counter."""

    def counted(self, counter: str) -> int:
        """The last value of a counter."""

    def put(self, rows: Sequence[DeliveryRow]) -> None:
        """Add deliveries, or replace those of the same event and URL."""

    def of(self, event_ids: Sequence[str]) -> list[DeliveryRow]:
        """The deliveries of these events, those of each in their order."""

    def one(self, event_id: str, url: str) -> DeliveryRow | None:
        """One delivery."""

    def remove(self, event_id: str, urls: Sequence[str] | None = None) -> None:
        """Remove the deliveries of an event: those to `urls`, or all."""

    def urls(self) -> list[str]:
        """The URLs that something is planned for, in the order in which it was."""

    def due_at(self, url: str) -> int | None:
        """When the next delivery to `url` is due."""

    def take(self, url: str, now: int) -> DeliveryRow | None:
        """The next delivery to `url` that is due `now`; nothing is planned for it any more."""

    def give_up_except(self, urls: Collection[str]) -> None:
        """Give up what is not over of the deliveries to all other URLs."""

    def undelivered(self) -> int:
        """How many deliveries have failed, or were given up."""

    def sent(self, url: str | None, *, undelivered: bool) -> set[str]:
        """The ids of the events with a delivery to `url` (None: to any), with `undelivered` one that has failed or was
        given up."""

    def store_exchange(self, document: bytes, size: int, most: int) -> int:
        """Store what an attempt exchanged, and remove the oldest as long as all sizes add up to more than `most`.
        Returns its number."""

    def exchanges(self, numbers: Sequence[int]) -> Mapping[int, bytes]:
        """What is still stored of what attempts exchanged, by number."""


class Claim(NamedTuple):
    """The right of the process `owner` to deliver to a URL of a world. Each has another `number`. It ends when its
    process lets it expire, and when the world is reset."""

    world: str
    url: str
    owner: str
    number: int


class Queues(Protocol):
    """The queues of one world: the deliveries to one URL each, for one process at a time."""

    def open(self, urls: Sequence[str]) -> None:
        """Have a queue for each of these URLs."""

    def close_except(self, urls: Collection[str]) -> None:
        """Have none for other URLs, except where an attempt is under way."""

    def schedule(self, ahead: int | None, frozen_at: int | None) -> None:
        """Note when the next delivery in each queue is due, by a clock that is `ahead` of real time, or is frozen
        (ms)."""

    def is_open(self, url: str) -> bool:
        """Whether there is a queue for `url`."""

    def close_empty(self) -> None:
        """Have no queue where nothing is planned or under way."""

    def is_claimed(self, url: str) -> bool:
        """Whether an attempt is under way, or was when its process died."""

    def under_way(self, claim: Claim) -> tuple[bool, str | None]:
        """Whether the claim holds, and the id of the event whose delivery was noted as taken last, if any. One that
        holds does so until the end of a transaction that writes."""

    def take_over(self, claim: Claim) -> None:
        """Let the delivery be due first that was taken last, unless it was settled: its process has died."""

    def note_taken(self, claim: Claim, event_id: str, until: int) -> None:
        """Note which delivery is attempted, and let the claim hold until then (ms of real time)."""

    def release(self, claim: Claim) -> None:
        """Let others deliver; call `schedule` afterwards."""


class Claims(Protocol):
    """The claims of all worlds. Times are ms of real time."""

    def claim(self, owner: str, number: int, now: int, until: int, most: int) -> list[Claim]:
        """Claim at most `most` queues where something is due `now`, or whose process let its claim expire."""

    def renew(self, owner: str, until: int) -> None:
        """Let the claims of `owner` hold until then."""

    def held(self, owner: str) -> set[Claim]:
        """The claims that `owner` has."""

    def release_all(self, owner: str) -> None:
        """Let others have the claims of `owner`, at once."""
