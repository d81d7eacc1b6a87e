"""Prints how the harness fares with the family, for each level of access and with one key as with all:
`python -m tests.contracts.family [--every N] [--seeds N] [PART-OF-A-NAME …]`. Exits with 1 where, with all that it can
be given, it misses a broken deployment, or where it accuses a correct one."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Iterator, Sequence

from tests.contracts.family.judgement import Judged, judge
from tests.contracts.family.members import BROKEN, CORRECT, Variant

from postfuze_contracts.model.options import Access

LEVELS = [(access, one_key) for one_key in (False, True) for access in reversed(Access)]
ROW = "{:<8} {:<9} {:>6} {:>6} {:>8} {:>10} {:>9}"


def main() -> int:
    arguments = argparse.ArgumentParser(prog="mutation", description=__doc__)
    arguments.add_argument("names", nargs="*", help="only variants whose name has one of these parts")
    arguments.add_argument("--every", type=int, default=1, metavar="N", help="only each Nth variant")
    arguments.add_argument("--full", action="store_true", help="only full access with all keys")
    arguments.add_argument("--seeds", type=int, default=1, metavar="N", help="with N seeds each")
    arguments.add_argument("--correct", action="store_true", help="only the correct ones")
    given = arguments.parse_args()
    logging.disable(logging.CRITICAL)
    family = CORRECT if given.correct else BROKEN + CORRECT
    variants = [each for each in family if not given.names or any(part in each.name for part in given.names)]
    variants = variants[:: given.every]
    table, well = [], True
    for access, one_key in LEVELS[:1] if given.full else LEVELS:
        level = f"{access.name.lower()}, {'one key' if one_key else 'all keys'}"
        judged = [
            each for seed in range(1, given.seeds + 1) for each in _judged(variants, access, one_key, level, seed)
        ]
        table.append(_row(access, one_key, judged))
        well = well and not any(each.accused for each in judged) and (bool(table[1:]) or _none_missed(judged))
    _say(ROW.format("access", "keys", "caught", "missed", "accused", "s a run", "longest"))
    _say("\n".join(table))
    return 0 if well else 1


def _judged(variants: Sequence[Variant], access: Access, one_key: bool, level: str, seed: int) -> Iterator[Judged]:
    """Judge each, and tell of those that go wrong, or that other statements catch too."""
    for variant in variants:
        judged = judge(variant, access, one_key=one_key, seed=seed)
        if judged.accused:
            _say(f"accused ({level})  {variant.name}: {variant.sentence}. {str(judged)[:400]}")
        elif variant.statement and not judged.caught:
            _say(f"missed ({level})  {variant.name}, {variant.statement}: {variant.sentence}")
        elif others := sorted(judged.failed - {variant.statement}):
            _say(f"caught ({level})  {variant.name}, {variant.statement}, and by {', '.join(others)}")
        yield judged


def _none_missed(judged: Sequence[Judged]) -> bool:
    return all(each.caught for each in judged if each.variant.statement)


def _row(access: Access, one_key: bool, judged: Sequence[Judged]) -> str:
    caught = sum(each.caught for each in judged)
    broken = sum(each.variant.statement is not None for each in judged)
    accused = sum(each.accused for each in judged)
    seconds = [each.seconds for each in judged] or [0.0]
    mean, longest = f"{sum(seconds) / len(seconds):.1f}", f"{max(seconds):.1f} s"
    keys = "one" if one_key else "all"
    return ROW.format(access.name.lower(), keys, caught, broken - caught, accused, mean, longest)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
