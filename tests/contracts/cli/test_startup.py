"""Commands that send nothing do not load what only a run needs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from postfuze_contracts.cli import EXTRA

SCRIPT = f"""
import contextlib, io, json, sys
from postfuze_contracts.cli import main
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    main(sys.argv[1:])
print(json.dumps([name for name in {EXTRA} if name in sys.modules]))
"""


@pytest.mark.parametrize(
    "arguments",
    [("--help",), ("init",), ("list",), ("list", "--json"), ("explain", "delete.needs-scope")],
    ids=" ".join,
)
def test_command_loads_nothing_that_only_a_run_needs(arguments: tuple[str, ...], tmp_path: Path) -> None:
    process = subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert json.loads(process.stdout) == []
