"""A run: all checks, one after the other, as a stream of events; what fails is repeated before it is believed."""

from __future__ import annotations

import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from postfuze_contracts import cleanup, needs
from postfuze_contracts.client import BudgetSpent, Client, Unreachable
from postfuze_contracts.events import CheckFinished, CheckStarted, Event, RunFinished, RunStarted
from postfuze_contracts.needs import Need
from postfuze_contracts.options import Access, Options
from postfuze_contracts.scenario import Blocked, Judge, Scenario
from postfuze_contracts.target import Target
from postfuze_contracts.verdicts import Failure, Observation, Outcome, Verdict
from postfuze_mock import spec

REPEATS = 3  # times that a check must fail by the same statement
NOT_ASKED = "not asked for"
NOT_AGAIN = "failed, and not again"
UNREPEATED = "failed once, and the run could not look again"


@dataclass
class Tally:
    """What all checks saw, by statement."""

    judged: Counter[str] = field(default_factory=Counter)
    failures: dict[str, list[Failure]] = field(default_factory=lambda: defaultdict(list))
    flaky: dict[str, list[Failure]] = field(default_factory=lambda: defaultdict(list))
    unrepeated: set[str] = field(default_factory=set)  # what failed once, and nothing was left to look again
    needs: dict[str, list[Need]] = field(default_factory=lambda: defaultdict(list))
    observations: dict[tuple[str, str], Observation] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    tracebacks: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Found:
    """What a check found, in all of its runs. `ended` is what broke it off."""

    failures: tuple[Failure, ...]
    flaky: tuple[Failure, ...]
    ended: Exception | None


def run(options: Options, checks: Sequence[Scenario], client: Client | None = None) -> Generator[Event, None, None]:
    """Run `checks` against the target of `options`. The last event is always a RunFinished."""
    started = time.monotonic()
    client = client or Client(options)
    target, tally = Target(options, client), Tally()
    try:
        yield RunStarted(options, sum(options.access >= check.access for check in checks))
        fault = yield from _checked(target, sorted(checks, key=lambda check: check.last), tally)
        _block_rest(tally, checks, needs.UNREACHABLE)
        yield from _cleaned(target, tally, fault)
    except KeyboardInterrupt:
        fault = "interrupted"
        _block_rest(tally, checks, needs.INTERRUPTED)
        cleanup.leave(target, "the run was interrupted")
    client.close()
    yield RunFinished(
        verdicts=tuple(_verdicts(options, checks, tally)),
        observations=tuple(tally.observations.values()),
        ledger=target.belongings.told(),
        requests=client.requests,
        seconds=time.monotonic() - started,
        fault=fault,
        faults=tuple(tally.faults),
        tracebacks=tuple(tally.tracebacks),
        writes=client.writes,
    )


def _cleaned(target: Target, tally: Tally, fault: str | None) -> Generator[Event, None, None]:
    """Disconnect what the run connected, unless that would do damage or cannot be done."""
    if fault is not None:
        cleanup.leave(target, "the target gave no answer")
    elif tally.failures["delete.only-that-one"]:
        cleanup.leave(target, "disconnecting one account changes others here")
    else:
        yield from cleanup.clean_up(target)


def without_target(options: Options, checks: Sequence[Scenario], need: Need) -> tuple[Verdict, ...]:
    """The verdicts where nothing could be judged, for `need` is missing."""
    tally = Tally()
    _block_rest(tally, checks, need)
    return tuple(_verdicts(options, checks, tally))


def _checked(target: Target, checks: Sequence[Scenario], tally: Tally) -> Generator[Event, None, str | None]:
    for check in checks:
        if (need := _barred(target, check)) is not None:
            _block(tally, check, need)
            continue
        yield CheckStarted(check.name, check.subject, check.writes)
        began, changed = time.monotonic(), len(target.ledger)
        found = _repeated(target, check, tally)
        yield from target.ledger[changed:]
        yield CheckFinished(check.name, check.subject, time.monotonic() - began, found.failures, found.flaky)
        if isinstance(found.ended, Unreachable) and not _answers(target):
            return str(found.ended)
    return None


def _barred(target: Target, check: Scenario) -> Need | None:
    """What keeps `check` from being run at all."""
    if target.options.access < check.access:
        return needs.FULL_ACCESS if check.access is Access.FULL else needs.PROBE_ACCESS
    return needs.BUDGET if target.client.spent else None


def _answers(target: Target) -> bool:
    """Whether the target still answers at all; what it does not answer to is one check's matter then."""
    try:
        target.call("listSocialAccounts", query={"limit": "1"})
    except Unreachable:
        return False
    except BudgetSpent:
        return True
    return True


def _repeated(target: Target, check: Scenario, tally: Tally) -> _Found:
    """Run `check`, again where it failed: a failure is what fails by the same statement each time."""
    first = last = _once(target, check)
    _take(tally, first)
    seen_once = Counter(failure.statement for failure in first.failures if failure.once)
    certain = {statement for statement, times in seen_once.items() if times > 1}
    suspects = {failure.statement for failure in first.failures} - certain
    cleared: dict[str, Judge] = {}
    seen_again: set[str] = set()
    for _ in range(REPEATS - 1):
        if not suspects:
            break
        last = _once(target, check, frozenset(suspects))
        judged_again = suspects & last.judged.keys()
        if not judged_again:  # what it used up cannot be had again: the first run stands
            break
        seen_again |= judged_again & {failure.statement for failure in last.failures}
        held = judged_again - {failure.statement for failure in last.failures}
        cleared |= dict.fromkeys(held, last)
        suspects -= held
    unrepeated = suspects - seen_again if last.ended is not None else set[str]()
    tally.unrepeated |= unrepeated
    confirmed, flaky = _sorted_out(first.failures, cleared, unrepeated)
    for failure in confirmed:
        tally.failures[failure.statement].append(failure)
    for failure in (flaky := (*flaky, *first.flaky)):
        tally.flaky[failure.statement].append(failure)
    _note_fault(tally, check, last.ended)
    return _Found(confirmed, flaky, last.ended)


def _sorted_out(
    failures: Sequence[Failure], cleared: Mapping[str, Judge], unrepeated: set[str]
) -> tuple[tuple[Failure, ...], tuple[Failure, ...]]:
    """The failures that are believed, and those that are not, each with what held the next time."""
    confirmed = [each for each in failures if each.statement not in cleared.keys() | unrepeated]
    flaky = [
        replace(each, again=cleared[each.statement].held_for(each)) if each.statement in cleared else each
        for each in failures
        if each.statement in cleared.keys() | unrepeated
    ]
    return tuple(confirmed), tuple(flaky)


def _once(target: Target, check: Scenario, watched: frozenset[str] = frozenset[str]()) -> Judge:
    """What one run of `check` sees. What breaks it off is kept in `ended`, but for an interruption."""
    judge = Judge(check.name, check.statements, watched)
    try:
        check.run(target, judge)
    except Blocked as blocked:
        need = blocked.need
    except BudgetSpent as error:
        need, judge.ended = needs.BUDGET, error
    except Unreachable as error:
        need, judge.ended = needs.no_answer(str(error)), error
    except Exception as error:  # noqa: BLE001 - a fault in one check must not cost the verdicts of the others
        judge = Judge(check.name, check.statements)  # nothing that it saw is to be relied on
        need, judge.ended = needs.harness_fault(check.name, error), error
    else:
        return judge
    for statement in check.statements - judge.judged.keys():
        judge.blocked.setdefault(statement, need)
    return judge


def _take(tally: Tally, judge: Judge) -> None:
    tally.judged.update(judge.judged)
    for statement, need in judge.blocked.items():
        tally.needs[statement].append(need)
    for observation in judge.observations:
        tally.observations.setdefault((observation.assumption, observation.choice), observation)


def _note_fault(tally: Tally, check: Scenario, ended: Exception | None) -> None:
    if ended is not None and not isinstance(ended, (BudgetSpent, Unreachable)):
        tally.faults.append(f"{check.name}: {type(ended).__name__}")
        tally.tracebacks.append("".join(traceback.format_exception(ended)))


def _block(tally: Tally, check: Scenario, need: Need) -> None:
    for statement in check.statements:
        tally.needs[statement].append(need)


def _block_rest(tally: Tally, checks: Sequence[Scenario], need: Need) -> None:
    """Say of each statement of which nothing is known yet why that is so."""
    for statement in {statement for check in checks for statement in check.statements} - tally.needs.keys():
        tally.needs[statement].append(need)


def _verdicts(options: Options, checks: Sequence[Scenario], tally: Tally) -> Iterator[Verdict]:
    asked = {statement for check in checks for statement in check.statements}
    asked &= set(options.only or asked)
    for statement in spec.statements():
        if statement.observable:
            yield _verdict(options, statement.id, statement.id in asked, tally)


def _verdict(options: Options, id: str, asked: bool, tally: Tally) -> Verdict:
    judged, wanted = tally.judged[id], tuple(dict.fromkeys(tally.needs[id]))
    if not asked:
        return Verdict(id, Outcome.SKIPPED, reason=NOT_ASKED)
    if tally.failures[id]:
        waiver = next((each for each in options.waivers if each.statement == id), None)
        if waiver is not None and waiver.expires >= date.today():
            reason = f"waived until {waiver.expires} by {waiver.owner}: {waiver.reason}"
            return Verdict(id, Outcome.SKIPPED, judged, tuple(tally.failures[id]), reason=reason)
        return Verdict(id, Outcome.FAIL, judged, tuple(tally.failures[id]))
    if tally.flaky[id]:
        reason = UNREPEATED if id in tally.unrepeated else NOT_AGAIN
        return Verdict(id, Outcome.FLAKY, judged, tuple(tally.flaky[id]), reason=reason)
    if judged:
        return Verdict(id, Outcome.PASS, judged)
    return Verdict(id, Outcome.BLOCKED, needs=wanted or (needs.unexpected("nothing was judged"),))
