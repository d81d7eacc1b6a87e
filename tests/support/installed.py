"""Programs that the scripts of this project find, or install."""

from __future__ import annotations

import fcntl
import os
import subprocess

import pytest
from tests.support.processes import ROOT


def printed(script: str, *arguments: str) -> str:
    """What `scripts/SCRIPT` prints. It may have to install something: one process of this run at a time. If it fails,
    the test is skipped; in CI it fails, because a skip would go unnoticed."""
    lock = ROOT / ".cache" / "installing.lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        process = subprocess.run(
            [str(ROOT / "scripts" / script), *arguments], capture_output=True, text=True, check=False
        )
    if process.returncode != 0:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(process.stderr.strip())
    return process.stdout.strip()
