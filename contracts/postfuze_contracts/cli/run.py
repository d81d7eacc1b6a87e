"""`postfuze-contracts run`: a run with its reports, or its plan."""

from __future__ import annotations

import argparse
import os
import signal
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from types import FrameType, TracebackType
from typing import NamedTuple

from postfuze_contracts import config
from postfuze_contracts import run as runs
from postfuze_contracts.checks import REGISTRY
from postfuze_contracts.cli import exit_codes, outputs
from postfuze_contracts.cli.exit_codes import log
from postfuze_contracts.cli.preflight import preflight
from postfuze_contracts.config import ConfigError, Configuration
from postfuze_contracts.engine import catalogue
from postfuze_contracts.engine.registry import Check
from postfuze_contracts.model import needs
from postfuze_contracts.model.events import Event, RunFinished, RunStarted
from postfuze_contracts.model.options import Options
from postfuze_contracts.target.client import BudgetSpent, Client, Unreachable


def run(arguments: argparse.Namespace) -> int:
    """Check the target and report, or print the plan. Raises ConfigError."""
    configuration = configure(arguments)
    options = configuration.options
    checks = catalogue.selected(REGISTRY, options.only)
    if arguments.dry_run:
        print("\n".join(_plan(options, checks)))
        return exit_codes.KEPT
    reports = outputs.Outputs(configuration, arguments)
    require_target(options)
    ending = _follow(_events(options, checks), reports.handle)
    if ending.interrupted:
        return exit_codes.INTERRUPTED
    return exit_codes.of_run(configuration, ending.finished, strict=arguments.strict)


def configure(arguments: argparse.Namespace) -> Configuration:
    """The configuration from flags, environment and the file in the working directory. Raises ConfigError."""
    return config.read(vars(arguments), os.environ, Path.cwd(), log)


def require_target(options: Options) -> None:
    """Raise ConfigError if the URL or the key is missing."""
    if not options.url:
        raise ConfigError(f"the target is missing: set --url, POSTFUZE_URL or [target] url in {config.FILE_NAME}")
    if options.keys.full is None:
        raise ConfigError(f"the API key is missing: set --key-env, POSTFUZE_KEY or [keys] full in {config.FILE_NAME}")


def _events(options: Options, checks: Sequence[Check]) -> Generator[Event, None, None]:
    """The events of a run. If the target cannot be judged, all verdicts are blocked."""
    client, started = Client(options), time.monotonic()
    try:
        preflight(options, client)
    except Unreachable as error:
        need, fault = needs.UNREACHABLE, str(error)
    except BudgetSpent as error:
        need, fault = needs.BUDGET, f"the run's budget was spent at its first call: {error}"
    else:
        yield from runs.run(options, checks, client)
        return
    client.close()
    yield RunStarted(options, len(checks))
    verdicts = runs.without_target(options, checks, need)
    yield RunFinished(verdicts, (), (), client.requests, time.monotonic() - started, fault)


class _Ending(NamedTuple):
    """How a run ended."""

    finished: RunFinished
    interrupted: bool


def _follow(events: Generator[Event, None, None], handle: Callable[[Event], None]) -> _Ending:
    """Pass each event to `handle`. A SIGINT is thrown into the run once, so that it still ends with its verdicts."""
    interrupted = False
    with _Interrupts() as interrupts:
        while True:
            try:
                if interrupts.received and not interrupted:
                    interrupted = True
                    event = events.throw(KeyboardInterrupt())
                else:
                    event = next(events)
                if isinstance(event, RunFinished):
                    break
                handle(event)
            except KeyboardInterrupt:
                continue
            except StopIteration:  # the run could not continue after the interrupt
                raise KeyboardInterrupt from None
    handle(event)
    return _Ending(event, interrupts.received)


class _Interrupts:
    """Records a SIGINT, because a check may swallow its exception. A second SIGINT ends the process."""

    received = False

    def __enter__(self) -> _Interrupts:
        self._handler = signal.signal(signal.SIGINT, self._record)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        signal.signal(signal.SIGINT, self._handler)

    def _record(self, _signal: int, _frame: FrameType | None) -> None:
        self.received = True
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        raise KeyboardInterrupt


def _plan(options: Options, checks: Sequence[Check]) -> Iterator[str]:
    """The plan, by subject: each check with its access, its writes and its missing needs."""
    statements = {statement for check in checks for statement in check.statements}
    count = len(statements & set(options.only)) if options.only else len(statements)
    yield f"Target   {options.url or 'missing: set --url, POSTFUZE_URL or [target] url'}"
    yield f"Key      {options.keys.full or 'missing: set --key-env, POSTFUZE_KEY or [keys] full'}"
    if options.proxy is not None:
        yield f"Proxy    {options.proxy}"
    if options.certificates is not None:
        yield f"Trusts   only the {options.certificates.count('BEGIN CERTIFICATE')} certificates of [target] ca_bundle"
    yield f"Access   {options.access.name.lower()}"
    yield f"Profile  {options.profile}, seed {options.seed}"
    yield f"Plan     {len(checks)} checks of {count} statements; nothing was sent"
    for subject, group in groupby(checks, key=lambda check: check.subject):
        yield f"\n{subject}"
        for check in group:
            yield from _plan_of(options, check)


def _plan_of(options: Options, check: Check) -> Iterator[str]:
    yield f"  {check.name} ({check.access.name.lower()}): {', '.join(sorted(check.statements))}"
    if check.writes:
        yield f"    writes: {check.writes}"
    for need in catalogue.missing(options, check):
        extent = "blocked" if options.access < check.access else "blocked in part"
        yield f"    {extent}: {need.what} ({need.id}); {need.how}"
