"""The commands as processes, as a user runs them: those of this checkout, or with POSTFUZE_TEST_EXECUTABLE those in the
folder of a standalone executable, where no Python is on the path."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest
from tests.support import children
from tests.support.servers import RunningMock
from tests.support.times import seconds, until

ROOT: Final = Path(__file__).parents[2]
SOURCE_ROOTS: Final = ("mockserver", "contracts", "fixtures")
EXECUTABLE: Final = os.environ.get("POSTFUZE_TEST_EXECUTABLE")
READY: Final = "postfuze-mock ready at "


def environment(root: Path = ROOT, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of this process, without settings of the mock and with the packages of the checkout at `root`."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("POSTFUZE_")}
    variables["PYTHONPATH"] = os.pathsep.join(str(root / name) for name in SOURCE_ROOTS)
    return variables | dict(extra or {})


def program(name: str = "postfuze-mock") -> list[str]:
    """The command line that starts a program: `postfuze-mock` or `postfuze-contracts`."""
    if EXECUTABLE is None:
        return [sys.executable, "-m", name.replace("-", "_")]
    return [str(Path(EXECUTABLE, name).resolve())]


def program_environment(root: Path = ROOT, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a program. Skips a test that has a checkout of its own at `root`, if it is an executable."""
    if EXECUTABLE is None:
        return environment(root, extra)
    if root != ROOT:
        pytest.skip("an executable has no checkout")
    return {"PATH": "/empty", **(extra or {})}


def command(
    *arguments: str | Path, cwd: Path, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run `postfuze-mock ARGUMENTS` to completion."""
    return children.run([*program(), *arguments], cwd=cwd, env=program_environment(extra=env))


class MockProcess(RunningMock):
    """`postfuze-mock serve ARGUMENTS` on a free port, ready for calls; its output goes to files in `folder`. `start`
    begins its command line in place of `postfuze-mock`."""

    def __init__(
        self,
        *arguments: str | Path,
        folder: Path,
        env: Mapping[str, str] | None = None,
        root: Path = ROOT,
        stdin: int = subprocess.DEVNULL,
        start: Sequence[str] | None = None,
    ) -> None:
        self.out, self.err = folder / "stdout.txt", folder / "stderr.txt"
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self.process = children.start(
                [*(start or program()), "serve", "--port", "0", *arguments],
                cwd=folder,
                env=program_environment(root, env),
                stdout=out,
                stderr=err,
                stdin=stdin,
            )
        try:
            until(lambda: "\n" in self.stdout or self.process.poll() is not None, "the ready line")
            assert self.process.poll() is None, f"The server ended: {self.stderr}"
        except BaseException:
            children.end(self.process)
            raise
        super().__init__(self.stdout.removeprefix(READY).strip())

    @property
    def stdout(self) -> str:
        """The output to stdout so far."""
        return self.out.read_text(encoding="utf-8")

    @property
    def stderr(self) -> str:
        """The output to stderr so far."""
        return self.err.read_text(encoding="utf-8")

    @property
    def log(self) -> str:
        return self.stderr

    def close_stdin(self, limit: float = 20.0) -> int:
        """Close the pipe that is its stdin and wait for the exit code."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait(seconds(limit))

    def send(self, number: signal.Signals, limit: float = 20.0) -> int:
        """Send the signal and wait for the exit code."""
        self.process.send_signal(number)
        return self.process.wait(seconds(limit))

    def _end(self) -> None:
        """Terminate the process; kill it if that takes long."""
        if self.process.poll() is None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds(5.0))
        children.end(self.process)
