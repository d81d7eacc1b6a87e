"""A run as its operator sees it: the plan, an interruption, and no secret anywhere."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from tests.contracts.cli.processes import PATIENCE, Answer, Call, arguments_of, breaking, contracts, stub
from tests.e2e.mock_process import MockProcess, environment, until

from postfuze_mock.client import Mock

SECRETS = {
    "POSTFUZE_KEY": "sk_test_hush",
    "POSTFUZE_KEY_READ_ONLY": "sk_test_hush_readonly",
    "POSTFUZE_KEY_REVOKED": "sk_test_hush_revoked",
    "POSTFUZE_KEY_EXPIRED": "sk_test_hush_expired",
    "POSTFUZE_KEY_OTHER_ORGANIZATION": "sk_test_quiet",
    "POSTFUZE_CONTRACTS_SESSIONS_EXPIRED": "expired-session-to-hide",
}


#: The command with a check that fails by itself.
AT_FAULT = """
import sys
from dataclasses import replace
from postfuze_contracts.cli import main
from postfuze_contracts.checks import REGISTRY

def at_fault(target, judge):
    raise LookupError(target.options.keys.full.value)

for index, check in enumerate(REGISTRY):
    if check.name == "health.an_account_that_does_not_exist":
        REGISTRY[index] = replace(check, run=at_fault)
sys.exit(main())
"""


def _echoing(call: Call, answer: Answer) -> Answer:
    """Breaks what is not found, and repeats what was sent with it."""
    sent = f"{call.path} {call.headers.get('Authorization')}"
    return answer if answer[0] < 400 else (500, answer[1], json.dumps({"status": 500, "detail": sent}).encode())


def test_a_dry_run_sends_nothing_and_runs_no_command(tmp_path: Path) -> None:
    with stub() as target:
        env = {"POSTFUZE_KEY": "sk_test_secret", "POSTFUZE_CONTRACTS_SESSIONS_COMMAND": "touch ran; echo token"}
        ended = contracts("run", "--url", target.url, "--access", "full", "--dry-run", cwd=tmp_path, env=env)
    assert ended.returncode == 0
    assert target.calls == []
    assert not (tmp_path / "ran").exists()
    assert "nothing was sent" in ended.stdout
    assert "sk_test" not in ended.stdout


def test_the_plan_names_what_writes_and_what_is_missing(tmp_path: Path) -> None:
    passive = contracts("run", "--dry-run", "--only", "delete", cwd=tmp_path).stdout
    assert "writes: " in passive
    assert "blocked: writing is not allowed (access.full); run with --access full" in passive
    full = contracts("run", "--dry-run", "--only", "delete", "--access", "full", cwd=tmp_path).stdout
    assert "writing is not allowed" not in full
    assert "no key without scopes was given (keys.read_only)" in full


def test_no_secret_is_in_what_is_written(mock: MockProcess, url: str, tmp_path: Path) -> None:
    token = Mock(mock.url, SECRETS["POSTFUZE_KEY"]).create_session("facebook", 3)["session_token"]
    env = SECRETS | {"POSTFUZE_CONTRACTS_SESSIONS_FRESH": token}
    reports = [f"--report={name}={name}.out" for name in ("json", "junit", "markdown", "html", "sarif")]
    with breaking(url, _echoing) as target:
        asked = (
            "--url",
            target.url,
            "--access",
            "full",
            "--only",
            "connect.once,connect.unknown-session,delete.gone,isolation.delete",
            "--debug",
        )
        ended = contracts("run", *asked, *reports, cwd=tmp_path, env=env)
    written = [ended.stdout, ended.stderr, *(path.read_text() for path in tmp_path.glob("*.out"))]
    assert len(written) == 7
    assert ended.returncode == 1, ended.stderr
    for secret in (*SECRETS.values(), token):
        assert not any(secret in text for text in written)


def test_a_session_is_masked_in_what_is_said_of_a_call_without_an_answer(url: str, tmp_path: Path) -> None:
    def silent(call: Call, answer: Answer) -> Answer:
        if "/pending/" in call.path and "to-hide" in call.path:
            raise ConnectionError
        return answer

    env = {"POSTFUZE_KEY": "sk_test_silent", "POSTFUZE_CONTRACTS_SESSIONS_FRESH": "session-token-to-hide"}
    asked = ("--only", "connect.several-pages,health.unknown", "--require", "all")
    with breaking(url, silent) as target:
        ended = contracts("run", "--url", target.url, *asked, cwd=tmp_path, env=env)
    assert ended.returncode == 4, ended.stderr
    assert "the target gave no answer to GET /social-accounts/pending/‹session 1›" in ended.stderr
    assert "to-hide" not in ended.stdout + ended.stderr


@pytest.mark.parametrize("debug", [False, True])
def test_a_fault_in_a_check_shows_its_traceback_where_asked_and_no_key(debug: bool, url: str, tmp_path: Path) -> None:
    (tmp_path / "at_fault.py").write_text(AT_FAULT)
    command = [sys.executable, "at_fault.py", "run", "--url", url, "--only", "health.unknown"]
    env = environment(extra={"POSTFUZE_KEY": "sk_test_do-not-show"})
    asked = [*command, "--debug"] if debug else command
    ended = subprocess.run(asked, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert ended.returncode == 5
    assert "the harness failed in health.an_account_that_does_not_exist: LookupError" in ended.stderr
    assert ("Traceback" in ended.stderr) is debug
    assert "do-not-show" not in ended.stderr


def test_an_interrupted_run_reports_what_it_found_and_has_no_secret_in_its_arguments(url: str, tmp_path: Path) -> None:
    with (tmp_path / "out").open("wb") as out:
        process = subprocess.Popen(
            arguments_of("run", "--url", url, "--rate", "4", "--key-env", "MINE", "--report", "json=run.json"),
            cwd=tmp_path,
            env=environment(extra=SECRETS | {"MINE": "sk_test_interrupted"}),
            stdout=out,
            stderr=subprocess.PIPE,
        )
    with process:
        until(lambda: (tmp_path / "out").stat().st_size > 0, "the first line", PATIENCE)
        assert "sk_test" not in " ".join(psutil.Process(process.pid).cmdline())
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert b"Traceback" not in errors
    assert b"interrupted" in errors
    assert '"run.interrupted"' in (tmp_path / "run.json").read_text()


def test_an_interruption_of_a_target_that_is_silent_ends_at_once(tmp_path: Path) -> None:
    with stub(429, headers={"Retry-After": "60"}) as target:
        process = subprocess.Popen(
            arguments_of("run", "--url", target.url),
            cwd=tmp_path,
            env=environment(extra={"POSTFUZE_KEY": "k"}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        with process:
            assert target.arrived.wait(PATIENCE)
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert errors == b""


def test_a_session_command_that_fails_blocks_and_says_so_once(url: str, tmp_path: Path) -> None:
    env = {"POSTFUZE_KEY": "sk_test_no-sessions", "POSTFUZE_CONTRACTS_SESSIONS_COMMAND": "echo secret-token; exit 9"}
    asked = ("--only", "connect", "--access", "full")
    ended = contracts("run", "--url", url, *asked, cwd=tmp_path, env=env)
    assert ended.returncode == 0
    assert ended.stderr.count("[sessions] command gave no tokens: it ended with exit code 9") == 1
    assert "secret-token" not in ended.stdout + ended.stderr


@pytest.mark.parametrize("bound", [("--max-requests", "2"), ("--max-time", "0.001")])
def test_a_budget_that_is_spent_blocks_the_rest(bound: tuple[str, str], url: str, tmp_path: Path) -> None:
    ended = contracts("run", "--url", url, *bound, cwd=tmp_path, env={"POSTFUZE_KEY": "sk_test_budget"})
    assert ended.returncode in (0, 3)
    assert "Traceback" not in ended.stderr
