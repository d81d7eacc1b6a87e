"""What `serve --state postgresql://…` says where it cannot start."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict
from tests.support.postgres import execute
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


@pytest.mark.skipif(EXECUTABLE is not None, reason="an executable has no driver")
def test_with_a_role_that_may_not_make_tables(postgres_url: str, tmp_path: Path) -> None:
    parts = conninfo_to_dict(postgres_url)
    role = parts["dbname"]  # as unique as its name
    execute(postgres_url, f"CREATE ROLE {role} LOGIN PASSWORD 's3cr3t-word'")
    try:
        execute(postgres_url, f"CREATE SCHEMA postfuze_mock; GRANT USAGE ON SCHEMA postfuze_mock TO {role}")
        url = f"postgresql://{role}:s3cr3t-word@127.0.0.1:{parts['port']}/{role}"
        line = start(tmp_path, "--state", url)
    finally:
        execute(postgres_url, f"DROP OWNED BY {role}; DROP ROLE {role}")

    assert line.endswith("PostgreSQL's role lacks a privilege in the schema postfuze_mock")
