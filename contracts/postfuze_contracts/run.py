"""A run: all checks, one after the other, as a stream of events; what fails is repeated before it is believed."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from postfuze_contracts import needs
from postfuze_contracts.client import BudgetSpent, Client, Unreachable
from postfuze_contracts.events import CheckFinished, CheckStarted, Event, RunFinished, RunStarted
from postfuze_contracts.needs import Need
from postfuze_contracts.options import Access, Options
from postfuze_contracts.scenario import Blocked, Judge, Scenario
from postfuze_contracts.target import Target
from postfuze_contracts.verdicts import Failure, Observation, Outcome, Verdict
from postfuze_mock import spec

REPEATS = 3  # times that a check must fail by the same statement


@dataclass
class Tally:
    """What all checks saw, by statement."""

    judged: Counter[str] = field(default_factory=Counter)
    failures: dict[str, list[Failure]] = field(default_factory=lambda: defaultdict(list))
    flaky: dict[str, list[Failure]] = field(default_factory=lambda: defaultdict(list))
    needs: dict[str, list[Need]] = field(default_factory=lambda: defaultdict(list))
    observations: dict[str, Observation] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def run(options: Options, checks: Sequence[Scenario], client: Client | None = None) -> Generator[Event, None, None]:
    """Run `checks` against the target of `options`. The last event is always a RunFinished."""
    started = time.monotonic()
    client = client or Client(options)
    target, tally = Target(options, client), Tally()
    try:
        yield RunStarted(options, len(checks))
        fault = yield from _checked(target, checks, tally)
        _block_rest(tally, checks, needs.UNREACHABLE)
    except KeyboardInterrupt:
        fault = "interrupted"
        _block_rest(tally, checks, needs.INTERRUPTED)
    client.close()
    yield RunFinished(
        verdicts=tuple(_verdicts(options, checks, tally)),
        observations=tuple(tally.observations.values()),
        ledger=tuple(target.ledger),
        requests=client.requests,
        seconds=time.monotonic() - started,
        fault=fault,
        faults=tuple(tally.faults),
    )


def _checked(target: Target, checks: Sequence[Scenario], tally: Tally) -> Generator[Event, None, str | None]:
    for check in checks:
        if target.options.access < check.access:
            _block(tally, check, needs.FULL_ACCESS if check.access is Access.FULL else needs.PROBE_ACCESS)
            continue
        yield CheckStarted(check.name, check.subject, check.writes)
        began, changed = time.monotonic(), len(target.ledger)
        try:
            failures, flaky = _repeated(target, check, tally)
        except BudgetSpent:
            _block(tally, check, needs.BUDGET)
            continue
        except Unreachable as error:
            return str(error)
        except Exception as error:  # noqa: BLE001 - a fault in one check must not cost the verdicts of the others
            _block(tally, check, needs.harness_fault(check.name, error))
            tally.faults.append(f"{check.name}: {type(error).__name__}")
            continue
        yield from target.ledger[changed:]
        yield CheckFinished(check.name, check.subject, time.monotonic() - began, failures, flaky)
    return None


def _repeated(target: Target, check: Scenario, tally: Tally) -> tuple[tuple[Failure, ...], tuple[Failure, ...]]:
    """Run `check`, again where it failed: a failure is what fails by the same statement each time."""
    first = _once(target, check)
    _take(tally, first)
    failed = {failure.statement for failure in first.failures}
    seen_once = Counter(failure.statement for failure in first.failures if failure.once)
    certain = {statement for statement, times in seen_once.items() if times > 1}
    suspects = failed - certain
    for _ in range(REPEATS - 1):
        if not suspects:
            break
        again = _once(target, check)
        judged_again = suspects & again.judged.keys()
        if not judged_again:  # what it used up cannot be had again: the first run stands
            break
        suspects -= judged_again - {failure.statement for failure in again.failures}
    suspects |= certain
    confirmed = tuple(failure for failure in first.failures if failure.statement in suspects)
    flaky = tuple(failure for failure in first.failures if failure.statement not in suspects)
    for found, kept in ((confirmed, tally.failures), (flaky, tally.flaky)):
        for failure in found:
            kept[failure.statement].append(failure)
    return confirmed, flaky


def _once(target: Target, check: Scenario) -> Judge:
    judge = Judge(check.name, check.statements)
    try:
        check.run(target, judge)
    except Blocked as blocked:
        for statement in check.statements - judge.judged.keys():
            judge.blocked.setdefault(statement, blocked.need)
    return judge


def _take(tally: Tally, judge: Judge) -> None:
    tally.judged.update(judge.judged)
    for statement, need in judge.blocked.items():
        tally.needs[statement].append(need)
    for observation in judge.observations:
        tally.observations.setdefault(observation.assumption, observation)


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
        return Verdict(id, Outcome.SKIPPED, reason="not asked for")
    if tally.failures[id]:
        waiver = next((each for each in options.waivers if each.statement == id), None)
        if waiver is not None and waiver.expires >= date.today():
            reason = f"waived until {waiver.expires} by {waiver.owner}: {waiver.reason}"
            return Verdict(id, Outcome.SKIPPED, judged, tuple(tally.failures[id]), reason=reason)
        return Verdict(id, Outcome.FAIL, judged, tuple(tally.failures[id]))
    if tally.flaky[id]:
        return Verdict(id, Outcome.FLAKY, judged, tuple(tally.flaky[id]), reason="failed, and not again")
    if judged:
        return Verdict(id, Outcome.PASS, judged)
    return Verdict(id, Outcome.BLOCKED, needs=wanted or (needs.unexpected("nothing was judged"),))
