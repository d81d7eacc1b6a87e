"""The interface of what an engine that processes share stores of inboxes, to be used in transactions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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


class InboxEntries(Protocol):
    """The inboxes, by name, and the secrets of the webhooks that point to them."""

    def totals(self) -> tuple[int, int]:
        """The last number, and the size of all entries."""

    def count_in(self, size: int) -> tuple[int, int]:
        """The number of a new entry of this size, and the size of all with it. Others that add one wait until the end
        of this transaction."""

    def add(self, inbox: str, row: InboxRow) -> None:
        """Add an entry that was counted in."""

    def make_room(self, inbox: str, most_inboxes: int, most_entries: int, excess: int) -> None:
        """Remove what is too much now that `inbox` has a new entry: its oldest entry, the inbox that has received
        nothing for the longest time, and entries of a size of `excess`, the oldest of the next such inboxes."""

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
