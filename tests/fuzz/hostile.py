"""The harness against each hostile target of the zoo.

Whatever the target does, the run ends with a verdict: in time, with an exit code that is not that of a fault of the
harness, with its reports written, in little memory, and with nothing on the terminal that could control it.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from tests.fuzz import zoo
from tests.fuzz.outcome import Outcome, Say
from tests.support import children
from tests.support.processes import ROOT, MockProcess, environment
from tests.support.resources import peak_memory
from tests.support.times import seconds

#: All but 2, wrong usage, and 5, a fault of the harness.
ALLOWED: Final = (0, 1, 3, 4, 6)
MAX_TIME: Final = 8.0  # seconds
GRACE: Final = 5.0  # seconds that a run may take beyond it
MAX_MEMORY: Final = 300 << 20  # bytes
LIMIT: Final = MAX_TIME + 2 * seconds(GRACE)  # seconds, after which a run is killed
_POLL: Final = 0.02  # seconds
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]|^::", re.MULTILINE)


@dataclass(frozen=True)
class Run:
    """A run of the harness that has ended. `code` is None if it was killed; `memory` is in bytes."""

    code: int | None
    seconds: float
    memory: int
    output: str
    reports: tuple[Path, ...]

    def flaws(self) -> Iterator[str]:
        """What is wrong with it."""
        if self.code is None:
            yield f"it did not end: killed after {self.seconds:.1f} s, at {self.memory >> 20} MB"
            return
        if self.code not in ALLOWED:
            yield f"exit code {self.code}: {self.output[-300:]!r}"
        if self.seconds > MAX_TIME + seconds(GRACE):
            yield f"it took {self.seconds:.1f} s with --max-time {MAX_TIME:g}"
        if self.memory > MAX_MEMORY:
            yield f"it took {self.memory >> 20} MB"
        if "Traceback" in self.output:
            yield f"a traceback: {self.output[self.output.index('Traceback') :][-500:]!r}"
        if match := _CONTROLS.search(self.output):
            yield f"its output has {self.output[max(match.start() - 40, 0) : match.end() + 40]!r}"
        yield from (f"no report {path.name}" for path in self.reports if not _is_written(path))


def fuzz(count: int, seed: int, skip: int, say: Say) -> Outcome:
    """Run the harness against `count` targets of the zoo, after the first `skip`; beyond the last one, it begins again
    with other access and another seed of the run."""
    outcome, start = Outcome(), time.monotonic()
    names = list(zoo.ZOO)
    with tempfile.TemporaryDirectory() as folder:
        mock = MockProcess(folder=Path(folder))
        try:
            for number in range(skip, skip + count):
                name = names[number % len(names)]
                access = Random(f"{seed} {number}").choice(("passive", "probe", "full"))
                with zoo.serve(name, mock.url) as url:
                    run = harness(url, Path(folder), "--access", access, "--seed", str(seed + number // len(names)))
                place = f"--seed {seed} --skip {number} --count 1"
                flaws = [f"{name}: {flaw} ({place})" for flaw in run.flaws()]
                outcome.findings += flaws
                outcome.cases += 1
                outcome.memory = max(outcome.memory, run.memory)
                say(f"{name}: {run.code}, {run.seconds:.1f} s, {run.memory >> 20} MB, {len(flaws)} findings")
        finally:
            mock.stop()
    outcome.seconds = time.monotonic() - start
    return outcome


def harness(url: str, folder: Path, *arguments: str) -> Run:
    """Run the command against `url` with all its reports. Kills it well beyond its time or its memory."""
    reports = {name: folder / f"report.{name}" for name in ("json", "junit", "markdown", "html", "sarif")}
    for path in reports.values():
        path.unlink(missing_ok=True)
    output = folder / "output.txt"
    flags = [f"--report={name}={path}" for name, path in reports.items()]
    command = [sys.executable, "-m", "postfuze_contracts", "run", "--url", url, "--max-time", f"{MAX_TIME:g}", *flags]
    start, memory = time.monotonic(), 0
    with output.open("wb") as file:
        child = children.start(
            [*command, *arguments],
            cwd=folder,
            env=environment(ROOT, {"POSTFUZE_KEY": "sk_live_zoo", "POSTFUZE_KEY_READ_ONLY": "sk_live_zoo_readonly"}),
            stdout=file,
            stderr=subprocess.STDOUT,
        )
        try:
            while child.poll() is None and memory < 2 * MAX_MEMORY and time.monotonic() - start < LIMIT:
                with suppress(OSError):  # it has just ended
                    memory = peak_memory(child.pid)
                with suppress(subprocess.TimeoutExpired):
                    child.wait(_POLL)
            code = child.poll()
        finally:
            children.end(child)
    text = output.read_text(encoding="utf-8", errors="backslashreplace")
    return Run(code, time.monotonic() - start, memory, text, tuple(reports.values()))


def _is_written(path: Path) -> bool:
    """Whether the report is there and, if it is JSON, whole."""
    try:
        text = path.read_text(encoding="utf-8")
        return bool(json.loads(text) if path.suffix in (".json", ".sarif") else text)
    except (OSError, ValueError):
        return False
