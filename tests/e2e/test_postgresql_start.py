"""What `serve --state postgresql://…` says where it cannot start."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.support.processes import EXECUTABLE, command, environment

pytestmark = pytest.mark.process(quick=True)

URL = "postgresql://postfuze:s3cr3t-word@127.0.0.1:1/postfuze"


def start(tmp_path: Path, *arguments: str, **env: str) -> str:
    """The only line of a start that is refused."""
    result = command("serve", "--port", "0", *arguments, cwd=tmp_path, env=env)

    assert (result.returncode, result.stdout) == (2, b"")
    (line,) = result.stderr.decode().splitlines()
    assert "s3cr3t-word" not in line
    return line


@pytest.mark.skipif(EXECUTABLE is not None, reason="an executable has no driver")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_without_a_server(workers: str, tmp_path: Path) -> None:
    line = start(tmp_path, "--state", URL, "--workers", workers)

    assert line.startswith("postfuze-mock: --state cannot be used: ")
    assert "Connection refused" in line


def test_without_the_driver(tmp_path: Path) -> None:
    (tmp_path / "psycopg_pool.py").write_text("raise ImportError('there is none')\n")
    paths = os.pathsep.join([str(tmp_path), environment()["PYTHONPATH"]])
    line = start(tmp_path, POSTFUZE_MOCK_STATE=URL, PYTHONPATH=paths)

    assert line.endswith("PostgreSQL needs a driver: pip install 'postfuze-mock[postgresql]'")
