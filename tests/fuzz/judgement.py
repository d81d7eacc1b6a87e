"""Runs the harness as a user does, against a target of the zoo, and says what it did wrong."""

from __future__ import annotations

import json
import re
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

#: A run of a hostile target is never wrong usage, and never a fault of the harness.
EXIT_CODES: Final = (0, 1, 3, 4, 6)
OVERTIME: Final = 5.0  # seconds beyond --max-time
MAX_MEMORY: Final = 300  # MB
KEYS: Final = {"POSTFUZE_KEY": "sk_test_zoo", "POSTFUZE_KEY_READ_ONLY": "sk_test_zoo_readonly"}
FORMATS: Final = ("json", "junit", "markdown", "html", "sarif")
#: What would act on a terminal, or be a command to a CI server, if it came from the target.
ACTING: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]|^::", re.MULTILINE)
_INTERVAL: Final = 0.02  # seconds between two looks at the memory


@dataclass(frozen=True)
class Run:
    """How a run went; `memory` is its peak in MB, `output` what it wrote to stdout and stderr. `code` is None if it did
    not end and was killed."""

    name: str
    code: int | None
    seconds: float
    memory: float
    output: str
    reports: tuple[Path, ...]
    max_time: float

    @property
    def findings(self) -> list[str]:
        """What the harness did wrong."""
        return list(self._findings())

    def _findings(self) -> Iterator[str]:
        if self.code is None:
            yield f"it did not end, and was killed after {self.seconds:.1f} s, at {self.memory:.0f} MB"
            return
        if self.code not in EXIT_CODES:
            yield f"exit code {self.code}: {self.output[-300:]!r}"
        if "Traceback" in self.output:
            yield f"a traceback: {self.output[self.output.index('Traceback') :][-500:]!r}"
        if self.seconds > seconds(self.max_time + OVERTIME):
            yield f"{self.seconds:.1f} s with --max-time {self.max_time:g}"
        if self.memory > MAX_MEMORY:
            yield f"{self.memory:.0f} MB"
        if match := ACTING.search(self.output):
            yield f"it says {self.output[max(match.start() - 40, 0) : match.end() + 40]!r}"
        yield from (f"no report {path.name}" for path in self.reports if not _is_whole(path))


def run(
    name: str,
    folder: Path,
    upstream: str | None,
    *arguments: str,
    max_time: float,
    honest: Callable[[Call], bool] = is_honest,
) -> Run:
    """Run `postfuze-contracts run ARGUMENTS` against the target `name`."""
    reports = {format: folder / f"{name}.{format}" for format in FORMATS}
    with serve(name, upstream, honest) as url, (folder / "output").open("wb") as output:
        flags = [
            "--url",
            url,
            "--max-time",
            f"{max_time:g}",
            *(f"--report={key}={path}" for key, path in reports.items()),
        ]
        started = time.monotonic()
        process = children.start(
            command_line("run", *flags, *arguments),
            cwd=folder,
            env=environment(extra=KEYS),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            memory = _watch(process, 2 * seconds(max_time + OVERTIME))
            code = process.poll()
        finally:
            children.end(process)
        text = (folder / "output").read_text(encoding="utf-8", errors="backslashreplace")
        return Run(name, code, time.monotonic() - started, memory, text, tuple(reports.values()), max_time)


def _watch(process: subprocess.Popen[bytes], limit: float) -> float:
    """Wait for the end of a process, at most `limit` seconds, or until it takes far too much memory. Returns its peak
    memory in MB."""
    peak, started, command = 0, time.monotonic(), psutil.Process(process.pid)
    while process.poll() is None and time.monotonic() - started < limit and peak < 3e6 * MAX_MEMORY:
        with suppress(psutil.Error):
            if "postfuze_contracts" in command.cmdline():  # until then it is a copy of this process
                peak = max(peak, command.memory_info().rss)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_INTERVAL)
    return peak / 1e6


def _is_whole(path: Path) -> bool:
    """Whether the report is there and, if it is JSON, not cut off."""
    try:
        text = path.read_text(encoding="utf-8")
        return bool(json.loads(text) if path.suffix in (".json", ".sarif") else text)
    except (OSError, ValueError):
        return False
