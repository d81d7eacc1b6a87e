"""Lists that a call can wait for, until they have an entry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from postfuze_mock.worlds.arrivals import Arrivals


class Waiting(NamedTuple):
    """A response that comes later: that of `answer`, once `is_ready`, or after `seconds`. Only an arrival in `topic`
    can make it ready. A handler returns this, and `http/waiting.py` waits."""

    seconds: float
    arrivals: Arrivals
    topic: tuple[str, str]
    is_ready: Callable[[], bool]
    answer: Callable[[], bytes]


def once_any(
    entries: Callable[[], Iterator[Any]],
    answer: Callable[[], bytes],
    seconds: float,
    arrivals: Arrivals,
    topic: tuple[str, str],
) -> bytes | Waiting:
    """The `answer`, at once if there are `entries` or nobody wants to wait."""

    def is_ready() -> bool:
        return next(entries(), None) is not None

    return answer() if not seconds or is_ready() else Waiting(seconds, arrivals, topic, is_ready, answer)
