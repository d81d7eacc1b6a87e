"""`postfuze-contracts replay REPORT`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from postfuze_contracts import replay
from postfuze_contracts.checks import REGISTRY
from postfuze_contracts.cli import exit_codes, preflight
from postfuze_contracts.cli.exit_codes import tell
from postfuze_contracts.cli.run import asked_for, require_target
from postfuze_contracts.config import ConfigError
from postfuze_contracts.model.verdicts import Outcome, Verdict
from postfuze_contracts.reports import text as plain
from postfuze_contracts.target.client import Client

_SAID = {
    Outcome.FAIL: "still fails",
    Outcome.PASS: "passes now",
    Outcome.FLAKY: "failed once more, and not again",
    Outcome.BLOCKED: "cannot be told",
    Outcome.SKIPPED: "still fails, waived",
}


def run(arguments: argparse.Namespace) -> int:
    """Judge again what failed; 1 where something still does. Raises ConfigError, Unreachable."""
    try:
        failures = replay.recorded(Path(arguments.report))
    except replay.NoReport as error:
        raise ConfigError(str(error)) from None
    options = asked_for(arguments).options
    require_target(options)
    if not failures:
        print("The report has no failure.")
        return exit_codes.KEPT
    client = Client(options)
    preflight.look(options, client, tell)
    for request, then, now in replay.sent_again(failures, options, client):
        print(f"{plain.curl(request, options.url)}\n  then {then}, now {now}")
    verdicts = replay.verdicts_of(failures, replay.judged_again(options, replay.checks_of(failures, REGISTRY), client))
    for verdict in verdicts:
        print(_line(verdict))
    return _code(verdicts)


def _line(verdict: Verdict) -> str:
    why = "; ".join(f"{need.what}: {need.how}" for need in verdict.needs) if not verdict.judged else ""
    shown = "".join(
        f"\n  expected {plain.one_line(each.expected)}\n  got {plain.one_line(each.got)}"
        for each in verdict.failures[:1]
    )
    return f"{verdict.statement}: {_SAID[verdict.outcome]}{f' ({why})' if why else ''}{shown}"


def _code(verdicts: Sequence[Verdict]) -> int:
    if any(verdict.outcome is Outcome.FAIL for verdict in verdicts):
        return exit_codes.BROKEN
    return exit_codes.KEPT if any(verdict.judged for verdict in verdicts) else exit_codes.UNREACHABLE
