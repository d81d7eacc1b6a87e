"""How to start this program again, as a child process."""

from __future__ import annotations

import sys
from pathlib import Path


def command(*arguments: str) -> list[str]:
    """The command line of `postfuze-mock ARGUMENTS`, with the Python or the executable that runs this process."""
    if getattr(sys, "frozen", False):  # an executable has no `python -m`; its commands stand in one folder
        program = Path(sys.executable)
        return [str(program.with_name(f"postfuze-mock{program.suffix}")), *arguments]
    return [sys.executable, "-P", "-m", "postfuze_mock", *arguments]  # -P: never a module of the current folder
