"""The command, run in this process."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest

from postfuze_contracts.cli import main


@dataclass(frozen=True)
class Result:
    """The exit code and output of a command."""

    returncode: int
    stdout: str
    stderr: str


def contracts(*arguments: str | Path, cwd: Path, env: Mapping[str, str] | None = None) -> Result:
    """Run `postfuze-contracts ARGUMENTS` in the folder `cwd`, with no POSTFUZE_ variables but those of `env`."""
    out, err = StringIO(), StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.chdir(cwd)
        for name in [name for name in os.environ if name.startswith("POSTFUZE_")]:
            patch.delenv(name)
        for name, value in (env or {}).items():
            patch.setenv(name, value)
        try:
            code = main([*map(str, arguments)])
        except SystemExit as end:  # argparse ends like this
            code = int(end.code or 0)
    return Result(code, out.getvalue(), err.getvalue())


def command_line(*arguments: str | Path) -> list[str]:
    """The arguments that start the command as a process."""
    return [sys.executable, "-m", "postfuze_contracts", *map(str, arguments)]
