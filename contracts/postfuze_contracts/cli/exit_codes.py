"""The exit codes of runs and errors. Each error is reported in one line on stderr."""

from __future__ import annotations

import argparse
import os
import re
import sys
import traceback
from pathlib import Path

from postfuze_contracts.config import ConfigError
from postfuze_contracts.model.conclusion import BLOCKED, BROKEN, FAULT, INCOMPLETE, KEPT, UNREACHABLE
from postfuze_contracts.target.budget import BudgetSpent
from postfuze_contracts.target.client import Unreachable

__all__ = ["BLOCKED", "BROKEN", "FAULT", "INCOMPLETE", "INTERRUPTED", "KEPT", "UNREACHABLE", "USAGE"]

USAGE = 2  # wrong usage or configuration
INTERRUPTED = 130  # interrupted outside of a run, or while a run ended

_KEY = re.compile(r"\b(sk|whsec)_[^\s'\"]+", re.IGNORECASE)
_PASSWORD = re.compile(r"(?<=://)[^/@\s]+(?=@)")


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


def _fault(error: Exception, *, debug: bool) -> int:
    if debug:
        print(redacted("".join(traceback.format_exception(error))), file=sys.stderr, end="")
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "postfuze_contracts" in f.filename]
    place = f" in {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    advice = "please report it with that traceback" if debug else "run again with --debug and report the output"
    log(f"this is a fault of the harness, not of the target: {type(error).__name__}{place}; {advice}")
    return FAULT
