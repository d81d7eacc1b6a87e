"""The command in a process of its own, as a user runs it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from tests.support.calls import Caller

from postfuze_mock.client import Mock

ROOT: Final = Path(__file__).parents[2]
SOURCE_ROOTS: Final = ("mockserver", "contracts", "fixtures")
PATIENCE: Final = 20.0  # seconds; a shared machine may be slow, a broken server must not hang the tests
READY: Final = "postfuze-mock ready at "


def until(condition: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Return as soon as `condition` holds; AssertionError with `what` where it does not within `patience` seconds."""
    deadline = time.monotonic() + patience
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, f"Not within {patience} s: {what}"
        pause.wait(0.01)


def environment(root: Path = ROOT, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment without settings of the mock, with the packages of the checkout at `root`."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("POSTFUZE_", "COV_"))}
    ours["PYTHONPATH"] = os.pathsep.join(str(root / name) for name in SOURCE_ROOTS)
    return ours | dict(extra or {})


def command(
    *arguments: str | Path, cwd: Path, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run `postfuze-mock ARGUMENTS` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "postfuze_mock", *arguments],
        cwd=cwd,
        env=environment(extra=env),
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )


class MockProcess:
    """`postfuze-mock serve ARGUMENTS` on a free port, ready for calls; what it writes goes to files in `folder`."""

    def __init__(
        self,
        *arguments: str | Path,
        folder: Path,
        env: Mapping[str, str] | None = None,
        root: Path = ROOT,
    ) -> None:
        self.out, self.err = folder / "stdout.txt", folder / "stderr.txt"
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "postfuze_mock", "serve", "--port", "0", *arguments],
                cwd=folder,
                env=environment(root, env),
                stdout=out,
                stderr=err,
            )
        until(lambda: "\n" in self.stdout or self.process.poll() is not None, "the ready line")
        assert self.process.poll() is None, f"The server ended: {self.stderr}"
        self.url = self.stdout.removeprefix(READY).strip()
        self.callers: list[Caller] = []

    @property
    def stdout(self) -> str:
        """What it has written to stdout by now."""
        return self.out.read_text(encoding="utf-8")

    @property
    def stderr(self) -> str:
        """What it has written to stderr by now."""
        return self.err.read_text(encoding="utf-8")

    def caller(self, key: str | None) -> Caller:
        """Somebody with `key` (None: without one); hangs up when the server is stopped."""
        self.callers.append(Caller(self.url, key))
        return self.callers[-1]

    def mock(self, name: str) -> Mock:
        """The levers of the world `name`."""
        return Mock(self.url, f"sk_test_{name}")

    def send(self, number: signal.Signals, patience: float = PATIENCE) -> int:
        """Send the signal and wait for the end: the exit code."""
        self.process.send_signal(number)
        return self.process.wait(patience)

    def stop(self) -> None:
        """End it, if it has not ended."""
        for caller in self.callers:
            caller.close()
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
