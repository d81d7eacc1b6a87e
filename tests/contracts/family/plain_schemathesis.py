"""Shows how plain `st run`, with all its checks and phases, does on the same family: `python -m
tests.contracts.family.plain_schemathesis [--every N] [PART-OF-A-NAME …]`. Any failure counts as caught, whatever it is
about, provided that the unchanged mock has none."""

from __future__ import annotations

import argparse
import logging
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Final

from tests.contracts.family.members import BROKEN, CORRECT, Variant
from tests.contracts.family.mock import NAME, Mock

ROOT: Final = Path(__file__).parents[3]


@dataclass(frozen=True)
class Run:
    """The outcome of one run."""

    failed: bool
    seconds: float


def st_run(variant: Variant) -> Run:
    """Run it with a key and openapi.yaml; the files that it writes go to a temporary folder."""
    mock = Mock()
    try:
        variant.change(mock)
        with mock.served() as deployment, tempfile.TemporaryDirectory() as folder:
            started = time.perf_counter()
            process = subprocess.run(
                [
                    *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(ROOT / "schemathesis.toml")),
                    *(
                        "run",
                        str(ROOT / "openapi.yaml"),
                        "--url",
                        deployment.url,
                        "--seed",
                        "1",
                        "--continue-on-failure",
                    ),
                    *("--header", f"Authorization: Bearer sk_test_{NAME}"),
                ],
                cwd=folder,
                capture_output=True,
                check=False,
            )
            return Run(process.returncode == 1, time.perf_counter() - started)
    finally:
        mock.restore()


def main() -> int:
    arguments = argparse.ArgumentParser(prog="plain_schemathesis", description=__doc__)
    arguments.add_argument("names", nargs="*", help="only variants whose name has one of these parts")
    arguments.add_argument("--every", type=int, default=1, metavar="N", help="only each Nth variant")
    options = arguments.parse_args()
    logging.disable(logging.CRITICAL)
    variants = [
        each for each in BROKEN + CORRECT if not options.names or any(part in each.name for part in options.names)
    ]
    _report(variants[:: options.every])
    return 0


def _report(variants: Sequence[Variant]) -> None:
    runs = {variant.name: st_run(variant) for variant in variants}
    broken = [each for each in variants if each.statement is not None]
    correct = [each for each in variants if each.statement is None]
    caught, accused = ([each.name for each in some if runs[each.name].failed] for some in (broken, correct))
    seconds = mean(run.seconds for run in runs.values())
    _say(f"caught {len(caught)} of {len(broken)}, accused {len(accused)} of {len(correct)}, {seconds:.1f} s a run")
    _say(f"caught: {', '.join(caught)}")
    _say(f"accused: {', '.join(accused)}")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
