"""Runs the harness as a user does, against a target of the zoo, and says what it did wrong."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil
from tests.contracts.cli.commands import command_line
from tests.fuzz.zoo import Call, is_honest, serve
from tests.support import children
from tests.support.processes import environment
from tests.support.times import seconds

#: A run of a hostile target never succeeds by accident, is never wrong usage, and never a fault of the harness.
EXIT_CODES: Final = (0, 1, 3, 4, 6)
OVERTIME: Final = 5.0  # seconds beyond --max-time
MAX_MEMORY: Final = 300  # MB
_INTERVAL: Final = 0.02  # seconds between two looks at the memory


@dataclass(frozen=True)
class Run:
    """How a run went; `memory` is its peak in MB."""

    name: str
    code: int
    seconds: float
    memory: float
    errors: str
    report: Path
    max_time: float

    @property
    def findings(self) -> list[str]:
        """What the harness did wrong."""
        return list(self._findings())

    def _findings(self) -> Iterator[str]:
        if self.code not in EXIT_CODES:
            yield f"exit code {self.code}"
        if "Traceback" in self.errors:
            yield "a traceback"
        if self.seconds > seconds(self.max_time + OVERTIME):
            yield f"{self.seconds:.1f} s"
        if self.memory > MAX_MEMORY:
            yield f"{self.memory:.0f} MB"
        with suppress(OSError, ValueError):
            json.loads(self.report.read_bytes())
            return
        yield "no report"


def run(
    name: str,
    folder: Path,
    upstream: str | None,
    *arguments: str,
    max_time: float,
    honest: Callable[[Call], bool] = is_honest,
) -> Run:
    """Run `postfuze-contracts run ARGUMENTS` against the target `name`."""
    report = folder / f"{name}.json"
    with serve(name, upstream, honest) as url, (folder / "stderr").open("wb") as err:
        flags = ("--url", url, "--max-time", f"{max_time:g}", "--report", f"json={report}", *arguments)
        started = time.monotonic()
        process = children.start(
            command_line("run", *flags),
            cwd=folder,
            env=environment(extra={"POSTFUZE_KEY": "sk_test_zoo"}),
            stdout=subprocess.DEVNULL,
            stderr=err,
        )
        try:
            memory = _watch(process, seconds(2 * max_time + 60))
        finally:
            children.end(process)
        errors = (folder / "stderr").read_text(encoding="utf-8", errors="replace")
        return Run(name, process.returncode, time.monotonic() - started, memory, errors, report, max_time)


def _watch(process: subprocess.Popen[bytes], limit: float) -> float:
    """Wait for the end of a process, at most `limit` seconds. Returns its peak memory in MB."""
    peak, started, command = 0, time.monotonic(), psutil.Process(process.pid)
    while process.poll() is None and time.monotonic() - started < limit:
        with suppress(psutil.Error):
            if len(command.cmdline()) > 1:
                peak = max(peak, command.memory_info().rss)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_INTERVAL)
    return peak / 1e6
