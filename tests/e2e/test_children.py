"""Processes that tests start end with them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import psutil
import pytest
from tests.support import children
from tests.support.processes import ROOT, MockProcess, environment
from tests.support.times import until

pytestmark = pytest.mark.process(quick=True)

KILLED: Final = """
import os, signal, subprocess, sys
from pathlib import Path
from tests.support import children

sleep = [sys.executable, "-I", "-S", "-c", "import time; time.sleep(600)"]
print(children.start(sleep, cwd=Path.cwd(), env={}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).pid)
sys.stdout.flush()
os.kill(os.getpid(), signal.SIGKILL)
"""


def is_running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_child_ends_when_its_parent_is_killed() -> None:
    result = children.run([sys.executable, "-c", KILLED], cwd=ROOT, env=environment())
    pid = int(result.stdout)

    until(lambda: not is_running(pid), "the end of the child")


def test_server_that_starts_too_late_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = children.running()
    monkeypatch.setenv("POSTFUZE_TEST_PATIENCE", "0.000001")
    with pytest.raises(AssertionError, match="the ready line"):
        MockProcess(folder=tmp_path)

    assert children.running() == before
