"""`examples/integrator.py` against a fresh server."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from tests.contracts.cli.commands import contracts
from tests.e2e.conftest import Start
from tests.support import children
from tests.support.processes import ROOT, MockProcess, environment

WORLD: Final = "integrator"
MINT: Final = """
import sys
from postfuze_mock.client import Mock

for _ in range(24):
    print(Mock(sys.argv[1], sys.argv[2]).create_session("facebook", 3)["session_token"])
"""


def live(mock: MockProcess) -> subprocess.CompletedProcess[bytes]:
    """Run the script to its end."""
    return children.run([sys.executable, ROOT / "examples" / "integrator.py", mock.url], cwd=ROOT, env=environment())


def test_script_runs_twice_and_leaves_nothing_behind(start: Start) -> None:
    mock = start("--clock", "2026-06-14T12:10:00Z,frozen", "--validate-responses")
    before = mock.client(WORLD).get_state()
    outputs = {live(mock).stdout for _ in range(2)}

    assert len(outputs) == 1
    assert outputs.pop().startswith(b"Connected ")
    assert mock.client(WORLD).get_state() == before
    assert "Traceback" not in mock.stderr


def test_script_runs_on_real_time_too(start: Start) -> None:
    result = live(start())

    assert (result.returncode, result.stderr) == (0, b"")


@pytest.mark.slow
def test_contract_holds_before_between_and_after_two_runs(start: Start, tmp_path: Path) -> None:
    mock = start()
    for _ in range(2):
        judge(mock, tmp_path)
        assert live(mock).returncode == 0
    judge(mock, tmp_path)


def judge(mock: MockProcess, folder: Path) -> None:
    """Run the contract harness with full access on the script's world; every statement that it judges must pass."""
    (folder / "mint.py").write_text(MINT, encoding="utf-8")
    key = f"sk_test_{WORLD}"
    expired = mock.client(WORLD).create_session("facebook", 2, expires_in=0)
    env = {
        "POSTFUZE_KEY": key,
        "POSTFUZE_KEY_READ_ONLY": f"sk_live_{WORLD}_readonly",
        "POSTFUZE_KEY_REVOKED": f"{key}_revoked",
        "POSTFUZE_KEY_EXPIRED": f"{key}_expired",
        "POSTFUZE_KEY_OTHER_ORGANIZATION": "sk_test_other",
        "POSTFUZE_CONTRACTS_SESSIONS_COMMAND": f"{sys.executable} mint.py {mock.url} {key}",
        "POSTFUZE_CONTRACTS_SESSIONS_EXPIRED": expired["session_token"],
    }
    run = contracts("run", "--url", f"{mock.url}/api/v1", "--access", "full", "--profile", "quick", cwd=folder, env=env)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "PASS  81 of 88 · 7 not judged; " in run.stdout  # exhausting the rate limits was not allowed
