"""Lists that a call can wait for, until they have an entry."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from postfuze_mock.worlds.arrivals import Arrivals


class Waiting(NamedTuple):
    """A response that comes later: once something has arrived in `topic` that the handler finds, called again, or after
    `seconds`. A handler that has a parameter `wait` returns this, and `http/waiting.py` waits."""

    seconds: float
    arrivals: Arrivals
    topic: tuple[str, str]


def once_any(
    has_any: Callable[[], bool],
    answer: Callable[[], bytes],
    seconds: float,
    arrivals: Arrivals,
    topic: tuple[str, str],
) -> bytes | Waiting:
    """The `answer`, at once if there are entries or nobody wants to wait."""
    return answer() if not seconds or has_any() else Waiting(seconds, arrivals, topic)
