"""From an empty folder, the packed files and Node alone: a suite of twenty tests is green within a minute."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

import psutil
import pytest
from tests.npm.conftest import node_folder, run
from tests.support.processes import ROOT

pytestmark = [pytest.mark.packaging, pytest.mark.slow]

SUITE: Final = Path(__file__).with_name("suite")
LIMIT: Final = 60.0  # seconds of an idle machine, for all of it


@pytest.fixture(scope="module")
def executable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the executable: that of POSTFUZE_TEST_EXECUTABLE, else one that is made."""
    if "POSTFUZE_TEST_EXECUTABLE" in os.environ:
        return Path(os.environ["POSTFUZE_TEST_EXECUTABLE"]).resolve()
    folder = tmp_path_factory.mktemp("dist")
    run(ROOT / "scripts" / "dist", "--output", folder, cwd=ROOT, limit=600.0)
    return next(path for path in folder.glob("postfuze-mock-*") if path.is_dir())


@pytest.fixture(scope="module")
def packages(executable: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The packages as they are released."""
    folder = tmp_path_factory.mktemp("packages")
    run(ROOT / "scripts" / "npm_package", "--executable", executable, "--output", folder, cwd=ROOT)
    return sorted(folder.glob("*.tgz"))


@pytest.fixture
def machine(tmp_path: Path) -> dict[str, str]:
    """The environment of a user who has nothing but Node, npm and a shell."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("node", "npm"):
        (programs / name).symlink_to((Path(node_folder()) / name).resolve())
    (programs / "sh").symlink_to("/bin/sh")
    assert shutil.which("python3", path=str(programs)) is None
    return {"PATH": str(programs), "HOME": str(tmp_path)}


def test_suite_is_green_within_a_minute(packages: list[Path], machine: dict[str, str], tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(SUITE, project)
    names = sorted(path.name for path in project.glob("*.test.mjs"))
    options = "--offline --no-audit --no-fund --no-update-notifier"
    install = f"npm install {options} {' '.join(map(str, packages))}"
    suite = f"node --test --test-concurrency=3 --test-reporter=tap {' '.join(names)}"
    output = run("sh", "-c", f"{install} && {suite}", cwd=project, env=machine, limit=LIMIT)

    assert "# pass 20\n# fail 0\n" in output
    assert _servers_of(project) == []


def _servers_of(project: Path) -> list[psutil.Process]:
    """The processes that run the executable that is installed there."""
    return [each for each in psutil.process_iter(["exe"]) if (each.info["exe"] or "").startswith(f"{project}{os.sep}")]
