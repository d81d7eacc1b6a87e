"""Ends a run from outside: by a signal, or because its time is up while it computes."""

from __future__ import annotations

import _thread
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Final

from postfuze_contracts.target.client import Client

MAX_TIME: Final = "--max-time"
_INTERVAL: Final = 0.25  # seconds between two looks at the clock


class Interrupts:
    """Passes SIGINT and SIGTERM on to the client, which lets no response to a write be lost. A third signal ends the
    process.

    No request is sent once the run's time is up, but a run may still compute. A thread sees that, and makes the main
    thread handle a SIGINT of ours.

    Python drops an exception that a handler raises while a callback of the garbage collector or a finalizer runs, and
    shows its traceback. Such an interrupt is made again a moment later."""

    _SIGNALS = (signal.SIGINT, signal.SIGTERM)

    def __init__(self, client: Client) -> None:
        self._client = client
        self._count = 0
        self._at_once = False
        self._alarm = False  # whether the next SIGINT is ours
        self._dropped: str | None = None  # the reason of an interrupt that Python dropped
        self._ended = threading.Event()

    def __enter__(self) -> Interrupts:
        self._main, self._hook = threading.get_ident(), sys.unraisablehook
        sys.unraisablehook = self._notice
        self._handlers = [signal.signal(each, self._pass_on) for each in self._SIGNALS]
        self._watch = threading.Thread(target=self._look_at_the_clock, daemon=True)
        if self._client.budget.is_limited:
            self._watch.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._ended.set()
        if self._watch.ident is not None:
            self._watch.join()
        sys.unraisablehook = self._hook
        for each, handler in zip(self._SIGNALS, self._handlers, strict=True):
            signal.signal(each, handler)

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Within the block a signal ends what the run does at once; outside of it, the next request does."""
        self._at_once = True
        try:
            yield
        finally:
            self._at_once = False

    def _notice(self, dropped: sys.UnraisableHookArgs) -> None:
        """Make an interrupt again that Python dropped."""
        if not isinstance(dropped.exc_value, KeyboardInterrupt):
            self._hook(dropped)
            return
        self._dropped = str(dropped.exc_value)
        repeat = threading.Timer(_INTERVAL, self._repeat)
        repeat.daemon = True
        repeat.start()

    def _repeat(self) -> None:
        if self._dropped is not None and not self._ended.is_set():
            _interrupt(self._main)

    def _look_at_the_clock(self) -> None:
        """Interrupt each phase of the run once, a moment after its time was up."""
        while not self._ended.wait(_INTERVAL):
            if self._at_once and not self._alarm and self._dropped is None and self._client.budget.is_overdue:
                self._alarm = True
                _interrupt(self._main)

    def _pass_on(self, number: int, _frame: FrameType | None) -> None:
        if self._dropped is not None:
            reason, self._dropped = self._dropped, None
            self._client.interrupt(reason, at_once=self._at_once)
            return
        if self._alarm:
            self._alarm = False
            if self._client.budget.note_overdue():
                self._client.interrupt(MAX_TIME, at_once=self._at_once)
            return
        self._count += 1
        if self._count > 1:
            for each in self._SIGNALS:
                signal.signal(each, signal.SIG_DFL)
        self._client.interrupt(signal.Signals(number).name, at_once=self._at_once)


def _interrupt(thread: int) -> None:
    """Let the main thread handle a SIGINT, even while it waits for something, where the system can do that."""
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(thread, signal.SIGINT)
    else:
        _thread.interrupt_main()
