"""Runs checks in order, as a stream of events. A failure counts only if repetition confirms it."""

from __future__ import annotations

import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Collection, Generator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from postfuze_contracts.engine.documented import undocumented
from postfuze_contracts.engine.evidence import Evidence
from postfuze_contracts.engine.judge import Blocked, Judge
from postfuze_contracts.engine.registry import Check
from postfuze_contracts.model import needs
from postfuze_contracts.model.events import CheckFinished, CheckStarted, Event
from postfuze_contracts.model.exchange import describe
from postfuze_contracts.model.needs import Need
from postfuze_contracts.model.operations import LIST
from postfuze_contracts.model.options import Access
from postfuze_contracts.model.verdicts import Failure, Observation
from postfuze_contracts.target.budget import BudgetSpent
from postfuze_contracts.target.client import Malformed, Unreachable
from postfuze_contracts.target.deployed import ANSWERED, MAIN, NotDeployed
from postfuze_contracts.target.target import Target

REPEATS = 3  # runs that must break the same statement


@dataclass
class Tally:
    """The results of all checks, by statement."""

    judged: Counter[str] = field(default_factory=Counter)
    failures: dict[str, list[Failure]] = field(default_factory=lambda: defaultdict(list))
    flaky: dict[str, list[Failure]] = field(default_factory=lambda: defaultdict(list))
    unrepeated: set[str] = field(default_factory=set)  # statements that failed once and could not be judged again
    needs: dict[str, list[Need]] = field(default_factory=lambda: defaultdict(list))
    observations: dict[tuple[str, str], Observation] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    tracebacks: list[str] = field(default_factory=list)
    evidence: Evidence = field(default_factory=Evidence)
    cut: str | None = None  # why checks did not run to their end
    undeclared: set[tuple[str, str]] = field(default_factory=set)  # checks, and what they judged without declaring it


@dataclass(frozen=True)
class _Result:
    """The result of all runs of a check. `ended` is the exception that ended it."""

    failures: tuple[Failure, ...]
    flaky: tuple[Failure, ...]
    ended: Exception | None
    judged: tuple[str, ...] = ()


def run_checks(target: Target, checks: Sequence[Check], tally: Tally) -> Generator[Event, None, str | None]:
    """Run `checks`, and collect the results in `tally`. Returns why the run ended early, or None."""
    for check in checks:
        if (need := _hindrance(target, check)) is not None:
            if need is needs.BUDGET:
                tally.cut = tally.cut or f"the run's budget was spent: {target.client.budget.used_up}"
            block(tally, check.judges(target.options.pins), need)
            continue
        yield CheckStarted(check.name, check.subject, check.writes)
        began, first_change = time.monotonic(), len(target.ledger.changes)
        result = _run_repeatedly(target, check, tally)
        yield from target.ledger.changes[first_change:]
        seconds = time.monotonic() - began
        yield CheckFinished(check.name, check.subject, seconds, result.failures, result.flaky, result.judged)
        if isinstance(result.ended, BudgetSpent):
            tally.cut = tally.cut or f"the run's budget was spent: {result.ended}"
        if isinstance(result.ended, Unreachable) and not _responds(target):
            return str(result.ended)
    return None


def judge_missing(target: Target, tally: Tally) -> None:
    """Count each documented operation that the target does not have as one failure, of the operation's main
    statement."""
    for operation, evidence in target.missing().items():
        if (statement := MAIN.get(operation)) is not None:
            expected, check = f"the operation {operation}", f"target.{operation}"
            tally.judged[statement] += 1
            tally.failures[statement] = [Failure(statement, expected, describe(evidence), (evidence,), check)]


def _hindrance(target: Target, check: Check) -> Need | None:
    """The need without which `check` cannot run at all, or None."""
    if target.options.access < check.access:
        return needs.FULL_ACCESS if check.access is Access.FULL else needs.PROBE_ACCESS
    return None if target.client.budget.used_up is None else needs.BUDGET


def _responds(target: Target) -> bool:
    """Whether the target still responds; then only one call got no response."""
    try:
        with suppress(BudgetSpent, NotDeployed):
            target.call(LIST, query={"limit": "1"})
    except Unreachable:
        return False
    return True


def _run_repeatedly(target: Target, check: Check, tally: Tally) -> _Result:
    """Run `check`. If it fails, repeat it: only what breaks the same statement each time is a failure."""
    first = last = _once(target, check)
    _collect(tally, first)
    certain = {failure.statement for failure in first.failures if failure.once}
    suspects = {failure.statement for failure in first.failures} - certain
    held_again: dict[str, Judge] = {}
    broken_again: set[str] = set()
    for _ in range(REPEATS - 1):
        if not suspects:
            break
        last = _once(target, check, frozenset(suspects))
        judged_again = suspects & last.judged.keys()
        if not judged_again:  # the first run used up what it needs, so that run counts
            break
        broken_again |= judged_again & {failure.statement for failure in last.failures}
        cleared = judged_again - {failure.statement for failure in last.failures}
        held_again |= dict.fromkeys(cleared, last)
        suspects -= cleared
    unrepeated = suspects - broken_again if last.ended is not None else set[str]()
    tally.unrepeated |= unrepeated
    confirmed, flaky = _confirmed_and_flaky(first.failures, held_again, unrepeated)
    confirmed, flaky = tally.evidence.of(confirmed), tally.evidence.of((*flaky, *first.flaky))
    for failure in confirmed:
        tally.failures[failure.statement].append(failure)
    for failure in flaky:
        tally.flaky[failure.statement].append(failure)
    _note_fault(tally, check, last)
    return _Result(confirmed, flaky, last.ended, tuple(first.judged))


def _confirmed_and_flaky(
    failures: Sequence[Failure], held_again: Mapping[str, Judge], unrepeated: set[str]
) -> tuple[tuple[Failure, ...], tuple[Failure, ...]]:
    """The confirmed failures, and the flaky ones with the exchanges that kept the statement later."""
    confirmed = [each for each in failures if each.statement not in held_again.keys() | unrepeated]
    flaky = [
        replace(each, again=held_again[each.statement].held_for(each)) if each.statement in held_again else each
        for each in failures
        if each.statement in held_again.keys() | unrepeated
    ]
    return tuple(confirmed), tuple(flaky)


def _once(target: Target, check: Check, watched: frozenset[str] = frozenset[str]()) -> Judge:
    """Run `check` once. An exception that ends it is stored in `ended`, except an interruption. An unexpected one is a
    fault of the harness, unless the check uses an answer that no document describes."""
    pins = target.options.pins
    judge = Judge(check.name, check.statements | check.assumes, watched, pins)
    try:
        check.run(target, judge)
    except (Blocked, NotDeployed) as lack:
        need = lack.need
    except BudgetSpent as error:
        need, judge.ended = needs.BUDGET, error.with_traceback(None)  # its frames would keep responses
    except Unreachable as error:
        need, judge.ended = needs.no_answer(str(error)), error.with_traceback(None)
        _judge_malformed(judge, error)
    except Exception as error:  # noqa: BLE001 - a fault in one check must not cost the verdicts of the others
        judge, need = _unable(target, check, judge, error)
    else:
        return judge
    for statement in check.judges(pins) - judge.judged.keys():
        judge.blocked.setdefault(statement, need)
    return judge


def _judge_malformed(judge: Judge, error: Unreachable) -> None:
    """Count a response that is no HTTP as a failure of its operation's main statement."""
    if isinstance(error, Malformed) and error.operation in ANSWERED:
        judge.expect(ANSWERED[error.operation], False, "an HTTP response", got=str(error))


def _unable(target: Target, check: Check, judge: Judge, error: Exception) -> tuple[Judge, Need]:
    """The judgements of a check that an unexpected exception ended, and what it lacked."""
    if (answer := undocumented(target.answers)) is not None:
        need = needs.undocumented(check.name, error, answer)
    else:
        judge = Judge(check.name, check.statements | check.assumes, pins=target.options.pins)  # they are unreliable
        need, judge.is_faulty = needs.harness_fault(check.name, error), True
    judge.ended = error
    return judge, need


def _collect(tally: Tally, judge: Judge) -> None:
    tally.undeclared |= {(judge.check, id) for id in judge.undeclared}
    tally.judged.update(judge.judged)
    for statement, need in judge.blocked.items():
        tally.needs[statement].append(need)
    for observation in judge.observations:
        tally.observations.setdefault((observation.assumption, observation.choice), observation)


def _note_fault(tally: Tally, check: Check, judge: Judge) -> None:
    if judge.ended is None or isinstance(judge.ended, (BudgetSpent, Unreachable)):
        return
    tally.tracebacks.append("".join(traceback.format_exception(judge.ended)))
    if judge.is_faulty:
        tally.faults.append(f"{check.name}: {type(judge.ended).__name__}")


def block(tally: Tally, statements: Collection[str], need: Need) -> None:
    for statement in statements:
        tally.needs[statement].append(need)
