"""The exit codes of runs and errors. Each error is reported in one line on stderr."""

from __future__ import annotations

import argparse
import os
import re
import sys
import traceback
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from postfuze_contracts.config import ConfigError, Configuration
from postfuze_contracts.model.events import RunFinished
from postfuze_contracts.model.verdicts import Outcome, Verdict
from postfuze_contracts.target.client import BudgetSpent, Unreachable

KEPT = 0  # all judged statements pass
BROKEN = 1  # a statement failed, or a waiver expired; for `diff`: the deployments differ
USAGE = 2  # wrong usage or configuration
UNREACHABLE = 3  # no response, the key refused, or nothing could be judged
BLOCKED = 4  # a required statement stayed blocked
FAULT = 5  # a fault of the harness itself
INTERRUPTED = 130

_KEY = re.compile(r"\b(sk|whsec)_[^\s'\"]+", re.IGNORECASE)
_PASSWORD = re.compile(r"(?<=://)[^/@\s]+(?=@)")


def of_run(configuration: Configuration, finished: RunFinished, *, strict: bool, today: date | None = None) -> int:
    """The exit code of a run that was not interrupted. A failed statement outweighs everything else."""
    today = today or date.today()
    if any(_fails(configuration, verdict, strict, today) for verdict in finished.verdicts):
        return BROKEN
    if finished.fault is not None or not any(verdict.judged for verdict in finished.verdicts):
        return UNREACHABLE
    if finished.faults:
        return FAULT
    if any(waiver.expires < today for waiver in configuration.options.waivers):
        return BROKEN
    return BLOCKED if next(unjudged(configuration, finished), None) else KEPT


def unjudged(configuration: Configuration, finished: RunFinished) -> Iterator[Verdict]:
    """The required statements that were not judged."""
    for verdict in finished.verdicts:
        if verdict.statement in configuration.require and not verdict.judged:
            yield verdict


def guarded(arguments: argparse.Namespace) -> int:
    """Run the command of `arguments`. Each error becomes one line and an exit code."""
    try:
        code: int = arguments.run(arguments)
        sys.stdout.flush()
    except ConfigError as error:
        log(str(error))
        return USAGE
    except Unreachable as error:
        log(str(error))
        return UNREACHABLE
    except BudgetSpent as error:
        log(f"the run's budget was spent: {error}")
        return UNREACHABLE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader of the output has closed it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + 13
    except Exception as error:  # noqa: BLE001 - any exception may be a fault of the harness
        return _fault(error, debug=arguments.debug)
    return code


def log(message: str) -> None:
    """Print `message` on stderr."""
    print(f"postfuze-contracts: {redacted(message)}", file=sys.stderr, flush=True)


def redacted(text: str) -> str:
    """`text` without anything that looks like a key, or like the credentials in a URL."""
    return _PASSWORD.sub("…", _KEY.sub(r"\1_…", text))


def _fails(configuration: Configuration, verdict: Verdict, strict: bool, today: date) -> bool:
    if verdict.outcome is not Outcome.FLAKY:
        return verdict.outcome is Outcome.FAIL
    waived = {waiver.statement for waiver in configuration.options.waivers if waiver.expires >= today}
    return strict and verdict.statement not in waived


def _fault(error: Exception, *, debug: bool) -> int:
    if debug:
        print(redacted("".join(traceback.format_exception(error))), file=sys.stderr, end="")
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "postfuze_contracts" in f.filename]
    place = f" in {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    advice = "please report it with that traceback" if debug else "run again with --debug and report the output"
    log(f"this is a fault of the harness, not of the target: {type(error).__name__}{place}; {advice}")
    return FAULT
