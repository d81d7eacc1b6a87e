"""Each command except `serve`, once as a process. `tests/mockserver/cli/` tests the details."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from tests.support import children
from tests.support.processes import ROOT, command, program, program_environment

pytestmark = pytest.mark.process(quick=True)


def test_spec_prints_the_file(tmp_path: Path) -> None:
    result = command("spec", cwd=tmp_path)

    assert (result.returncode, result.stdout, result.stderr) == (0, (ROOT / "openapi.yaml").read_bytes(), b"")


def test_world_check_reads_a_file_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "w.yaml").write_text("generate: 3\n", encoding="utf-8")
    result = command("world", "check", "w.yaml", cwd=tmp_path)

    assert (result.returncode, result.stderr) == (0, b"")
    assert b"3 accounts" in result.stdout


def test_refusal_goes_to_stderr_and_the_exit_code(tmp_path: Path) -> None:
    result = command("serve", "--port", "0", "--world", "missing.yaml", cwd=tmp_path)

    assert (result.returncode, result.stdout) == (2, b"")
    assert b"missing.yaml" in result.stderr
    assert b"Traceback" not in result.stderr


@pytest.mark.parametrize("arguments", [["spec"], ["world", "check", "demo"]], ids=["long", "short"])
def test_output_that_nobody_reads_is_no_error(arguments: list[str], tmp_path: Path) -> None:
    """As with `postfuze-mock spec | head`."""
    reader, writer = os.pipe()
    os.close(reader)
    words = [*program(), *arguments]
    with os.fdopen(writer, "wb") as output:
        process = children.start(words, cwd=tmp_path, env=program_environment(), stdout=output, stderr=subprocess.PIPE)
    try:
        assert process.communicate()[1] == b""
    finally:
        children.end(process)
