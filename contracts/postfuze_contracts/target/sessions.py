"""Fresh session tokens: those of the configuration, then those that the operator's command prints."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterable

from postfuze_contracts.model.options import Secret

PATIENCE = 60.0  # seconds that the command may take


class CommandFailed(Exception):
    """The command printed no tokens: the message says why, without any of its output."""


class FreshSessions:
    """Returns each token once. The command runs at most once, when the configured tokens are used up. If it fails,
    `tell` is called with the reason, and there are no more tokens. Thread-safe."""

    def __init__(
        self,
        tokens: Iterable[str],
        command: str | None,
        tell: Callable[[str], None],
        patience: float = PATIENCE,
    ) -> None:
        self._tokens = deque(dict.fromkeys(tokens))
        self._command = command
        self._tell = tell
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
        """Whether there may be a token, as far as is known without running the command."""
        return bool(self._tokens) or self._command is not None

    def _mint(self, command: str) -> None:
        try:
            self._tokens.extend(_printed(command, self._patience))
        except CommandFailed as failure:
            self._tell(
                f"[sessions] command gave no tokens: {failure}; statements that need a fresh session are blocked"
            )


def _printed(command: str, patience: float) -> list[str]:
    """The distinct lines that the shell command prints. Raises CommandFailed."""
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
