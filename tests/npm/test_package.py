"""The npm package: what it contains, its types, and its own tests, all from the packed files."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
from pathlib import Path

import psutil
import pytest
from tests.npm.conftest import SOURCE, TOOLS, run, tool, with_node
from tests.support import children
from tests.support.processes import ROOT
from tests.support.times import until

from postfuze_mock import __version__

pytestmark = pytest.mark.packaging

START = "require('postfuze-mock').start().then((mock) => console.log(mock.url)); setInterval(() => {}, 1e6)"


def manifest(package: Path) -> dict[str, object]:
    with tarfile.open(package) as archive:
        file = archive.extractfile("package/package.json")
        assert file is not None
        content: dict[str, object] = json.load(file)
        return content


def test_generated_files_follow_from_the_specifications(tmp_path: Path) -> None:
    run(ROOT / "scripts" / "npm_package", "--generate", tmp_path, cwd=ROOT)

    current = {path.name: path.read_text(encoding="utf-8") for path in (SOURCE / "src" / "generated").iterdir()}
    fresh = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    assert current == fresh, "make npm ARGS=--generate writes these files"


def test_packages_have_the_version_of_the_project_and_nothing_to_install(packages: list[Path]) -> None:
    main, platform = (manifest(package) for package in packages)
    optional = main["optionalDependencies"]

    assert isinstance(optional, dict)
    assert {main["version"], platform["version"], *optional.values()} == {__version__}
    assert platform["name"] in optional
    assert not {"dependencies", "devDependencies", "scripts"} & (main.keys() | platform.keys())


def test_types_resolve_for_every_kind_of_project(packages: list[Path]) -> None:
    result = tool("attw", packages[0], "--no-emoji", cwd=packages[0].parent)

    assert result.returncode == 0, result.stdout.decode()


def test_own_tests_pass_where_the_package_is_installed(installed: Path) -> None:
    """They are compiled by the strictest settings of TypeScript, and types.mts has to be."""
    shutil.copytree(SOURCE / "test", installed, dirs_exist_ok=True)
    types = tool("tsc", "--typeRoots", TOOLS / "@types", cwd=installed)

    assert types.returncode == 0, types.stdout.decode()
    count = sum(path.read_text(encoding="utf-8").count('\ntest("') for path in (SOURCE / "test").iterdir())
    assert f"# pass {count}\n# fail 0\n" in run("node", "--test", "--test-reporter", "tap", cwd=installed)


@pytest.mark.parametrize(
    "command",
    [
        ["node", "-e", START],
        ["node", "node_modules/.bin/postfuze-mock", "serve", "--port", "0"],
    ],
    ids=["start", "command"],
)
def test_server_ends_with_a_killed_node(command: list[str], installed: Path) -> None:
    node = children.start(command, cwd=installed, env=with_node(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert node.stdout is not None
        assert node.stdout.readline().rstrip()
        (server,) = psutil.Process(node.pid).children(recursive=True)
        node.kill()
        until(lambda: not server.is_running(), "the end of the server")
    finally:
        children.end(node)
