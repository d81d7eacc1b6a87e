"""The exit codes of runs and errors. Each error is reported in one line on stderr."""

from __future__ import annotations

import argparse
import io
import logging
import os
import re
import sys
import traceback
import warnings
from pathlib import Path

from postfuze_contracts.config import ConfigError
from postfuze_contracts.model.conclusion import BLOCKED, BROKEN, FAULT, INCOMPLETE, KEPT, UNREACHABLE
from postfuze_contracts.reports.text import printable
from postfuze_contracts.target.budget import BudgetSpent
from postfuze_contracts.target.client import Unreachable

__all__ = ["BLOCKED", "BROKEN", "FAULT", "INCOMPLETE", "INTERRUPTED", "KEPT", "UNREACHABLE", "USAGE"]

USAGE = 2  # wrong usage or configuration
INTERRUPTED = 130  # interrupted outside of a run, or while a run ended

_MAX_CHARACTERS = 4000  # of a message
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
    """Print `message`, which may quote the target, on one line of stderr."""
    line = printable(redacted(message)).replace("\n", " ")
    _print(f"postfuze-contracts: {line if len(line) <= _MAX_CHARACTERS else f'{line[:_MAX_CHARACTERS]} …'}")


def show_traceback(text: str) -> None:
    """Print a traceback on stderr."""
    _print(printable(redacted(text)).rstrip("\n"))


def _print(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def adopt_streams() -> None:
    """Let what libraries log or warn of appear like any other message, because it may quote the target, and no
    character end the command because the encoding of stdout lacks it."""
    logging.lastResort = _LibraryLog(logging.WARNING)
    warnings.showwarning = lambda message, *_, **__: log(f"warning: {message}")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


class _LibraryLog(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        log(f"warning: {record.getMessage()}")


def redacted(text: str) -> str:
    """`text` without anything that looks like a key, or like the credentials in a URL."""
    return _PASSWORD.sub("…", _KEY.sub(r"\1_…", text))


def _fault(error: Exception, *, debug: bool) -> int:
    if debug:
        show_traceback("".join(traceback.format_exception(error)))
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "postfuze_contracts" in f.filename]
    place = f" in {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    advice = "please report it with that traceback" if debug else "run again with --debug and report the output"
    log(f"this is a fault of the harness, not of the target: {type(error).__name__}{place}; {advice}")
    return FAULT
