"""The interface of what an engine that processes share stores of inboxes, to be used in transactions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol


class InboxRow(NamedTuple):
    """What an inbox received. Each entry of all inboxes has a greater `number` than the earlier ones; `size` is what it
    counts for; `sender` is the world that sent it, if it is known; `head` is JSON."""

    number: int
    id: str
    size: int
    sender: str | None
    event: bytes | None
    head: bytes
    body: bytes


class Bounds(NamedTuple):
    """How many inboxes there are, how many entries each has, and what size all have. Of more, the oldest entries of the
    inbox go, the inbox that has received nothing for the longest time, and the oldest entries of such inboxes."""

    inboxes: int
    entries: int
    size: int


class InboxEntries(Protocol):
    """The inboxes, by name, and the secrets of the webhooks that point to them."""

    def totals(self) -> tuple[int, int]:
        """The last number, and the size of all entries."""

    def add(self, inbox: str, size: int, make: Callable[[int], InboxRow], bounds: Bounds) -> None:
        """Add the entry that `make` makes of its number, and keep the `bounds`, at the end of this transaction: others
        that add one wait only for that."""

    def newest_first(
        self, inbox: str, event: bytes | None, since: str | None, before: int | None
    ) -> Iterator[InboxRow]:
        """The entries of an `event`, after the one with the id `since`, or all if that is no longer stored, and with a
        smaller number than `before`."""

    def count(self, inbox: str, event: bytes | None, since: str | None) -> int:
        """How many entries there are of an `event`, after the one with the id `since`."""

    def clear(self, inbox: str, of: str | None = None) -> int:
        """Remove all entries of an inbox; with `of`, keep those that other worlds have sent. Returns the size of what
        was removed."""

    def clear_all(self) -> None:
        """Remove all entries."""

    def point(self, world: str, secrets: Sequence[tuple[str, str]]) -> None:
        """Note the names of the inboxes that the webhooks of `world` point to, each with its secret."""

    def secrets(self, inbox: str) -> list[str]:
        """The secrets of all webhooks that point to an inbox."""

    def latest(self, inboxes: Sequence[str]) -> dict[str, int]:
        """The number of the last entry of each of these inboxes that has received something."""
