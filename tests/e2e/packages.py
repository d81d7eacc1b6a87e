"""Packages, and the environments that they are installed into."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from tests.support import children


def run(*command: str | Path, cwd: Path, python: str | Path = sys.executable) -> str:
    """Run Python with `command`; a failure shows its output."""
    result = children.run([python, *command], cwd=cwd, env=environment(), limit=300)
    assert result.returncode == 0, (result.stdout + result.stderr).decode()
    return result.stdout.decode()


def environment() -> dict[str, str]:
    """The environment of this process, without what tells it where this checkout is, and without a user's settings."""
    ours = ("PYTHONPATH", "PYTEST_", "POSTFUZE_", "COV")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def virtual_environment(folder: Path) -> Path:
    """Create a virtual environment in `folder`; returns its Python."""
    run("-m", "venv", folder, cwd=folder.parent)
    return folder / ("Scripts" if os.name == "nt" else "bin") / "python"


def install(python: Path, *packages: str | Path) -> None:
    """Install `packages`, from the registry unless they are files. Without it the test is skipped, but not in CI."""
    result = children.run(
        [python, "-m", "pip", "install", "--quiet", *packages], cwd=python.parent, env=environment(), limit=300
    )
    output = (result.stdout + result.stderr).decode()
    if result.returncode and ("connection" in output.lower() or "timed out" in output) and not os.environ.get("CI"):
        pytest.skip(f"The packages cannot be fetched: {output.strip().splitlines()[-1]}")
    assert result.returncode == 0, output
