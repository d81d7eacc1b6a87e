"""The recipes of docs/container.md, against the image."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from tests.docs.pages import guide
from tests.e2e.container.engine import IMAGE, Engine
from tests.support import children
from tests.support.processes import ROOT, environment
from tests.support.times import until

PAGE: Final = guide("container")
#: The version for Node 20; later ones need Node 22.
TESTCONTAINERS_FOR_NODE: Final = "testcontainers@11.9.0"
TESTCONTAINERS_FOR_PYTHON: Final = "testcontainers==4.15.0"
USE: Final = """
from urllib.request import Request, urlopen

def test_accounts_are_listed(postfuze_url: str) -> None:
    request = Request(f"{postfuze_url}/api/v1/social-accounts", headers={"Authorization": "Bearer sk_test_python"})
    with urlopen(request) as response:
        assert response.status == 200
"""


@pytest.fixture(scope="module")
def docker(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """The environment of a shell in which podman serves the API of docker."""
    folder = tmp_path_factory.mktemp("docker")
    socket = folder / "docker.sock"
    with (folder / "log").open("wb") as log:
        service = children.start(
            [engine.podman, "system", "service", "--time=0", f"unix://{socket}"],
            cwd=folder,
            env=engine.environment,
            stdout=log,
            stderr=log,
        )
    until(socket.exists, "the socket of podman")
    # Testcontainers' own cleaner is an image from a registry.
    yield environment(extra={"DOCKER_HOST": f"unix://{socket}", "TESTCONTAINERS_RYUK_DISABLED": "true"})
    children.end(service)


def write(name: str, folder: Path) -> Path:
    """Write the recipe into `folder`, with the image that was built."""
    text, count = re.subn(r"ghcr\.io/OWNER/postfuze-mock:VERSION", IMAGE, PAGE.files[name].text)
    assert count == 1
    path = folder / Path(name).name
    path.write_text(text, encoding="utf-8")
    return path


def run(*command: str | Path, folder: Path, env: Mapping[str, str]) -> subprocess.CompletedProcess[bytes]:
    result = children.run(command, cwd=folder, env=env, limit=180)
    assert result.returncode == 0, (result.stdout + result.stderr).decode()
    return result


def test_python_recipe_is_typed_and_works(docker: Mapping[str, str], tmp_path: Path) -> None:
    run(sys.executable, "-m", "venv", "--system-site-packages", "venv", folder=tmp_path, env=os.environ)
    python = tmp_path / "venv/bin/python"
    site = f"import site; site.addsitedir({str(next(Path(sys.prefix).glob('lib/python*/site-packages')))!r})"
    next((tmp_path / "venv").glob("lib/python*/site-packages")).joinpath("outer.pth").write_text(site)
    run(python, "-m", "pip", "install", "--quiet", TESTCONTAINERS_FOR_PYTHON, folder=tmp_path, env=os.environ)
    recipe = write("tests/conftest.py", tmp_path)
    (tmp_path / "test_accounts.py").write_text(USE)

    run(python, "-m", "mypy", "--strict", recipe, folder=tmp_path, env=docker)
    passed = run(python, "-m", "pytest", "-p", "no:cacheprovider", "-q", folder=tmp_path, env=docker)
    assert b"1 passed" in passed.stdout


def test_node_recipe_works(docker: Mapping[str, str], tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text("{}")
    run(
        "npm",
        "install",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        TESTCONTAINERS_FOR_NODE,
        folder=tmp_path,
        env=os.environ,
    )
    recipe = write("tests/accounts.test.mjs", tmp_path)

    passed = run("node", "--test", "--test-reporter=tap", recipe, folder=tmp_path, env=docker)
    assert b"# pass 1" in passed.stdout


def test_compose_file_runs_what_the_image_is_made_for() -> None:
    document: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    service = document["services"]["postfuze"]

    assert (ROOT / service["build"]["context"] / service["build"]["dockerfile"]).is_file()
    assert service["environment"]["POSTFUZE_MOCK_STATE_FILE"].startswith(service["volumes"][0].partition(":")[2])
    assert service["read_only"] is True
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    assert {each.partition(":")[0] for each in service["volumes"]} == set(document["volumes"])
