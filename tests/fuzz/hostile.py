"""The harness against each hostile target of the zoo; `judgement` says what it must not do."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from random import Random
from typing import Final

from tests.fuzz import judgement
from tests.fuzz.outcome import Outcome, Say
from tests.fuzz.zoo import ZOO
from tests.support.processes import MockProcess

MAX_TIME: Final = 8.0  # seconds of a run


def fuzz(count: int, seed: int, skip: int, say: Say) -> Outcome:
    """Run the harness against `count` targets of the zoo, after the first `skip`; beyond the last one, it begins again
    with other data. How far a run may go follows from `seed`."""
    outcome, start, names = Outcome(), time.monotonic(), list(ZOO)
    with tempfile.TemporaryDirectory() as folder:
        mock = MockProcess(folder=Path(folder))
        try:
            for number in range(skip, skip + count):
                access = Random(f"{seed} {number}").choice(("passive", "probe", "full"))
                flags = ("--access", access, "--seed", str(seed + number // len(names)))
                run = judgement.run(names[number % len(names)], Path(folder), mock.url, *flags, max_time=MAX_TIME)
                outcome.cases += 1
                outcome.memory = max(outcome.memory, round(run.memory * 1e6))
                place = f"harness --seed {seed} --skip {number} --count 1"
                outcome.findings += [f"{run.name}: {finding} ({place})" for finding in run.findings]
                say(f"{run.name}: {run.code}, {run.seconds:.1f} s, {run.memory:.0f} MB, {len(run.findings)} findings")
        finally:
            mock.stop()
    outcome.seconds = time.monotonic() - start
    return outcome
