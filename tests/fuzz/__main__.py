"""Attacks the mock and the harness with odd inputs: `make fuzz`, `make fuzz ARGS="calls --count 500 --seed 7"`.

Exits with 1 if something was found; each finding says what repeats it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from tests.fuzz import calls, files, hostile, zoo
from tests.fuzz.outcome import Outcome, Part
from tests.support import figures as pages


class Attack(NamedTuple):
    """A part of the fuzzing, what it attacks, and how many inputs it tries by `default`."""

    about: str
    fuzz: Part
    default: int


ATTACKS: Final[Mapping[str, Attack]] = {
    "calls": Attack("calls of the API and the control API", calls.fuzz, 5_000),
    "files": Attack("starts with state files and world files", files.fuzz, 1_000),
    "harness": Attack("runs of the harness against hostile targets", hostile.fuzz, len(zoo.ZOO)),
}
HEAD: Final = ("", "tried", "findings", "memory at most", "time")
ROW: Final = "{:<45} {:>9} {:>9} {:>15} {:>8}"


def main() -> int:
    options = _arguments().parse_args()
    names = options.parts or list(ATTACKS)
    outcomes = {name: _attack(name, options) for name in names}
    for outcome in outcomes.values():
        for finding in outcome.findings:
            _say(f"found: {finding}")
    rows = [_row(name, outcome) for name, outcome in outcomes.items()]
    for row in (HEAD, *rows):
        _say(ROW.format(*row))
    if options.write is not None:
        pages.write(options.write, "make fuzz", HEAD, rows)
    return 1 if any(outcome.findings for outcome in outcomes.values()) else 0


def _row(name: str, outcome: Outcome) -> tuple[str, ...]:
    memory, time = f"{outcome.memory / 1e6:.0f} MB", f"{outcome.seconds:.0f} s"
    return ATTACKS[name].about, f"{outcome.cases:,}", f"{len(outcome.findings):,}", memory, time


def _attack(name: str, options: argparse.Namespace) -> Outcome:
    attack = ATTACKS[name]
    count = attack.default if options.count is None else options.count
    return attack.fuzz(count, options.seed, options.skip, lambda text: _say(f"{name}: {text}"))


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parts = f"{', '.join(ATTACKS)}; by default all"
    parser.add_argument("parts", nargs="*", choices=[*ATTACKS, []], metavar="PART", help=parts)
    parser.add_argument("--count", type=int, metavar="N", help="how many inputs each part tries")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="what they follow from (1)")
    parser.add_argument("--skip", type=int, default=0, metavar="N", help="leave out the first N")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="write the figures into this page of the guides")
    return parser


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
