"""The interface of the processes that share an engine."""

from __future__ import annotations

from typing import Final, Protocol

#: Seconds between two heartbeats.
HEARTBEAT: Final = 1.0


class Processes(Protocol):
    """This process among those that share an engine. What takes no argument and returns ids is known from the last
    heartbeat; the rest is called in a transaction."""

    id: str

    @property
    def live(self) -> int:
        """How many processes live, this one included."""

    def others(self) -> set[str]:
        """The ids of the other processes that live."""

    def beat(self) -> None:
        """Show that this process lives, and see which others do. The first heartbeat registers it."""

    def look(self) -> None:
        """See which other processes there are now."""

    def leave(self) -> None:
        """Nobody waits for this process any more."""

    def ask(self) -> int:
        """Ask all processes for what they have recorded; the number of this request."""

    def asked(self) -> int:
        """The number of the last request."""

    def acknowledge(self, number: int) -> None:
        """This process has done what was asked up to this request."""

    def waiting_for(self, number: int) -> set[str]:
        """The other processes that live and have not acknowledged this request yet."""

    def give_up(self, ids: set[str]) -> None:
        """Count these processes as dead until their next heartbeat."""
