"""`postfuze-contracts replay REPORT`."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from postfuze_contracts import replay
from postfuze_contracts.checks import REGISTRY
from postfuze_contracts.cli import exit_codes
from postfuze_contracts.cli.preflight import preflight
from postfuze_contracts.cli.run import configure, require_target
from postfuze_contracts.config import ConfigError
from postfuze_contracts.model.events import RunFinished
from postfuze_contracts.model.options import Options
from postfuze_contracts.model.verdicts import Outcome, Verdict
from postfuze_contracts.replay import Report
from postfuze_contracts.reports.text import curl, one_line
from postfuze_contracts.target.client import Client

_RESULTS = {
    Outcome.FAIL: "still fails",
    Outcome.PASS: "passes now",
    Outcome.FLAKY: "failed once more, and not again",
    Outcome.BLOCKED: "could not be judged",
    Outcome.SKIPPED: "still fails, waived",
}


def run(arguments: argparse.Namespace) -> int:
    """Judge failed statements again. Returns 1 if one still fails. Raises ConfigError, Unreachable."""
    try:
        report = replay.read(Path(arguments.report))
    except replay.InvalidReport as error:
        raise ConfigError(str(error)) from None
    failures = report.failures
    options = replay.with_pins(_options(arguments, report), failures)
    if not failures:
        print("The report has no failures.")
        return exit_codes.KEPT
    print(f"Target {one_line(options.url)}")
    with closing(Client(options)) as client:
        preflight(options, client)
        for request, then, now in replay.resend(failures, options, client):
            print(f"{curl(request, options.url)}\n  then {then}, now {now}")
        finished = replay.rerun(options, replay.failed_checks(failures, REGISTRY), client)
    verdicts = replay.verdicts(failures, finished)
    for verdict in verdicts:
        print(_line(verdict))
    if finished.cut is not None:
        print(f"Incomplete: {one_line(finished.cut)}")
    return _code(verdicts, finished)


def _options(arguments: argparse.Namespace, report: Report) -> Options:
    """The options of the command, with the target and seed of the report where they set none. Raises ConfigError."""
    options = configure(arguments)
    if arguments.seed is None:
        options = replace(options, seed=report.seed)
    if not options.url and options.keys.full is not None:
        if not report.is_sealed_by(options.keys.full):
            raise ConfigError(
                f"{arguments.report} does not show that a run with this key wrote it, so the key is not sent to its "
                f"target; if you trust that target: postfuze-contracts replay {shlex.quote(arguments.report)} "
                f"--url {shlex.quote(one_line(report.url))}"
            )
        options = replace(options, url=report.url)
    require_target(options)
    return options


def _line(verdict: Verdict) -> str:
    needs = "; ".join(one_line(f"{need.what}: {need.how}") for need in verdict.needs) if not verdict.judged else ""
    failure = "".join(
        f"\n  expected {one_line(each.expected)}\n  got {one_line(each.got)}" for each in verdict.failures[:1]
    )
    return f"{verdict.statement}: {_RESULTS[verdict.outcome]}{f' ({needs})' if needs else ''}{failure}"


def _code(verdicts: Sequence[Verdict], finished: RunFinished) -> int:
    if any(verdict.outcome is Outcome.FAIL for verdict in verdicts):
        return exit_codes.BROKEN
    if finished.cut is not None:
        return exit_codes.INCOMPLETE
    return exit_codes.KEPT if any(verdict.judged for verdict in verdicts) else exit_codes.UNREACHABLE
