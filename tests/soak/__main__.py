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
from tests.soak.soak import Figures, quarters, soak
from tests.support import figures as pages

CALLS_OF_A_WORLD: Final = 1500  # so many on average that all worlds are in use long before half of the run


def main() -> int:
    options = _options()
    worlds = options.worlds or min(200, max(options.calls // CALLS_OF_A_WORLD, 1))
    with tempfile.TemporaryDirectory() as folder:
        try:
            figures = soak(Path(folder), calls=options.calls, worlds=worlds, seed=options.seed, say=_say)
        except Violation as violation:
            _say(f"soak: {violation} (--calls {options.calls} --worlds {worlds} --seed {options.seed})")
            return 1
    rows = table(figures, options.seed)
    for what, value in rows:
        _say(f"{what:<48} {value}")
    if options.write is not None:
        pages.write(options.write, "make soak", ("the last run", ""), rows)
    return 0


def table(figures: Figures, seed: int) -> list[tuple[str, str]]:
    """The rows of a soak without violations."""
    memory, descriptors = quarters(figures.memory), quarters(figures.descriptors)
    failures = sum(count for status, count in figures.statuses.items() if status >= 500)
    return [
        ("calls", f"{figures.calls:,} on {figures.worlds} worlds, seed {seed}"),
        ("answers and states that were not the model's", "0"),
        ("statuses from 500, all asked for by a fault", f"{failures:,}"),
        ("connections that a fault or the client broke off", f"{figures.statuses[0]:,}"),
        ("deliveries to webhooks", f"{figures.deliveries:,}"),
        ("tracebacks and errors in the log", "0"),
        ("memory, in the second and the last quarter", f"{memory[0] / 1e6:.1f} MB, {memory[1] / 1e6:.1f} MB"),
        ("descriptors, in the second and the last quarter", f"{descriptors[0]:.0f}, {descriptors[1]:.0f}"),
        ("time", f"{figures.seconds:.0f} s, {figures.calls / figures.seconds:,.0f} calls a second"),
    ]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("--calls", type=int, default=300_000, metavar="N", help="calls in all (300,000)")
    parser.add_argument("--worlds", type=int, metavar="N", help="worlds (200, or fewer for fewer calls)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="what is sent follows from it (1)")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="write the figures into this page of the guides")
    return parser.parse_args()


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
