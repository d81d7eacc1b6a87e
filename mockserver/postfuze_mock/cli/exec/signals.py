"""The signals that end programs: exec hands them to its children, and lives on until these have ended."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from types import FrameType, TracebackType
from typing import Any, Final, Self

#: By name, because not every system has them all.
_NAMES: Final = ("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2")
_FROM_KEYS: Final = ("SIGINT", "SIGQUIT")
_TERMINAL: Final = "/dev/tty"


def code(number: int) -> int:
    """The exit code, as of shells, for what the signal `number` ended."""
    return 128 + number


class Signals:
    """Handles signals within the `with` block: before the first child is started they end exec, then its children get
    them. Those that were ignored before, as under nohup, stay ignored. `received` is the last one that came."""

    def __init__(self) -> None:
        self.received: int | None = None
        self._children: list[subprocess.Popen[bytes]] = []
        self._is_starting = False
        self._held: list[int] = []
        self._before: dict[int, Any] = {}

    def start(self, words: Sequence[str], **options: Any) -> subprocess.Popen[bytes]:
        """Start a child, with the options of Popen; it gets the signals that come meanwhile, too."""
        self._is_starting = True
        try:
            child: subprocess.Popen[bytes] = subprocess.Popen(words, **options)
        finally:
            self._is_starting = False
        self._children.append(child)
        for number in self._held:
            self._hand_on(number)
        self._held.clear()
        return child

    def __enter__(self) -> Self:
        for name in _NAMES:
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._handle)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        self.received = number
        if self._is_starting:
            self._held.append(number)
        elif self._children:
            self._hand_on(number)
        else:
            raise SystemExit(code(number))

    def _hand_on(self, number: int) -> None:
        """Send the signal to the children that run, unless the terminal has sent it to all."""
        if signal.Signals(number).name not in _FROM_KEYS or not _is_in_foreground():
            for child in self._children:
                child.send_signal(number)


def _is_in_foreground() -> bool:
    """Whether exec, and with it the command, gets the signals of a terminal's keys."""
    if not hasattr(os, "tcgetpgrp"):  # the console of Windows sends them to all its processes
        return True
    try:
        terminal = os.open(_TERMINAL, os.O_RDONLY | os.O_NOCTTY)
    except OSError:  # there is no terminal
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
