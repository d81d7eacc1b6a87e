"""The command line with which the program starts itself."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from tests.support import children
from tests.support.processes import environment

from postfuze_mock import __version__, program


def test_command_starts_the_program_again_whatever_the_current_folder_has(tmp_path: Path) -> None:
    (tmp_path / "yaml.py").write_text("raise SystemExit('taken from the current folder')\n")
    result = children.run(program.command("--version"), cwd=tmp_path, env=environment())

    assert (result.returncode, result.stdout.decode().split()[-1]) == (0, __version__), result.stderr


@pytest.mark.parametrize("name", ["postfuze-mock", "postfuze-contracts"])
@pytest.mark.parametrize("suffix", ["", ".exe"])
def test_executable_starts_the_server_that_stands_beside_it(
    name: str, suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", os.fspath(tmp_path / f"{name}{suffix}"))

    assert program.command("serve") == [os.fspath(tmp_path / f"postfuze-mock{suffix}"), "serve"]
