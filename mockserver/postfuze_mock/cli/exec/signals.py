"""The signals that end programs: exec hands them to the command, and lives on until that has ended."""

from __future__ import annotations

import os
import signal
import subprocess
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
    """Handles signals within the `with` block: before the command starts they end exec, then the command gets them.
    Those that were ignored before, as under nohup, stay ignored."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._is_starting = False
        self._held: list[int] = []
        self._before: dict[int, Any] = {}

    def start(self, *arguments: Any, **options: Any) -> subprocess.Popen[bytes]:
        """Start the command, with the arguments of Popen; it gets the signals that come meanwhile, too."""
        self._is_starting = True
        try:
            self._child = subprocess.Popen(*arguments, **options)
        finally:
            self._is_starting = False
        for number in self._held:
            self._hand_on(self._child, number)
        return self._child

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
        if self._is_starting:
            self._held.append(number)
        elif self._child is None:
            raise SystemExit(code(number))
        else:
            self._hand_on(self._child, number)

    def _hand_on(self, child: subprocess.Popen[bytes], number: int) -> None:
        """Send the signal to the command, unless the terminal has sent it to both."""
        if signal.Signals(number).name not in _FROM_KEYS or not _is_in_foreground():
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
