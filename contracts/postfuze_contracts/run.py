"""A run: its checks as a stream of events, the clean-up, then the verdicts."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from datetime import date

from postfuze_contracts.engine.registry import Check
from postfuze_contracts.engine.runner import Tally, block, judge_missing, run_checks
from postfuze_contracts.model import needs
from postfuze_contracts.model.events import Event, RunFinished, RunStarted
from postfuze_contracts.model.needs import Need
from postfuze_contracts.model.options import Options
from postfuze_contracts.model.verdicts import Outcome, Verdict
from postfuze_contracts.target import cleanup
from postfuze_contracts.target.client import Client
from postfuze_contracts.target.target import Target
from postfuze_mock import spec

NOT_ASKED = "not asked for"
NOT_AGAIN = "failed, and not again"
UNREPEATED = "failed once, and the run could not look again"


def run(options: Options, checks: Sequence[Check], client: Client | None = None) -> Generator[Event, None, None]:
    """Run `checks` against the target of `options`. The last event is always a RunFinished."""
    started = time.monotonic()
    client = client or Client(options)
    target, tally, fault = Target(options, client), Tally(), None
    try:
        yield RunStarted(options, sum(options.access >= check.access for check in checks))
        fault = yield from run_checks(target, sorted(checks, key=lambda check: check.last), tally)
        if fault is not None:
            _block_rest(tally, options, checks, needs.UNREACHABLE)
    except KeyboardInterrupt as interrupt:
        tally.cut = cut_off_by(interrupt)
        is_over = client.budget.used_up is not None
        _block_rest(tally, options, checks, needs.BUDGET if is_over else needs.INTERRUPTED)
    yield from _clean_up(target, tally, fault)
    client.budget.end()
    client.close()
    judge_missing(target, tally)
    yield RunFinished(
        verdicts=tuple(_verdicts(options, checks, tally)),
        observations=tuple(tally.observations.values()),
        ledger=target.ledger.closed(),
        requests=client.requests,
        seconds=time.monotonic() - started,
        fault=fault,
        cut=tally.cut,
        faults=tuple(tally.faults),
        tracebacks=tuple(tally.tracebacks),
        writes=client.writes,
        undeclared=frozenset(tally.undeclared),
    )


def _clean_up(target: Target, tally: Tally, fault: str | None) -> Generator[Event, None, None]:
    """Disconnect what the run connected, unless that is impossible or would damage other accounts."""
    if fault is not None:
        cleanup.leave(target, "the target gave no answer")
    elif tally.failures["delete.only-that-one"]:
        cleanup.leave(target, "disconnecting one account changes others here")
    else:
        try:
            yield from cleanup.clean_up(target)
        except KeyboardInterrupt as interrupt:
            cleanup.leave(target, f"the clean-up was {cut_off_by(interrupt)}")


def cut_off_by(interrupt: KeyboardInterrupt) -> str:
    """Why a run was cut off."""
    return f"cut off by {interrupt}" if interrupt.args else "interrupted"


def without_target(options: Options, checks: Sequence[Check], need: Need) -> tuple[Verdict, ...]:
    """The verdicts if nothing can be judged, because `need` is missing."""
    tally = Tally()
    _block_rest(tally, options, checks, need)
    return tuple(_verdicts(options, checks, tally))


def _block_rest(tally: Tally, options: Options, checks: Sequence[Check], need: Need) -> None:
    """Block each statement that has no other need by `need`."""
    block(tally, frozenset[str]().union(*(check.judges(options.pins) for check in checks)) - tally.needs.keys(), need)


def _verdicts(options: Options, checks: Sequence[Check], tally: Tally) -> Iterator[Verdict]:
    """The verdicts of all observable statements, then of the pinned assumptions."""
    selected = frozenset[str]().union(*(check.judges(options.pins) for check in checks))
    selected |= tally.judged.keys()
    selected &= frozenset(options.only or selected)
    for statement in spec.statements():
        if statement.observable:
            yield _verdict(options, statement.id, statement.id in selected, tally)
    for id, pin in options.pins.items():
        yield replace(_verdict(options, id, id in selected, tally), pin=pin.choice)


def _verdict(options: Options, id: str, is_selected: bool, tally: Tally) -> Verdict:
    judged, lacks = tally.judged[id], tuple(dict.fromkeys(tally.needs[id]))
    if not is_selected:
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
    return Verdict(id, Outcome.BLOCKED, needs=lacks or (needs.NOTHING_JUDGED,))
