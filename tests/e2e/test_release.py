"""What the release workflow calls: the version in one place, and SBOMs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml
from tests.support import children
from tests.support.processes import ROOT

CHANGELOG = (
    "# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2026-12-01\n\n### Added\n\n- More.\n\n## [1.2.0]\n\n- Less.\n"
)
WORKFLOWS = {path.name: yaml.safe_load(path.read_bytes()) for path in (ROOT / ".github/workflows").glob("*.yml")}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository that is ready to release 1.2.3."""
    for folder in ("scripts", "mockserver/postfuze_mock", "releases"):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copy(ROOT / "scripts/release_check", tmp_path / "scripts")
    (tmp_path / "mockserver/postfuze_mock/__init__.py").write_text('"""A mock."""\n\n__version__ = "1.2.3"\n')
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)
    (tmp_path / "openapi.yaml").write_text("openapi: 3.0.3\n")
    (tmp_path / "releases/openapi.yaml").write_text("openapi: 3.0.3\n")
    return tmp_path


def check(tree: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return children.run([tree / "scripts/release_check", *arguments], cwd=tree, env=os.environ)


@pytest.mark.process(quick=True)
def test_tag_of_the_version_passes_and_gets_its_notes(tree: Path) -> None:
    result = check(tree, "v1.2.3")

    assert (result.returncode, result.stderr) == (0, b"")
    assert result.stdout.decode().split() == ["###", "Added", "-", "More."]


@pytest.mark.process(quick=True)
@pytest.mark.parametrize("tag", ["v1.2.4", "v1.2", "v1.2.3-rc1"])
def test_tag_of_another_version_fails(tag: str, tree: Path) -> None:
    result = check(tree, tag)

    assert (result.returncode, result.stdout) == (1, b"")
    assert f"the tag is {tag}".encode() in result.stderr
    assert b"the tag must be v1.2.3" in result.stderr


@pytest.mark.process(quick=True)
def test_release_without_notes_fails(tree: Path) -> None:
    (tree / "CHANGELOG.md").write_text(
        "# Changelog\n\n## [Unreleased]\n\n- More.\n\n## [1.2.3]\n\n## [1.2.0]\n\n- Less.\n"
    )
    result = check(tree, "v1.2.3")

    assert (result.returncode, result.stdout) == (1, b"")
    assert b"nothing under ## [1.2.3]" in result.stderr


@pytest.mark.process(quick=True)
@pytest.mark.parametrize("released", [None, "openapi: 3.0.2\n"])
def test_release_with_another_released_specification_fails(released: str | None, tree: Path) -> None:
    file = tree / "releases/openapi.yaml"
    file.unlink() if released is None else file.write_text(released)
    result = check(tree, "v1.2.3")

    assert result.returncode == 1
    assert b"releases/openapi.yaml" in result.stderr


@pytest.mark.process(quick=True)
@pytest.mark.parametrize("arguments", [(), ("1.2.3",), ("v1.2.3", "more")])
def test_wrong_usage_exits_with_2(arguments: tuple[str, ...], tree: Path) -> None:
    assert check(tree, *arguments).returncode == 2


@pytest.mark.packaging
def test_sbom_lists_what_the_environment_has(tmp_path: Path) -> None:
    file = tmp_path / "sbom.json"
    result = children.run([ROOT / "scripts/sbom", Path(sys.executable), file], cwd=ROOT, env=os.environ, limit=180)
    assert result.returncode == 0, result.stderr.decode()
    document = json.loads(file.read_bytes())
    components = {each["name"].lower(): each["version"] for each in document["components"]}

    assert document["bomFormat"] == "CycloneDX"
    assert {name: components[name] for name in ("connexion", "starlette")} == {
        name: version(name) for name in ("connexion", "starlette")
    }


@pytest.mark.process(quick=True)
@pytest.mark.parametrize("name", WORKFLOWS)
def test_jobs_have_least_permissions_and_an_end(name: str) -> None:
    workflow = WORKFLOWS[name]
    jobs = workflow["jobs"].values()

    assert set((workflow["permissions"] or {}).values()) <= {"read"}
    assert all("timeout-minutes" in job for job in jobs)


@pytest.mark.process(quick=True)
def test_release_calls_targets_and_scripts_that_exist() -> None:
    steps = [step for job in WORKFLOWS["release.yml"]["jobs"].values() for step in job["steps"]]
    words = " ".join(step.get("run", "") for step in steps).split()
    targets = {words[at + 1] for at, word in enumerate(words[:-1]) if word == "make"}
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert targets
    assert [target for target in targets if f"\n{target}:" not in makefile] == []
    assert [word for word in words if word.startswith("scripts/") and not os.access(ROOT / word, os.X_OK)] == []
