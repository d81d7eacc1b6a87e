"""What a run comes to: its headline and exit code, decided here once for the command and for all reports."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from postfuze_contracts.model.events import RunFinished
from postfuze_contracts.model.options import Options
from postfuze_contracts.model.verdicts import Outcome, Verdict

KEPT: Final = 0  # all judged statements pass
BROKEN: Final = 1  # a statement failed, or a waiver expired
UNREACHABLE: Final = 3  # no response, another service, the key refused, or nothing could be judged
BLOCKED: Final = 4  # a required statement was not judged
FAULT: Final = 5  # a fault of the harness itself
INCOMPLETE: Final = 6  # cut off by a signal, or by the budget


class Reason(NamedTuple):
    """Why a run does not pass: a word for the headline, the exit code, and a sentence."""

    word: str
    code: int
    sentence: str


_WORDS: Final = (
    "FAIL",
    "FAULT",
    "HARNESS FAULT",
    "INCOMPLETE",
    "NOTHING JUDGED",
    "WAIVER EXPIRED",
    "REQUIRED BLOCKED",
)  # the weightiest first


@dataclass(frozen=True)
class Conclusion:
    """Why a run does not pass, the weightiest reason first. `judged` counts the statements that were judged, `asked`
    those that were asked for."""

    reasons: tuple[Reason, ...]
    judged: int
    asked: int

    @property
    def headline(self) -> str:
        """`PASS` if the exit code is 0, else the words of all reasons, such as `FAIL, INCOMPLETE`."""
        return ", ".join(dict.fromkeys(reason.word for reason in self.reasons)) or "PASS"

    @property
    def code(self) -> int:
        """The exit code: that of the first reason."""
        return self.reasons[0].code if self.reasons else KEPT


def conclude(options: Options, finished: RunFinished, today: date | None = None) -> Conclusion:
    """The conclusion of a run. A failed statement outweighs everything else."""
    asked = [each for each in finished.verdicts if each.outcome is not Outcome.SKIPPED or each.failures]
    reasons = tuple(sorted(_reasons(options, finished, today or date.today()), key=_weight))
    return Conclusion(reasons, sum(each.judged > 0 for each in asked), len(asked))


def _reasons(options: Options, finished: RunFinished, today: date) -> Iterator[Reason]:
    for verdict in finished.verdicts:
        if _fails(options, verdict, today):
            yield Reason("FAIL", BROKEN, f"{verdict.statement} failed")
    if finished.fault is not None:
        yield Reason("FAULT", UNREACHABLE, finished.fault)
    for fault in finished.faults:
        sentence = f"the harness failed in {fault}; please report it, with the output of --debug"
        yield Reason("HARNESS FAULT", FAULT, sentence)
    if finished.fault is None:
        yield from _gaps(options, finished)
        yield from _expired(options, finished, today)


def _weight(reason: Reason) -> int:
    return _WORDS.index(reason.word)


def _gaps(options: Options, finished: RunFinished) -> Iterator[Reason]:
    """What was not judged, but should have been."""
    if finished.cut is not None:
        yield Reason("INCOMPLETE", INCOMPLETE, finished.cut)
    elif not any(verdict.judged for verdict in finished.verdicts) and not _only_observed(finished):
        yield Reason("NOTHING JUDGED", UNREACHABLE, "nothing could be judged")
    blocked: defaultdict[str, list[str]] = defaultdict(list)
    for verdict in finished.verdicts:
        if verdict.statement in options.require and not verdict.judged:
            why = "; ".join(f"{need.what}: {need.how}" for need in verdict.needs) or verdict.reason
            blocked[why].append(verdict.statement)
    for why, ids in blocked.items():
        verbs = ("is", "was") if len(ids) == 1 else ("are", "were")
        sentence = f"{', '.join(ids)} {verbs[0]} required, and {verbs[1]} not judged: {why}"
        yield Reason("REQUIRED BLOCKED", BLOCKED, sentence)


def _only_observed(finished: RunFinished) -> bool:
    """Whether the run was asked for nothing but open questions, and observed some."""
    skipped = all(each.outcome is Outcome.SKIPPED for each in finished.verdicts)
    return skipped and bool(finished.observations)


def _fails(options: Options, verdict: Verdict, today: date) -> bool:
    if verdict.outcome is not Outcome.FLAKY:
        return verdict.outcome is Outcome.FAIL
    waived = {waiver.statement for waiver in options.waivers if waiver.expires >= today}
    return options.strict and verdict.statement not in waived


def _expired(options: Options, finished: RunFinished, today: date) -> Iterator[Reason]:
    passes = {each.statement for each in finished.verdicts if each.outcome is Outcome.PASS}
    for waiver in options.waivers:
        if waiver.expires < today:
            advice = "; it passes now, so remove the waiver" if waiver.statement in passes else ""
            sentence = f"the waiver of {waiver.statement} (owner: {waiver.owner}) expired on {waiver.expires}{advice}"
            yield Reason("WAIVER EXPIRED", BROKEN, sentence)
