"""Exit codes, and how each refusal and fault is told: one line on stderr."""

from __future__ import annotations

import argparse
import os
import re
import sys
import traceback
from pathlib import Path

from postfuze_contracts.config import ConfigError
from postfuze_contracts.target.client import BudgetSpent, Unreachable

KEPT = 0  # all judged statements pass
BROKEN = 1  # a statement failed, or a waiver is expired; for `diff`: they differ
USAGE = 2  # wrong usage or configuration
UNREACHABLE = 3  # no answer, the key refused, or nothing could be judged
BLOCKED = 4  # a required statement stayed blocked
FAULT = 5  # the harness itself is at fault
INTERRUPTED = 130

_KEY = re.compile(r"\b(sk|whsec)_[^\s'\"]+", re.IGNORECASE)
_PASSWORD = re.compile(r"(?<=://)[^/@\s]+(?=@)")


def tell(message: str) -> None:
    """Say `message` on stderr."""
    print(f"postfuze-contracts: {concealed(message)}", file=sys.stderr, flush=True)


def concealed(text: str) -> str:
    """`text` without what looks like a key, or like the password in a URL."""
    return _PASSWORD.sub("…", _KEY.sub(r"\1_…", text))


def guarded(arguments: argparse.Namespace) -> int:
    """Run the command of `arguments`; whatever goes wrong becomes one line and an exit code."""
    try:
        code: int = arguments.run(arguments)
        sys.stdout.flush()
    except ConfigError as error:
        tell(str(error))
        return USAGE
    except (Unreachable, BudgetSpent) as error:
        tell(str(error) if isinstance(error, Unreachable) else f"the run's budget was spent: {error}")
        return UNREACHABLE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # whoever read our output went away
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + 13
    except Exception as error:  # noqa: BLE001 - whatever a fault of ours may be
        return _fault(error, debug=arguments.debug)
    return code


def _fault(error: Exception, *, debug: bool) -> int:
    if debug:
        print(concealed("".join(traceback.format_exception(error))), file=sys.stderr, end="")
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "postfuze_contracts" in f.filename]
    place = f" in {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    advice = "please report it with that traceback" if debug else "run again with --debug and report what it shows"
    tell(f"this is a fault of the harness, not of the target: {type(error).__name__}{place}; {advice}")
    return FAULT
