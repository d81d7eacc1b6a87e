"""The standalone executable: built for this machine, then put to the end-to-end tests, with no Python on its path."""

from __future__ import annotations

import hashlib
import os
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest
from tests.support import children
from tests.support.processes import ROOT

pytestmark = [pytest.mark.packaging, pytest.mark.slow]

BUILD: Final = 1_200.0  # seconds; it takes one minute of an idle core
SUITE: Final = 600.0


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make dist` makes."""
    folder = tmp_path_factory.mktemp("dist")
    environment = {**os.environ, "PYTHON": sys.executable}
    result = children.run(["scripts/dist", "--output", folder], cwd=ROOT, env=environment, limit=BUILD)
    assert result.returncode == 0, result.stderr.decode()
    return folder


@pytest.fixture(scope="module")
def folder(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked archive."""
    (archive,) = dist.glob("postfuze-mock-*.tar.gz")
    unpacked = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(archive) as packed:
        packed.extractall(unpacked, filter="data")
    return next(unpacked.iterdir())


def run(folder: Path, name: str, *arguments: str, cwd: Path, env: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Run a program of the executable; returns its exit code and what it printed."""
    result = children.run([folder / name, *arguments], cwd=cwd, env={"PATH": "/empty", **(env or {})})
    return result.returncode, result.stdout.decode() + result.stderr.decode()


def test_sums_are_those_of_wheel_sdist_and_archive(dist: Path) -> None:
    lines = (dist / "SHA256SUMS").read_text().splitlines()
    files = [file for file in dist.iterdir() if file.suffix in {".whl", ".gz"}]

    assert len(files) == 3
    assert sorted(lines) == sorted(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}" for file in files)


def test_archive_names_no_user_and_has_plain_modes(dist: Path) -> None:
    (archive,) = dist.glob("postfuze-mock-*.tar.gz")
    with tarfile.open(archive) as packed:
        entries = packed.getmembers()

    assert {(entry.uid, entry.gid, entry.uname, entry.mtime) for entry in entries} == {(0, 0, "", entries[0].mtime)}
    assert {entry.mode for entry in entries if entry.isfile()} == {0o755, 0o644}


def test_everything_is_in_the_cache_so_neither_connexion_nor_faker_is_there(folder: Path) -> None:
    names = {path.name for path in (folder / "_internal").iterdir()}
    cached = {
        path.name.rpartition("-")[0] for path in (folder / "_internal" / "postfuze_fixtures" / "_cache").iterdir()
    }

    assert not {"connexion", "faker"} & names
    assert cached == {"openapi", "control", "coverage", "operations-api-v1", "operations-_mock", "names"}


@pytest.mark.parametrize("name", ["postfuze-mock", "postfuze-contracts"])
def test_programs_run_without_a_home_and_with_nothing_on_the_path(name: str, folder: Path, tmp_path: Path) -> None:
    assert run(folder, name, "--version", cwd=tmp_path)[0] == 0
    code, output = run(folder, name, "no-such-command", cwd=tmp_path)

    assert code == 2
    assert "Traceback" not in output


def test_programs_ignore_the_modules_of_a_users_python(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "yaml.py").write_text("raise SystemExit('taken from the user')\n")

    assert run(folder, "postfuze-mock", "--version", cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)})[0] == 0


@pytest.mark.parametrize("own", [{}, {"LD_LIBRARY_PATH": "/of/the/user"}], ids=["unset", "set"])
def test_command_of_exec_has_the_environment_of_its_user(own: dict[str, str], folder: Path, tmp_path: Path) -> None:
    code, output = run(folder, "postfuze-mock", "exec", "--", "/usr/bin/env", cwd=tmp_path, env=own)
    variables = dict(line.split("=", 1) for line in output.splitlines())

    assert code == 0
    assert {name: value for name, value in variables.items() if not name.startswith("POSTFUZE_")} == {
        "PATH": "/empty",
        **own,
    }


def test_end_to_end_tests_pass(folder: Path) -> None:
    selection = "process and not (slow or browser or packaging or docs)"
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-m", selection, "--ignore=tests/e2e/pytest_plugin"]
    environment = {**os.environ, "POSTFUZE_TEST_EXECUTABLE": str(folder)}
    result = children.run([*command, "tests/e2e"], cwd=ROOT, env=environment, limit=SUITE)

    assert result.returncode == 0, result.stdout.decode()[-4000:]
