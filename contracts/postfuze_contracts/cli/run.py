"""`postfuze-contracts run`: a run with its reports, or its plan."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from postfuze_contracts import config
from postfuze_contracts import run as runs
from postfuze_contracts.checks import REGISTRY
from postfuze_contracts.checks.smoke import smoke
from postfuze_contracts.cli import exit_codes, outputs
from postfuze_contracts.cli.cost import announcement
from postfuze_contracts.cli.exit_codes import log
from postfuze_contracts.cli.interrupts import Interrupts
from postfuze_contracts.cli.preflight import NotJudgeable, preflight
from postfuze_contracts.config import ConfigError, variables
from postfuze_contracts.engine import catalogue
from postfuze_contracts.engine.registry import Check
from postfuze_contracts.model import needs
from postfuze_contracts.model.conclusion import conclude
from postfuze_contracts.model.events import Event, RunFinished, RunStarted
from postfuze_contracts.model.options import Options
from postfuze_contracts.reports.seal import seal
from postfuze_contracts.target.budget import BudgetSpent
from postfuze_contracts.target.client import Client, Unreachable


def run(arguments: argparse.Namespace) -> int:
    """Check the target and report, or print the plan. Raises ConfigError."""
    options = configure(arguments)
    checks = catalogue.selected(smoke(REGISTRY) if options.smoke else REGISTRY, options.only)
    if str(arguments.require).strip() == "all":  # all that this run asks for: the profile may leave some out
        options = replace(
            options,
            require=tuple(id for id in options.require if any(id in check.judges(options.pins) for check in checks)),
        )
    if arguments.dry_run:
        print("\n".join(_plan(options, checks)))
        return exit_codes.KEPT
    reports = outputs.Outputs(options, arguments)
    require_target(options)
    if any(flag.startswith("json=") for flag in arguments.report) and options.keys.full is not None:
        options = replace(options, seal=seal(options.url, options.keys.full))
    client = Client(options)
    finished = _follow(_events(options, checks, client), reports.handle, client)
    return conclude(options, finished).code


def configure(arguments: argparse.Namespace) -> Options:
    """The options from flags, environment and the file in the working directory. Raises ConfigError."""
    return config.read(vars(arguments), os.environ, Path.cwd(), log)


def require_target(options: Options) -> None:
    """Raise ConfigError if the URL or the key is missing."""
    file = config.FILE_NAME
    if not options.url:
        hint = variables.misspelt("POSTFUZE_URL", os.environ)
        raise ConfigError(f"the target is missing: set --url, POSTFUZE_URL or [target] url in {file}{hint}")
    if options.keys.full is None:
        hint = variables.misspelt("POSTFUZE_KEY", os.environ)
        raise ConfigError(f"the API key is missing: set --key-env, POSTFUZE_KEY or [keys] full in {file}{hint}")


def _events(options: Options, checks: Sequence[Check], client: Client) -> Generator[Event, None, None]:
    """The events of a run. If the target cannot be judged, all verdicts are blocked."""
    started, fault, cut = time.monotonic(), None, None
    try:
        preflight(options, client)
    except NotJudgeable as error:
        need, fault = error.need, str(error)
    except Unreachable as error:
        need, fault = needs.UNREACHABLE, str(error)
    except BudgetSpent as error:
        need, cut = needs.BUDGET, f"the run's budget was spent at its first call: {error}"
    except KeyboardInterrupt as interrupt:
        need, cut = needs.INTERRUPTED, runs.cut_off_by(interrupt)
    else:
        if (cost := announcement(options)) is not None:
            log(cost)
        yield from runs.run(options, checks, client)
        return
    client.close()
    yield RunStarted(options, len(checks))
    verdicts = runs.without_target(options, checks, need)
    yield RunFinished(verdicts, (), (), client.requests, time.monotonic() - started, fault, cut)


def _follow(events: Iterator[Event], handle: Callable[[Event], None], client: Client) -> RunFinished:
    """Pass each event to `handle`. A first SIGINT or SIGTERM ends the checks, a second one the clean-up."""
    with Interrupts(client) as interrupts:
        while True:
            try:
                with interrupts.at_once():
                    event = next(events)
            except KeyboardInterrupt as interrupt:  # just before or after the run itself
                client.interrupt(str(interrupt), at_once=False)
                continue
            except StopIteration:
                raise KeyboardInterrupt from None
            if isinstance(event, RunFinished):
                break
            handle(event)
    handle(event)
    return event


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
    yield f"Profile  {options.profile_name}, seed {options.seed}"
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
