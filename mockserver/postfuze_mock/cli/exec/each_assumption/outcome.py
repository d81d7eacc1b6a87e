"""What became of the runs, and the table of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

from postfuze_mock.cli.exec.each_assumption.junit import Tests
from postfuze_mock.cli.exec.each_assumption.plan import Run
from postfuze_mock.cli.printable import printable

MAX_SHOWN: Final = 20  # tests of an alternative


@dataclass(frozen=True)
class Outcome:
    """The end of a run; `tests` is empty without JUnit files."""

    run: Run
    code: int
    seconds: float
    tests: Tests


@dataclass(frozen=True)
class Difference:
    """An alternative beside the mock's own choices: the tests that pass only under these, because they `fail` here or
    are `missing`."""

    outcome: Outcome
    fail: Sequence[str]
    missing: Sequence[str]

    @property
    def is_broken(self) -> bool:
        return bool(self.outcome.code or self.fail)


def difference(own: Outcome, other: Outcome) -> Difference:
    """What changed from the run under the mock's own choices to `other`."""
    passed = [name for name, did in own.tests.items() if did]
    fail = [name for name in passed if other.tests.get(name) is False]
    missing = [name for name in passed if name not in other.tests] if other.code else []
    return Difference(other, fail, missing)


def table(differences: Sequence[Difference], left_out: Mapping[str, str], folder: Path) -> str:
    """All alternatives with their exit codes, and below each the tests that pass only under the mock's own choice."""
    width = max(len(each.outcome.run.name) for each in differences)
    lines = [f"{'ALTERNATIVE':{width}}  EXIT CODE"]
    for each in differences:
        lines.append(f"{each.outcome.run.name:{width}}  {each.outcome.code:9}")
        lines += _tests("fails", each.fail)
        lines += _tests("did not run", each.missing)
    return "\n".join([*lines, "", _summary(differences), *_left_out(left_out), f"Output: {folder}", ""])


def _tests(verdict: str, names: Sequence[str]) -> Iterator[str]:
    yield from (f"    {verdict}: {printable(name)}" for name in names[:MAX_SHOWN])
    if len(names) > MAX_SHOWN:
        yield f"    {verdict}: {len(names) - MAX_SHOWN} more"


def _summary(differences: Sequence[Difference]) -> str:
    broken = sum(each.is_broken for each in differences)
    if not broken:
        return f"Passed under each of {len(differences)} alternatives: nothing leans on the mock's own choices."
    return f"{broken} of {len(differences)} alternatives change the outcome: something leans on what nobody promised."


def _left_out(left_out: Mapping[str, str]) -> Iterator[str]:
    by_reason = sorted(left_out.items(), key=lambda item: item[1])
    for reason, names in groupby(by_reason, key=lambda item: item[1]):
        yield f"Left out, because {reason}: {', '.join(name for name, _ in names)}."
