"""The examples of the npm package run as their first lines say, and have the types of a strict project."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest
from tests.npm.conftest import SOURCE, TOOLS, install, run, tool, with_node

pytestmark = pytest.mark.packaging

EXAMPLES: Final = SOURCE / "examples"
RUNNERS: Final = ("vitest", "@playwright/test", "@types/node")


@pytest.fixture(scope="module")
def project(packages: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the examples, the package, and what runs them."""
    folder = tmp_path_factory.mktemp("project")
    install(packages, folder)
    for name in RUNNERS:
        link = folder / "node_modules" / name
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(TOOLS / name)
    for example in EXAMPLES.iterdir():
        (folder / example.name).write_bytes(example.read_bytes())
    return folder


@pytest.mark.parametrize("example", sorted(path.name for path in EXAMPLES.iterdir()))
def test_example_passes(example: str, project: Path) -> None:
    command = (EXAMPLES / example).read_text(encoding="utf-8").partition("\n")[0].removeprefix("// ").split()
    env = with_node() | {"CI": "true"}
    env["PATH"] = f"{TOOLS / '.bin'}:{env['PATH']}"

    run(*command, cwd=project, env=env)


def test_examples_have_strict_types(project: Path) -> None:
    options = {"strict": True, "module": "ESNext", "moduleResolution": "bundler", "target": "ES2022", "noEmit": True}
    options |= {"skipLibCheck": True, "types": ["node"], "exactOptionalPropertyTypes": True}
    (project / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "include": ["*.ts"]}))
    result = tool("tsc", cwd=project)

    assert result.returncode == 0, result.stdout.decode()
