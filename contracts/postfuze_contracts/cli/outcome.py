"""From what a run found to its exit code."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from postfuze_contracts.cli import exit_codes
from postfuze_contracts.config import Asked
from postfuze_contracts.model.events import RunFinished
from postfuze_contracts.model.verdicts import Outcome, Verdict


def code(asked: Asked, finished: RunFinished, *, strict: bool, today: date | None = None) -> int:
    """The exit code of a run that was not interrupted. A failure outweighs all else."""
    today = today or date.today()
    if any(_fails(asked, verdict, strict, today) for verdict in finished.verdicts):
        return exit_codes.BROKEN
    if finished.fault is not None or not any(verdict.judged for verdict in finished.verdicts):
        return exit_codes.UNREACHABLE
    if finished.faults:
        return exit_codes.FAULT
    if any(waiver.expires < today for waiver in asked.options.waivers):
        return exit_codes.BROKEN
    return exit_codes.BLOCKED if any(True for _ in unjudged(asked, finished)) else exit_codes.KEPT


def unjudged(asked: Asked, finished: RunFinished) -> Iterator[Verdict]:
    """Required statements of which nothing was judged."""
    for verdict in finished.verdicts:
        if verdict.statement in asked.require and not verdict.judged:
            yield verdict


def remarks(asked: Asked, finished: RunFinished, today: date | None = None) -> Iterator[str]:
    """What is to be said besides the verdicts: waivers out of date, what was required and stayed blocked."""
    today = today or date.today()
    verdicts = {verdict.statement: verdict for verdict in finished.verdicts}
    for waiver in asked.options.waivers:
        passes = verdicts[waiver.statement].outcome is Outcome.PASS
        if waiver.expires < today:
            rest = "; it passes now, so remove the waiver" if passes else ""
            yield f"the waiver of {waiver.statement} (owner: {waiver.owner}) expired on {waiver.expires}{rest}"
        elif passes:
            yield f"warning: {waiver.statement} passes; its waiver (owner: {waiver.owner}) is no longer needed"
    for verdict in unjudged(asked, finished):
        why = "; ".join(f"{need.what}: {need.how}" for need in verdict.needs) or verdict.reason
        yield f"{verdict.statement} is required, and was not judged: {why}"
    yield from _standing(finished)
    for fault in finished.faults:
        yield f"the harness failed in {fault}; please report it, with what --debug prints"
    if finished.fault is not None:
        yield finished.fault
    elif not any(verdict.judged for verdict in finished.verdicts):
        yield "nothing could be judged"


def _standing(finished: RunFinished) -> Iterator[str]:
    """What the run connected and has not disconnected."""
    for id, change in {change.id: change for change in finished.ledger if change.stands}.items():
        yield f"warning: {id}, which the run connected, still stands: {change.why or 'it was left'}"


def _fails(asked: Asked, verdict: Verdict, strict: bool, today: date) -> bool:
    if verdict.outcome is not Outcome.FLAKY:
        return verdict.outcome is Outcome.FAIL
    waived = {waiver.statement for waiver in asked.options.waivers if waiver.expires >= today}
    return strict and verdict.statement not in waived
