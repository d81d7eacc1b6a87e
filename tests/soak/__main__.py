"""Soaks a server: `make soak`, `make soak ARGS="--calls 10000"`.

Exits with 1, and one sentence, if an answer or a state is not the model's, if memory or descriptors grow, or if the log
has a traceback."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Final

from tests.soak.model_world import Violation
from tests.soak.soak import answers, quarters, soak

CALLS_OF_A_WORLD: Final = 1500  # at least on average, so that all worlds are in use long before half of the run


def main() -> int:
    options = _options()
    worlds = options.worlds or min(200, max(options.calls // CALLS_OF_A_WORLD, 1))
    with tempfile.TemporaryDirectory() as folder:
        try:
            figures = soak(Path(folder), calls=options.calls, worlds=worlds, seed=options.seed, say=_say)
        except Violation as violation:
            _say(f"soak: {violation} (--calls {options.calls} --worlds {worlds} --seed {options.seed})")
            return 1
    _say(", ".join(answers(figures)))
    before, after = quarters(figures.memory)
    _say(f"{figures.calls:,} calls on {worlds} worlds in {figures.seconds:.0f} s; {figures.deliveries:,} deliveries")
    _say(f"memory {before / 1e6:.1f} MB in the second quarter, {after / 1e6:.1f} MB in the last")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("--calls", type=int, default=300_000, metavar="N", help="calls in all (300,000)")
    parser.add_argument("--worlds", type=int, metavar="N", help="worlds (200, or fewer for fewer calls)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="what is sent follows from it (1)")
    return parser.parse_args()


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
