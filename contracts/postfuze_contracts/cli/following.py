"""Hands a run's events on, and ends the run in good order on Ctrl-C."""

from __future__ import annotations

import signal
from collections.abc import Callable, Generator
from types import FrameType, TracebackType
from typing import NamedTuple

from postfuze_contracts.model.events import Event, RunFinished


class Followed(NamedTuple):
    """How a run ended."""

    finished: RunFinished
    interrupted: bool


class _Interrupts:
    """Remembers that SIGINT came, for a check may swallow the exception; a second one ends the process at once."""

    came = False

    def __enter__(self) -> _Interrupts:
        self._before = signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _note(self, _signal: int, _frame: FrameType | None) -> None:
        self.came = True
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        raise KeyboardInterrupt


def follow(events: Generator[Event, None, None], handle: Callable[[Event], None]) -> Followed:
    """Give each event to `handle`. After a SIGINT the run is told so, once, and what it found by then comes last."""
    told = False
    with _Interrupts() as interrupts:
        while True:
            try:
                if interrupts.came and not told:
                    told = True
                    event = events.throw(KeyboardInterrupt())
                else:
                    event = next(events)
                if isinstance(event, RunFinished):
                    break
                handle(event)
            except KeyboardInterrupt:
                continue
            except StopIteration:  # it was interrupted where it could not go on
                raise KeyboardInterrupt from None
    handle(event)
    return Followed(event, interrupts.came)
