"""Fresh session tokens: the configured ones, then those that the configured command prints."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterable

from postfuze_contracts.model.options import Secret

PATIENCE = 60.0  # seconds for the command


class CommandFailed(Exception):
    """The command printed no tokens. The message says why, without its output."""


class FreshSessions:
    """Returns each token once. When the configured tokens are used up, the command runs, once. If it fails, `warn` gets
    the reason, and there are no more tokens. Thread-safe."""

    def __init__(
        self,
        tokens: Iterable[str],
        command: str | None,
        warn: Callable[[str], None],
        patience: float = PATIENCE,
    ) -> None:
        self._tokens = deque(dict.fromkeys(tokens))
        self._command = command
        self._warn = warn
        self._patience = patience
        self._lock = threading.Lock()

    def __call__(self) -> Secret | None:
        """The next token, or None when there are no more."""
        with self._lock:
            if not self._tokens and self._command is not None:
                command, self._command = self._command, None
                self._mint(command)
            return Secret(self._tokens.popleft(), "session") if self._tokens else None

    @property
    def provided(self) -> bool:
        """Whether there may be another token."""
        return bool(self._tokens) or self._command is not None

    def _mint(self, command: str) -> None:
        try:
            self._tokens.extend(_run(command, self._patience))
        except CommandFailed as failure:
            self._warn(
                f"[sessions] command gave no tokens: {failure}; statements that need a fresh session are blocked"
            )


def _run(command: str, patience: float) -> list[str]:
    """The tokens that the shell command prints. Raises CommandFailed."""
    process = subprocess.Popen(
        command,
        shell=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=patience)
    except subprocess.TimeoutExpired:
        _kill(process)
        raise CommandFailed(f"it did not end within {patience:g} s") from None
    except BaseException:
        _kill(process)
        raise
    if process.returncode != 0:
        raise CommandFailed(f"it ended with exit code {process.returncode}")
    lines = dict.fromkeys(line.strip() for line in output.decode("utf-8", "replace").splitlines())
    tokens = [line for line in lines if line]
    if not tokens:
        raise CommandFailed("it printed nothing")
    if any(len(token.split()) > 1 or not token.isprintable() for token in tokens):
        raise CommandFailed("it must print one token a line, and nothing else")
    return tokens


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the shell and everything that it started."""
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.communicate()
