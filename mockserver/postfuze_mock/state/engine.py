"""The interface of an engine: where the worlds are stored. An engine is a module beside this one."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol, TypeVar

T = TypeVar("T")


class EngineError(ValueError):
    """The engine cannot be used. The message is one sentence, without credentials."""


class Unavailable(Exception):
    """The engine does not serve a call now. The message is one sentence, without credentials."""


class Pool(NamedTuple):
    """The connections of a process to its engine: how many there are, how many of them serve nobody, and how many calls
    wait for one."""

    size: int
    idle: int
    waiting: int


class Engine(Protocol):
    """Where the worlds are stored. What happens in one `run` happens completely or not at all, and no other process
    sees half of it."""

    @property
    def name(self) -> str:
        """`memory`, `sqlite` or `postgresql`."""

    @property
    def is_shared(self) -> bool:
        """Whether other processes may use the same worlds, so that they may be used within `run` alone."""

    async def run(self, work: Callable[[], T], *, write: bool = False) -> T:
        """Call `work` in one transaction, and return what it returns. It may be called several times, and on another
        thread, because others may interfere. With `write` it may change something from the start; without, it is called
        anew when it does.

        A Problem that it raises is a result: what it did before stays. After any other exception nothing stays.
        Raises a 503 problem if the engine is away, or too busy.
        """

    def close(self) -> None:
        """Close what is open; nothing is used afterwards."""

    def after_commit(self, function: Callable[[], None]) -> None:
        """Call `function` on the event loop, once what this transaction did can be seen by others: work must not tell
        anybody earlier. Outside of a transaction it is called at once."""

    @property
    def pool(self) -> Pool | None:
        """The connections of this process to it; None if there is but one, or none."""

    def latency(self) -> float | None:
        """How many seconds a trivial query takes just now, in this transaction; None in memory."""
