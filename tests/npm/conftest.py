"""The packages as a user gets them: packed, and installed into an empty folder without a registry."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from tests.support import children
from tests.support.processes import ROOT, environment

SOURCE: Final = ROOT / "packages" / "npm"
TOOLS: Final = ROOT / ".cache" / "npm-tools" / "node_modules"


def run(*command: str | Path, cwd: Path, env: Mapping[str, str] | None = None, limit: float = 300.0) -> str:
    """Run a command to its end, with Node on the PATH; a failure shows its output."""
    result = children.run(command, cwd=cwd, env=env or with_node(), limit=limit)
    assert result.returncode == 0, (result.stdout + result.stderr).decode()
    return result.stdout.decode()


@cache
def node_folder() -> str:
    """Where Node is, which scripts/find_node installs where the machine has none that is new enough."""
    command = 'set -e; . scripts/find_node; find_node; dirname "$(command -v node)"'
    return run("bash", "-c", command, cwd=ROOT, env=environment()).strip()


def with_node() -> dict[str, str]:
    """The environment of a shell that has Node."""
    variables = environment()
    return variables | {"PATH": os.pathsep.join((node_folder(), variables["PATH"]))}


def install(packages: list[Path], folder: Path, env: Mapping[str, str] | None = None) -> None:
    """Install packages as a user does, with what is in them alone."""
    offline = ["--offline", "--no-audit", "--no-fund", "--loglevel", "error"]
    run("npm", "install", *packages, *offline, cwd=folder, env=env)


@pytest.fixture(scope="session")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a postfuze-mock that runs this checkout."""
    folder = tmp_path_factory.mktemp("executable")
    path = environment()["PYTHONPATH"]
    program = folder / "postfuze-mock"
    program.write_text(
        f'#!/bin/sh\nPYTHONPATH="{path}" exec "{sys.executable}" -m postfuze_mock "$@"\n', encoding="utf-8"
    )
    program.chmod(0o755)
    return folder


@pytest.fixture(scope="session")
def packages(stand_in: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The packages of this checkout; that of the platform has the stand-in."""
    folder = tmp_path_factory.mktemp("packages")
    run(ROOT / "scripts" / "npm_package", "--executable", stand_in, "--output", folder, cwd=ROOT)
    return sorted(folder.glob("*.tgz"))


@pytest.fixture(scope="session")
def installed(packages: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the packages are installed."""
    folder = tmp_path_factory.mktemp("installed")
    install(packages, folder)
    return folder


def tool(name: str, *arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    """Run a development dependency of the package."""
    return children.run([TOOLS / ".bin" / name, *arguments], cwd=cwd, env=with_node(), limit=300.0)
