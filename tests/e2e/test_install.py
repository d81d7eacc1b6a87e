"""The ways of docs/install.md that work without a release, each from an empty folder."""

from __future__ import annotations

import os
import re
import shlex
import sys
from pathlib import Path
from typing import Final

import pytest
from tests.support import children
from tests.support.processes import ROOT

pytestmark = [pytest.mark.packaging, pytest.mark.slow]

PAGE: Final = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
LINES: Final = re.findall(r"^(?:uvx|pipx|pip) .+$", PAGE, re.MULTILINE)
LIMIT: Final = 300.0  # seconds


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with pip, uv and pipx; the folder of its commands."""
    venv = tmp_path_factory.mktemp("tools") / "venv"
    commands: list[list[str | Path]] = [
        [sys.executable, "-m", "venv", venv],
        [venv / "bin" / "python", "-m", "pip", "install", "--quiet", "uv", "pipx"],
    ]
    for command in commands:
        result = children.run(command, cwd=venv.parent, env=os.environ, limit=LIMIT)
        assert result.returncode == 0, result.stderr.decode()
    return venv / "bin"


def test_page_has_all_three_tools() -> None:
    assert {line.split()[0] for line in LINES} == {"uvx", "pipx", "pip"}


@pytest.mark.parametrize("line", LINES)
def test_line_gives_a_mock_that_runs(line: str, tools: Path, tmp_path: Path) -> None:
    tool, *arguments = shlex.split(line.replace("/path/to/checkout", str(ROOT)).replace(" serve", " --version"))
    homes = {name: str(tmp_path / name) for name in ("UV_CACHE_DIR", "UV_TOOL_DIR", "PIPX_HOME", "PIPX_BIN_DIR")}
    environment = {**os.environ, **homes, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
    result = children.run([tools / tool, *arguments], cwd=tmp_path, env=environment, limit=LIMIT)

    assert result.returncode == 0, result.stderr.decode()
    if tool == "pip":
        result = children.run([tools / "postfuze-mock", "--version"], cwd=tmp_path, env=environment)
    assert result.stdout
