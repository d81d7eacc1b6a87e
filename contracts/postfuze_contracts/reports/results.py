"""What reports share: verdicts with their statements in openapi.yaml, counts, and notes on the run."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any, Literal, NamedTuple

from postfuze_contracts.model.conclusion import Conclusion, Reason, conclude
from postfuze_contracts.model.events import Changed, Event, RunFinished, RunStarted
from postfuze_contracts.model.needs import Need
from postfuze_contracts.model.options import Access, Options
from postfuze_contracts.model.verdicts import Failure, Outcome, Verdict
from postfuze_contracts.reports.positions import Position, positions
from postfuze_contracts.reports.text import duration, number, one_line, response
from postfuze_mock import spec
from postfuze_mock.spec import Statement

Kind = Literal["statement", "assumption"]
WAIVED = "waived"
LABELS = (*(outcome.value for outcome in (Outcome.FAIL, Outcome.FLAKY)), WAIVED, "blocked", "skipped", "pass")
ASKED = tuple(label for label in LABELS if label != "skipped")
#: What is said of so many statements with each label: `6 failed`.
WORDS = {
    "fail": "failed",
    "flaky": "flaky",
    WAIVED: "waived",
    "blocked": "not judged",
    "skipped": "not asked for",
    "pass": "passed",
}
MAX_EXAMPLES = 3  # failures of one statement that a report for people shows


@dataclass(frozen=True)
class Result:
    """A verdict with its statement and the statement's position."""

    verdict: Verdict
    statement: Statement
    position: Position

    @property
    def label(self) -> str:
        """The outcome; `waived` for an accepted failure."""
        waived = self.verdict.outcome is Outcome.SKIPPED and self.verdict.failures
        return WAIVED if waived else self.verdict.outcome.value

    @property
    def kind(self) -> Kind:
        """What it judges: a statement, or an assumption whose choice is pinned."""
        return "statement" if self.verdict.pin is None else "assumption"

    @property
    def note(self) -> str:
        """The reason or the numbers of the outcome, in a few words."""
        verdict = self.verdict
        match self.label:
            case "pass":
                return number(verdict.judged, "response")
            case "fail":
                return f"{number(len(verdict.failures), 'failure')} in {number(verdict.judged, 'response')}"
            case "blocked":
                return "; ".join(f"{one_line(need.what)}: {one_line(need.how)}" for need in verdict.needs)
        return one_line(verdict.reason)

    @property
    def examples(self) -> tuple[Failure, ...]:
        """The failures to show: the smallest of each check, the smallest of all first."""
        smallest: dict[str, Failure] = {}
        for failure in sorted(self.verdict.failures, key=_size):
            smallest.setdefault(failure.check, failure)
        return tuple(smallest.values())[:MAX_EXAMPLES]


def _size(failure: Failure) -> tuple[int, int]:
    """The sort key by size: the number of calls, and the characters of the decisive one."""
    last = failure.exchanges[-1].request if failure.exchanges else None
    return len(failure.exchanges), len(last.target) + len(last.body or b"") if last is not None else 0


def both_responses(failure: Failure) -> list[tuple[str, str]]:
    """The response that failed and the one that held later, each on one line; empty if the failure is not flaky."""
    if not failure.again or not failure.exchanges:
        return []
    return [("failed", response(failure.exchanges[-1])), ("held", response(failure.again[-1]))]


def from_verdicts(verdicts: Iterable[Verdict]) -> list[Result]:
    """The results, in the order of openapi.yaml's subjects."""
    statements = {each.id: each for each in spec.statements()}
    assumptions = {each.id: each for each in spec.assumptions()}
    subjects = dict.fromkeys(each.subject for each in statements.values())
    subjects |= dict.fromkeys(id.partition(".")[0] for id in assumptions)
    order = {subject: index for index, subject in enumerate(subjects)}
    results = [
        Result(
            each,
            statements[each.statement] if each.pin is None else assumptions[each.statement].pinned(each.pin),
            positions()[each.statement],
        )
        for each in verdicts
    ]
    return sorted(results, key=lambda result: order[result.statement.subject])


def by_subject(results: Sequence[Result]) -> dict[str, list[Result]]:
    """Results grouped by subject; `results` are in the order of `from_verdicts`."""
    return {subject: list(group) for subject, group in groupby(results, lambda result: result.statement.subject)}


def split(results: Iterable[Result]) -> tuple[list[Result], list[Result]]:
    """The results with failures, the worst first, and the others."""
    broken = [result for result in results if result.verdict.failures]
    others = [result for result in results if not result.verdict.failures]
    return sorted(broken, key=lambda result: LABELS.index(result.label)), others


def counts(results: Iterable[Result]) -> Counter[str]:
    """The number of results with each label."""
    return Counter(result.label for result in results)


def tally(totals: Mapping[str, int]) -> str:
    """`1 fail, 2 blocked, 61 pass`."""
    return ", ".join(f"{totals[label]} {label}" for label in LABELS if totals.get(label)) or "nothing"


def standing(totals: Mapping[str, int]) -> list[str]:
    """How many of the statements that were asked for passed, and what the others did: `46 of 88`, `42 not judged`."""
    asked = sum(totals.get(label, 0) for label in ASKED)
    if not asked:
        return ["no statement asked for"]
    rest = (f"{totals[label]} {WORDS[label]}" for label in ASKED if label != "pass" and totals.get(label))
    return [f"{totals.get('pass', 0)} of {asked}", *rest]


def reference(options: Options, kind: Kind, id: str) -> str | None:
    """The address of a statement or an assumption in the published reference; None if that is not known."""
    return None if options.site is None else f"{options.site}/docs#{kind}/{id}"


def conclusion(options: Options, finished: RunFinished, strict: bool) -> Conclusion:
    """Why the run does not pass, if it does not; with `strict`, a flaky statement counts as failed."""
    return conclude(replace(options, strict=strict or options.strict), finished)


def problems(conclusion: Conclusion) -> list[Reason]:
    """The reasons besides failed statements, which reports show in any case."""
    return [reason for reason in conclusion.reasons if reason.word != "FAIL"]


class Blocker(NamedTuple):
    """Something missing, with the statements that wait for it. Of these, `shared` wait for something else, too."""

    need: Need
    statements: tuple[str, ...]
    shared: int


def blocking(results: Iterable[Result]) -> list[Blocker]:
    """What is missing, that for which most statements wait first."""
    waiting: dict[Need, list[Result]] = {}
    for result in results:
        for need in result.verdict.needs:
            waiting.setdefault(need, []).append(result)
    blockers = (
        Blocker(need, tuple(each.statement.id for each in group), sum(len(each.verdict.needs) > 1 for each in group))
        for need, group in waiting.items()
    )
    return sorted(blockers, key=lambda blocker: -len(blocker.statements))


def failed(results: Iterable[Result], strict: bool) -> list[str]:
    """The ids of the statements that fail the run."""
    labels = ("fail", "flaky") if strict else ("fail",)
    return [result.statement.id for result in results if result.label in labels]


class FileReport(ABC):
    """A reporter that writes a file when the run is over. `strict` counts a flaky statement as failed."""

    def __init__(self, path: Path, *, strict: bool = False) -> None:
        self._path = path
        self._strict = strict
        self._options = Options("")

    def handle(self, event: Event) -> None:
        """Write the file at the end of the run, with missing folders. Raises OSError."""
        if isinstance(event, RunStarted):
            self._options = event.options
        elif isinstance(event, RunFinished):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # A lone surrogate in a broken response has no UTF-8: JSON reads `\udc80`, other formats show it.
            self._path.write_bytes(self.render(event).encode("utf-8", "backslashreplace"))

    @abstractmethod
    def render(self, finished: RunFinished) -> str:
        """The content of the file."""


def settings(options: Options) -> str:
    """`access passive, profile quick, seed 1`."""
    return f"access {options.access.name.lower()}, profile {options.profile_name}, seed {options.seed}"


def least_seconds(finished: RunFinished) -> int:
    """The minimum duration of such a run under the documented limits, in seconds."""
    return max(_windows(limit, finished) * int(limit["window_seconds"]) for limit in _limits())


def cost(finished: RunFinished, options: Options) -> str:
    """The run's requests and its duration. Without full access, a run calls writing operations only to be refused."""
    kind = "account writes" if options.access is Access.FULL else "calls of writing operations, to see them refused"
    writes = f", {finished.writes:,} of them {kind}," if finished.writes else ""
    return f"{number(finished.requests, 'request')}{writes} in {duration(finished.seconds)}"


def limits_note(finished: RunFinished) -> str:
    """The effect of the documented limits on the duration of such a run."""
    limits = ", ".join(
        f"{limit['limit']} {'account writes' if 'methods' in limit else 'requests'} in {limit['window_seconds']} s"
        for limit in _limits()
    )
    least = least_seconds(finished)
    effect = f"takes at least {number(least, 'second')}" if least else "need not wait"
    return f"under the documented limits ({limits}) such a run {effect}"


def _limits() -> list[dict[str, Any]]:
    limits: list[dict[str, Any]] = spec.load()["x-rate-limits"]
    return limits


def _windows(limit: Mapping[str, Any], finished: RunFinished) -> int:
    """The number of full windows of a limit before the last call of the run."""
    calls = finished.writes if "methods" in limit else finished.requests
    return max(math.ceil(calls / int(limit["limit"])) - 1, 0)


def waiver_notes(options: Options, results: Iterable[Result]) -> list[str]:
    """Notes on waivers that are no longer needed. Expired ones are problems."""
    passes = {result.statement.id for result in results if result.label == "pass"}
    return [
        f"the waiver of {waiver.statement} by {waiver.owner} is no longer needed"
        for waiver in options.waivers
        if waiver.statement in passes and waiver.expires >= date.today()
    ]


def changes(ledger: Iterable[Changed]) -> list[tuple[str, str]]:
    """Each change, and its account with its end."""
    return [(each.what, ", ".join(filter(None, (one_line(each.id), end(each))))) for each in ledger]


def end(change: Changed) -> str:
    """Whether a connected account still exists in the end, and why; empty for other changes."""
    if change.stands is None:
        return ""
    state = "still exists" if change.stands else "gone again"
    return f"{state}: {one_line(change.why)}" if change.why else state
