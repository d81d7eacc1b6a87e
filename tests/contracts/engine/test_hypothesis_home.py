"""Generating requests costs little memory, and leaves nothing in the folder of the user."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

GENERATE = """
from postfuze_contracts.checks.generated.cases import generate
from postfuze_contracts.model.options import Keys, Options

print(sum(1 for _ in generate("listSocialAccounts", Options("http://target.invalid", Keys(None)))) > 0)
"""
TABLE = """
import tracemalloc
from hypothesis.internal.charmap import intervals_from_codec
from postfuze_contracts.engine import hypothesis_home

folder = hypothesis_home.prepare()
tracemalloc.start()
intervals, lossy = intervals_from_codec("utf-8")
print(intervals.intervals == ((0, 0xD7FF), (0xE000, 0x10FFFF)) and not lossy.intervals, end=" ")
print(tracemalloc.get_traced_memory()[1] < 10_000_000)
"""


@pytest.mark.parametrize(("program", "output"), [(GENERATE, b"True\n"), (TABLE, b"True True\n")], ids=["run", "table"])
def test_generating_takes_little_memory_and_leaves_no_files(program: str, output: bytes, tmp_path: Path) -> None:
    result = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, check=True)

    assert result.stdout == output
    assert list(tmp_path.iterdir()) == []
