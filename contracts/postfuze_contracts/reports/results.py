"""What the reports have in common: verdicts beside what openapi.yaml says of their statements."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from postfuze_contracts.model.events import Changed, RunFinished
from postfuze_contracts.model.options import Options
from postfuze_contracts.model.verdicts import Failure, Observation, Outcome, Verdict
from postfuze_contracts.reports.positions import Place, places
from postfuze_contracts.reports.text import answer, duration, number, one_line
from postfuze_mock import spec
from postfuze_mock.spec import Assumption, Statement

WAIVED = "waived"
LABELS = (*(outcome.value for outcome in (Outcome.FAIL, Outcome.FLAKY)), WAIVED, "blocked", "skipped", "pass")
EXAMPLES = 3  # failures of one statement that a report for people shows


@dataclass(frozen=True)
class Result:
    """A verdict, its statement and where that stands."""

    verdict: Verdict
    statement: Statement
    place: Place

    @property
    def label(self) -> str:
        """The outcome; `waived` for a failure that somebody accepted."""
        waived = self.verdict.outcome is Outcome.SKIPPED and self.verdict.failures
        return WAIVED if waived else self.verdict.outcome.value

    @property
    def note(self) -> str:
        """In a few words, what there is to say of the outcome."""
        verdict = self.verdict
        match self.label:
            case "pass":
                return number(verdict.judged, "answer")
            case "fail":
                return f"{number(len(verdict.failures), 'failure')} in {number(verdict.judged, 'answer')}"
            case "blocked":
                return "; ".join(f"{one_line(need.what)}: {one_line(need.how)}" for need in verdict.needs)
        return one_line(verdict.reason)

    @property
    def examples(self) -> tuple[Failure, ...]:
        """The failures to show: the smallest of each check, the smallest of all first."""
        smallest: dict[str, Failure] = {}
        for failure in sorted(self.verdict.failures, key=_size):
            smallest.setdefault(failure.check, failure)
        return tuple(smallest.values())[:EXAMPLES]


def _size(failure: Failure) -> tuple[int, int]:
    """How much there is to send again: calls, and characters of the decisive one."""
    last = failure.exchanges[-1].request if failure.exchanges else None
    return len(failure.exchanges), len(last.target) + len(last.body or b"") if last is not None else 0


def both_answers(failure: Failure) -> list[tuple[str, str]]:
    """Of what was flaky, the answer that failed and the one that held, each on one line; of all else nothing."""
    if not failure.again or not failure.exchanges:
        return []
    return [("failed", answer(failure.exchanges[-1])), ("held", answer(failure.again[-1]))]


def results(verdicts: Iterable[Verdict]) -> list[Result]:
    """Results in the order of openapi.yaml's subjects."""
    statements = {statement.id: statement for statement in spec.statements()}
    order = {subject: index for index, subject in enumerate(dict.fromkeys(s.subject for s in statements.values()))}
    found = [Result(each, statements[each.statement], places()[each.statement]) for each in verdicts]
    return sorted(found, key=lambda result: order[result.statement.subject])


def by_subject(found: Sequence[Result]) -> dict[str, list[Result]]:
    """Results grouped by subject; `found` is what `results` gave."""
    return {subject: list(group) for subject, group in groupby(found, lambda result: result.statement.subject)}


def worst_first(found: Iterable[Result]) -> list[Result]:
    """Results with those that ask for something to be done before the others."""
    return sorted(found, key=lambda result: LABELS.index(result.label))


def counts(found: Iterable[Result]) -> Counter[str]:
    """How many results have each label."""
    return Counter(result.label for result in found)


def tally(counted: Mapping[str, int]) -> str:
    """`1 fail, 2 blocked, 61 pass`."""
    return ", ".join(f"{counted[label]} {label}" for label in LABELS if counted.get(label)) or "nothing"


def failed(counted: Mapping[str, int], strict: bool) -> bool:
    """Whether a statement failed; with `strict`, what was flaky counts as failed."""
    return bool(counted.get("fail") or (strict and counted.get("flaky")))


def headline(finished: RunFinished, counted: Mapping[str, int], strict: bool) -> str:
    """The run in one word."""
    if finished.fault is not None:
        return "FAULT"
    if failed(counted, strict):
        return "FAIL"
    judged = any(verdict.judged for verdict in finished.verdicts)
    return "PASS" if judged else "NOTHING JUDGED"


@dataclass(frozen=True)
class Choice:
    """An assumption as the target decided it, and the mock."""

    observation: Observation
    assumption: Assumption

    @property
    def differs(self) -> bool:
        """Whether the mock's choice is another."""
        return self.observation.choice != self.assumption.choice

    @property
    def mock(self) -> str:
        """The mock's choice beside the target's."""
        return f"differs: {self.assumption.choice}" if self.differs else "the same"

    @property
    def note(self) -> str:
        """The target's choice, and the mock's."""
        observed = one_line(self.observation.choice)
        return f"{observed} (the mock {self.mock})" if self.differs else f"{observed} (as the mock)"


def choices(observations: Iterable[Observation]) -> list[Choice]:
    """What was observed of assumptions, in the order of openapi.yaml."""
    known = {assumption.id: assumption for assumption in spec.assumptions()}
    order = {id: index for index, id in enumerate(known)}
    found = [Choice(each, known[each.assumption]) for each in observations if each.assumption in known]
    return sorted(found, key=lambda choice: order[choice.assumption.id])


def least_seconds(finished: RunFinished) -> int:
    """How many seconds such a run takes at least under the documented limits, however fast the target is."""
    return max(_windows(limit, finished) * int(limit["window_seconds"]) for limit in _limits())


def cost(finished: RunFinished) -> str:
    """The run's requests and its time."""
    writes = f", {finished.writes:,} of them account writes," if finished.writes else ""
    return f"{number(finished.requests, 'request')}{writes} in {duration(finished.seconds)}"


def limits_note(finished: RunFinished) -> str:
    """The time that the documented limits ask of such a run."""
    limits = ", ".join(
        f"{limit['limit']} {'account writes' if 'methods' in limit else 'requests'} in {limit['window_seconds']} s"
        for limit in _limits()
    )
    least = least_seconds(finished)
    takes = f"takes at least {number(least, 'second')}" if least else "need not wait"
    return f"under the documented limits ({limits}) such a run {takes}"


def _limits() -> list[dict[str, Any]]:
    limits: list[dict[str, Any]] = spec.load()["x-rate-limits"]
    return limits


def _windows(limit: Mapping[str, Any], finished: RunFinished) -> int:
    """How many windows of the limit are full before the run's last call."""
    calls = finished.writes if "methods" in limit else finished.requests
    return max(math.ceil(calls / int(limit["limit"])) - 1, 0)


def waiver_notes(options: Options | None, found: Iterable[Result]) -> list[str]:
    """What is to be said of waivers: those that have expired, and those that nothing needs any more."""
    labels = {result.statement.id: result.label for result in found}
    notes = []
    for waiver in options.waivers if options is not None else ():
        label = labels.get(waiver.statement)
        if label == "fail":
            notes.append(f"the waiver of {waiver.statement} by {waiver.owner} expired on {waiver.expires}")
        elif label == "pass":
            notes.append(f"the waiver of {waiver.statement} by {waiver.owner} is no longer needed")
    return notes


def changes(ledger: Iterable[Changed]) -> list[tuple[str, str]]:
    """What was changed, and the account with what became of it."""
    return [(each.what, ", ".join(filter(None, (one_line(each.id), end(each))))) for each in ledger]


def end(change: Changed) -> str:
    """What became of what was connected, by the end of the run."""
    if change.stands is None:
        return ""
    stands = "still stands" if change.stands else "gone again"
    return f"{stands}: {one_line(change.why)}" if change.why else stands
