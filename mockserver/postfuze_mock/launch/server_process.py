"""A mock as a child process, which never outlives the process that started it."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Final

from postfuze_mock.client import MockError
from postfuze_mock.launch.flags import SECRETS
from postfuze_mock.program import command as own_command

READY: Final = "postfuze-mock ready at "
#: Seconds until the server must be ready: `uvx postfuze-mock` may have to download it first.
START_TIMEOUT: Final = 120.0
#: Seconds that the server has to end in good order.
STOP_TIMEOUT: Final = 10.0
_MAX_WORDS = 2_000  # characters of the server's stderr that a message quotes


class StartError(MockError):
    """A server did not start. `exit_code` is its own (None: it had to be killed), `words` what it wrote to stderr."""

    def __init__(self, call: str, detail: str, exit_code: int | None, words: str) -> None:
        super().__init__(call, None, detail)
        self.exit_code = exit_code
        self.words = words


class ServerProcess:
    """`COMMAND serve ARGUMENTS` on a free port, ready for calls at `url`; `command` is None for the mock that is
    installed here. It runs in `folder` (None: the current one), with the variables of `environment` besides ours. `log`
    is an open file for its log (None: one that vanishes), which `stop` closes.

    Its worlds are its own, in memory, unless `arguments` or `environment` have a `state`: where the variables of this
    process and pyproject.toml put worlds is for a mock that others share.

    It ends when its stdin does, so it ends with this process, even if that is killed. A terminal's Ctrl-C does not
    reach it: tests still need it while they clean up. Raises StartError, with the server's own words, if it does not
    start, and MockError if it cannot be run at all.
    """

    def __init__(
        self,
        command: Sequence[str] | None = None,
        arguments: Sequence[str] = (),
        *,
        folder: Path | None = None,
        environment: Mapping[str, str] | None = None,
        log: IO[bytes] | None = None,
        timeout: float = START_TIMEOUT,
    ) -> None:
        program = _own_program() if command is None else list(command)
        line = [*program, "serve", "--port=0", *_own_worlds(environment or {}), *arguments, "--exit-on-stdin-close"]
        self._call = " ".join(line)
        self._log: IO[bytes] = TemporaryFile() if log is None else log  # noqa: SIM115 - open as long as the process
        self._process = self._started(line, folder, {**os.environ, **(environment or {})})
        self._ready = threading.Event()
        self.url = ""
        threading.Thread(target=self._read, name="postfuze-mock", daemon=True).start()
        in_time = self._ready.wait(timeout)
        if not self.url:
            self._fail(None if in_time else f"it was not ready within {timeout:g} seconds")

    def ending(self) -> str | None:
        """Why the server has ended, with its own last words; None if it runs."""
        if self._process.poll() is None:
            return None
        return f"it ended with exit code {self._process.returncode}{_quoted(self._words())}"

    def stop(self) -> str | None:
        """End the server in good order; kill it if that takes long. Returns what went wrong, as `ending` does."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self._kill()
        trouble = self.ending() if self._process.returncode and not self._log.closed else None
        self._log.close()
        return trouble

    def _started(self, line: list[str], folder: Path | None, environment: Mapping[str, str]) -> subprocess.Popen[str]:
        try:
            return subprocess.Popen(
                line,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                cwd=folder,
                env=environment,
                encoding="utf-8",
                errors="replace",
                start_new_session=os.name != "nt",
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
        except OSError as error:
            self._log.close()
            raise MockError(self._call, None, f"{line[0]} cannot be run: {error.strerror or error}") from error

    def _read(self) -> None:
        """Find the ready line, and read on, so that nobody waits for a full pipe."""
        if hasattr(signal, "pthread_sigmask"):  # signals must wake the main thread, which handles them
            signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        assert self._process.stdout is not None
        with self._process.stdout as stdout:
            for text in stdout:
                if text.startswith(READY) and not self._ready.is_set():
                    self.url = text.removeprefix(READY).strip()
                    self._ready.set()
        self._ready.set()

    def _fail(self, reason: str | None) -> None:
        """Raise StartError for a server that did not start; it has closed its stdout, unless there is a `reason`."""
        if reason is None:
            try:
                self._process.wait(STOP_TIMEOUT)
            except subprocess.TimeoutExpired:
                reason = "it closed its stdout without being ready"
        exit_code = self._process.poll()
        if exit_code is None:
            self._kill()
        words = self._words()
        self.stop()
        ending = reason or f"it ended with exit code {exit_code}"
        raise StartError(self._call, f"{ending}{_quoted(words)}", exit_code, words)

    def _words(self) -> str:
        """The last of what the server wrote to stderr."""
        size = self._log.seek(0, os.SEEK_END)
        self._log.seek(max(0, size - 4 * _MAX_WORDS))
        return self._log.read().decode("utf-8", "replace").strip()[-_MAX_WORDS:]

    def _kill(self) -> None:
        if os.name == "nt":
            self._process.kill()
        else:  # also the server below a wrapper such as uvx
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def _quoted(words: str) -> str:
    """`words` as the end of a sentence."""
    return f":\n{words}" if "\n" in words else f": {words}" if words else ""


def _own_worlds(environment: Mapping[str, str]) -> list[str]:
    """The flags for one process with worlds in memory, which later flags overrule, and a `state` in `environment`."""
    return [*([] if SECRETS["state"] in environment else ["--state=memory"]), "--workers=1"]


def _own_program() -> list[str]:
    """The command line of the mock that is installed here. Raises MockError if it lacks its dependencies."""
    if find_spec("uvicorn") is None:  # which the standalone executable has, too; it has no Connexion
        raise MockError(
            "postfuze-mock",
            None,
            "this environment has the client, but not what the server needs (as with pip install --no-deps): install "
            "postfuze-mock with its dependencies, or name a command that starts one elsewhere, as uvx postfuze-mock",
        )
    return own_command()
