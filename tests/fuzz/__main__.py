"""Attacks the mock and the harness with odd inputs: `make fuzz`, `make fuzz ARGS="calls --count 500 --seed 7"`.

Exits with 1 if something was found; each finding says what repeats it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from typing import Final, NamedTuple

from tests.fuzz import calls, hostile, zoo
from tests.fuzz.outcome import Outcome, Part


class Attack(NamedTuple):
    """A part of the fuzzing, what it attacks, and how many inputs it tries by `default`."""

    about: str
    fuzz: Part
    default: int


ATTACKS: Final[Mapping[str, Attack]] = {
    "calls": Attack("calls of the API and the control API", calls.fuzz, 5_000),
    "harness": Attack("runs of the harness against hostile targets", hostile.fuzz, len(zoo.ZOO)),
}
ROW: Final = "{:<45} {:>9} {:>9} {:>8} {:>8}"


def main() -> int:
    options = _arguments().parse_args()
    names = options.parts or list(ATTACKS)
    outcomes = {name: _attack(name, options) for name in names}
    for outcome in outcomes.values():
        for finding in outcome.findings:
            _say(f"found: {finding}")
    _say(ROW.format("", "tried", "findings", "MB", "s"))
    for name, outcome in outcomes.items():
        figures = f"{outcome.cases:,}", len(outcome.findings), outcome.memory >> 20, f"{outcome.seconds:.0f}"
        _say(ROW.format(ATTACKS[name].about, *figures))
    return 1 if any(outcome.findings for outcome in outcomes.values()) else 0


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
    return parser


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
