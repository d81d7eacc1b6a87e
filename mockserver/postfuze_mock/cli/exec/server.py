"""The mock as a child process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import IO, Any, Final, Self

from postfuze_mock import program
from postfuze_mock.cli.output import READY

MAX_TAIL: Final = 8192  # bytes of the log that are shown
_MAX_LINE: Final = 1024
_PATIENCE: Final = 10.0  # seconds for the mock to save its state


class StartError(Exception):
    """The mock did not start. The message is its own last sentence; `code` is its exit code, `lines` what else it
    said."""

    def __init__(self, code: int, log: Sequence[str]) -> None:
        super().__init__(log[-1].removeprefix("postfuze-mock: ") if log else f"it ended with exit code {code}")
        self.code = code
        self.lines = log[:-1]


class Server:
    """A mock that runs `serve FLAGS`, ready at `url`; `log` is an open file, which gets what it writes to stderr. It
    ends with the `with` block. Raises StartError."""

    def __init__(self, flags: Sequence[str], log: IO[bytes]) -> None:
        self._log = log
        self._process: subprocess.Popen[bytes] = subprocess.Popen(
            program.command("serve", *flags),
            stdin=subprocess.PIPE,  # closed by the system if this process is killed, which ends the mock
            stdout=subprocess.PIPE,
            stderr=log,
            **_APART,
        )
        self.url = self._wait_until_ready()

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def stop(self) -> int:
        """End the mock in good order, or kill it if that takes too long; returns its exit code."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            return self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def log_lines(self) -> list[str]:
        """The last lines of its log."""
        self._log.flush()
        size = self._log.seek(0, 2)
        self._log.seek(max(0, size - MAX_TAIL))
        return self._log.read(MAX_TAIL).decode("utf-8", "replace").splitlines()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.stop()

    def _wait_until_ready(self) -> str:
        """The URL in the ready line."""
        assert self._process.stdout is not None
        try:
            line = self._process.stdout.readline(_MAX_LINE).decode()
        except BaseException:  # a signal
            self.stop()
            raise
        if not line.startswith(READY):
            raise StartError(self.stop(), self.log_lines())
        return line.removeprefix(READY).strip()


def _apart() -> dict[str, Any]:
    """What keeps Ctrl-C, which the terminal sends to all processes in its foreground, from the mock."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


_APART: Final = _apart()
