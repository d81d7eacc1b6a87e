"""Judges the family at each level of access, with one key and with all: `python -m tests.contracts.family [--every N]
[--seeds N] [PART-OF-A-NAME …]`. Exits with 1 if full access with all keys misses a broken deployment, or if a correct
one fails at any level."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Iterator, Sequence

from tests.contracts.family.judgement import Judgement, judge
from tests.contracts.family.members import BROKEN, CORRECT, Variant

from postfuze_contracts.model.options import Access

LEVELS = [(access, one_key) for one_key in (False, True) for access in reversed(Access)]
ROW = "{:<8} {:<9} {:>6} {:>6} {:>8} {:>10} {:>9}"


def main() -> int:
    options = _arguments().parse_args()
    logging.disable(logging.CRITICAL)
    table: list[str] = []
    passed = True
    for access, one_key in LEVELS[:1] if options.full else LEVELS:
        seeds = range(1, options.seeds + 1)
        judgements = [each for seed in seeds for each in _judgements(_variants(options), access, one_key, seed)]
        full = not table
        table.append(_row(access, one_key, judgements))
        passed &= not any(each.accused for each in judgements)
        passed &= not full or all(each.caught for each in judgements if each.variant.statement)
    _say(ROW.format("access", "keys", "caught", "missed", "accused", "s a run", "longest"))
    _say("\n".join(table))
    return 0 if passed else 1


def _arguments() -> argparse.ArgumentParser:
    arguments = argparse.ArgumentParser(prog="mutation", description=__doc__)
    arguments.add_argument("names", nargs="*", help="only variants whose name contains one of these")
    arguments.add_argument("--every", type=int, default=1, metavar="N", help="only every Nth variant")
    arguments.add_argument("--full", action="store_true", help="only full access with all keys")
    arguments.add_argument("--seeds", type=int, default=1, metavar="N", help="repeat each run with N seeds")
    arguments.add_argument("--correct", action="store_true", help="only the correct variants")
    return arguments


def _variants(options: argparse.Namespace) -> Sequence[Variant]:
    family = CORRECT if options.correct else BROKEN + CORRECT
    matches = [each for each in family if not options.names or any(part in each.name for part in options.names)]
    return matches[:: options.every]


def _judgements(variants: Sequence[Variant], access: Access, one_key: bool, seed: int) -> Iterator[Judgement]:
    """Judge each variant; report those that are missed or accused, and those that other statements catch too."""
    level = f"{access.name.lower()}, {'one key' if one_key else 'all keys'}"
    for variant in variants:
        judgement = judge(variant, access=access, one_key=one_key, seed=seed)
        if judgement.accused:
            _say(f"accused ({level})  {variant.name}: {variant.sentence}. {str(judgement)[:400]}")
        elif variant.statement and not judgement.caught:
            _say(f"missed ({level})  {variant.name}, {variant.statement}: {variant.sentence}")
        elif others := sorted(judgement.failed - {variant.statement}):
            _say(f"caught ({level})  {variant.name}, {variant.statement}, and by {', '.join(others)}")
        yield judgement


def _row(access: Access, one_key: bool, judgements: Sequence[Judgement]) -> str:
    caught = sum(each.caught for each in judgements)
    broken = sum(each.variant.statement is not None for each in judgements)
    accused = sum(each.accused for each in judgements)
    seconds = [each.finished.seconds for each in judgements] or [0.0]
    mean, longest = f"{sum(seconds) / len(seconds):.1f}", f"{max(seconds):.1f} s"
    keys = "one" if one_key else "all"
    return ROW.format(access.name.lower(), keys, caught, broken - caught, accused, mean, longest)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
