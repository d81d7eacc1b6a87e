"""The distribution: three packages with their data, and nothing else."""

from __future__ import annotations

import tarfile
import zipfile
from pathlib import Path
from typing import Final

import pytest
from tests.e2e.packages import environment, install, run, virtual_environment
from tests.support import children
from tests.support.times import until

pytestmark = pytest.mark.packaging

ROOT: Final = Path(__file__).parents[2]
SOURCES: Final = {
    "postfuze_mock": ROOT / "mockserver",
    "postfuze_contracts": ROOT / "contracts",
    "postfuze_fixtures": ROOT / "fixtures",
}


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    return set(zipfile.ZipFile(wheel).namelist())


def test_wheel_holds_the_three_packages_and_nothing_else_at_the_top(names: set[str]) -> None:
    tops = {name.partition("/")[0] for name in names}

    assert {top for top in tops if not top.endswith(".dist-info")} == set(SOURCES)


@pytest.mark.parametrize("package", SOURCES)
def test_wheel_holds_every_file_of_a_package(package: str, names: set[str]) -> None:
    root = SOURCES[package]
    files = {
        path.relative_to(root).as_posix()
        for path in (root / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert f"{package}/py.typed" in files
    assert files <= names


def test_wheel_holds_the_spec_as_it_stands_in_the_checkout(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        assert archive.read("postfuze_mock/_data/openapi.yaml") == (ROOT / "openapi.yaml").read_bytes()


def test_sdist_holds_what_the_repository_holds_and_nothing_else(sdist: Path) -> None:
    tracked = children.run(["git", "ls-files", "-z"], cwd=ROOT, env=environment()).stdout.decode().split("\0")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    assert {"LICENSE", "README.md", "openapi.yaml", "pyproject.toml"} <= names
    assert names - {"PKG-INFO", *tracked} == set()


@pytest.mark.slow
def test_wheel_works_in_a_project_with_folders_of_the_same_names(wheel: Path, tmp_path: Path) -> None:
    """From an empty environment, in a folder that owns `fixtures/` and `contracts/` as packages of its own."""
    for name in ("fixtures", "contracts"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise AssertionError('not this one')\n")
    python = virtual_environment(tmp_path / "venv")
    install(python, f"--constraint={ROOT / 'requirements-dev.lock'}", f"{wheel}[contracts]")
    ready, serve = tmp_path / "ready", ("-m", "postfuze_mock", "serve", "--port", "0")
    with ready.open("wb") as out, (tmp_path / "log").open("wb") as log:
        server = children.start([python, *serve], cwd=tmp_path, env=environment(), stdout=out, stderr=log)
    until(lambda: b"\n" in ready.read_bytes() or server.poll() is not None, "the ready line")
    url = f"{ready.read_text().split()[-1]}/api/v1"
    arguments = ("-m", "postfuze_contracts", "run", "--only", "list.newest-first", "--url", url)
    key = {"POSTFUZE_KEY": "sk_live_demo"}
    result = children.run([python, *arguments], cwd=tmp_path, env=environment() | key, limit=120)
    children.end(server)

    assert result.returncode == 0, (result.stdout + result.stderr).decode()
    assert b"1 pass" in result.stdout


def test_installed_package_finds_its_spec_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    run("-m", "pip", "install", "--quiet", "--no-deps", "--target", site, wheel, cwd=tmp_path)
    program = (
        f"import sys; sys.path.insert(0, {str(site)!r})\n"
        "import postfuze_mock.spec as spec; print(spec.__file__); print(spec.load()['openapi'])"
    )
    file, version = run("-c", program, cwd=tmp_path).splitlines()

    assert Path(file).is_relative_to(site)
    assert version.startswith("3.0.")


def test_installed_package_writes_the_site_of_the_checkout(wheel: Path, tmp_path: Path) -> None:
    installed = tmp_path / "installed"
    run("-m", "pip", "install", "--quiet", "--no-deps", "--target", installed, wheel, cwd=tmp_path)
    program = f"import sys; sys.path.insert(0, {str(installed)!r}); from postfuze_mock.cli import main; main()"
    run("-c", program, "site", "of-the-wheel", cwd=tmp_path)
    run("-m", "postfuze_mock", "site", "of-the-checkout", cwd=tmp_path)

    assert _files(tmp_path / "of-the-wheel") == _files(tmp_path / "of-the-checkout")


def test_harness_without_its_extra_says_in_one_sentence_what_to_install(wheel: Path, tmp_path: Path) -> None:
    """In an environment with the wheel and what it requires, but nothing else."""
    python = virtual_environment(tmp_path / "venv")
    install(python, wheel)
    run("-m", "postfuze_mock", "--version", cwd=tmp_path, python=python)
    harness: list[str | Path] = [python.with_name("postfuze-contracts"), "run", "--url", "http://a"]
    result = children.run(harness, cwd=tmp_path, env=environment())

    assert (result.returncode, result.stdout) == (2, b"")
    (sentence,) = result.stderr.decode().splitlines()
    assert sentence.startswith("postfuze-contracts: ")
    assert sentence.endswith("pip install 'postfuze-mock[contracts]'")


def _files(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
