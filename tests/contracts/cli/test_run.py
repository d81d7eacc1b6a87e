"""A run as its operator sees it: the plan, missing needs, and no secrets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.contracts.cli.commands import contracts
from tests.contracts.cli.targets import Request, Response, Stub, changed_mock, served, stub
from tests.contracts.family import wire
from tests.contracts.family.mock import Deployment

from postfuze_contracts.checks import REGISTRY
from postfuze_contracts.engine.judge import Judge
from postfuze_contracts.target.target import Target
from postfuze_mock.problems import CONTENT_TYPE, Problem

SECRETS = {
    "POSTFUZE_KEY": "sk_test_hush",
    "POSTFUZE_KEY_READ_ONLY": "sk_test_hush_readonly",
    "POSTFUZE_KEY_REVOKED": "sk_test_hush_revoked",
    "POSTFUZE_KEY_EXPIRED": "sk_test_hush_expired",
    "POSTFUZE_KEY_OTHER_ORGANIZATION": "sk_test_quiet",
    "POSTFUZE_CONTRACTS_SESSIONS_EXPIRED": "expired-session-to-hide",
}


def test_dry_run_sends_nothing_and_runs_no_command(tmp_path: Path) -> None:
    with stub() as target:
        env = {"POSTFUZE_KEY": "sk_test_secret", "POSTFUZE_CONTRACTS_SESSIONS_COMMAND": "touch ran; echo token"}
        result = contracts("run", "--url", target.url, "--access", "full", "--dry-run", cwd=tmp_path, env=env)
    assert result.returncode == 0
    assert target.requests == []
    assert not (tmp_path / "ran").exists()
    assert "nothing was sent" in result.stdout
    assert "sk_test" not in result.stdout


def test_plan_names_writes_and_missing_needs(tmp_path: Path) -> None:
    passive = contracts("run", "--dry-run", "--only", "delete", cwd=tmp_path).stdout
    assert "writes: " in passive
    assert "(access.full)" in passive
    full = contracts("run", "--dry-run", "--only", "delete", "--access", "full", cwd=tmp_path).stdout
    assert "(access.full)" not in full
    assert "(keys.read_only)" in full


def _echo(request: wire.Request, response: wire.Response) -> wire.Response:
    """Replace each refusal by a 500 that repeats the request."""
    text = f"{request.path} {request.headers.get('authorization')}"
    return response if response.status < 400 else wire.Response.of(500, {"status": 500, "detail": text})


def test_output_contains_no_secret(tmp_path: Path) -> None:
    reports = [f"--report={name}={name}.out" for name in ("json", "junit", "markdown", "html", "sarif")]
    only = "connect.once,connect.unknown-session,delete.gone,isolation.delete"
    with changed_mock("*", _echo) as target:
        control = target.control_of(SECRETS["POSTFUZE_KEY"].removeprefix("sk_test_"))
        token = control.create_session("facebook", 3)["session_token"]
        env = SECRETS | {"POSTFUZE_CONTRACTS_SESSIONS_FRESH": token}
        arguments = ("--url", target.url, "--access", "full", "--only", only, "--debug", *reports)
        result = contracts("run", *arguments, cwd=tmp_path, env=env)
    texts = [result.stdout, result.stderr, *(path.read_text() for path in tmp_path.glob("*.out"))]
    assert len(texts) == 7
    assert result.returncode == 1, result.stderr
    for secret in (*SECRETS.values(), token):
        assert not any(secret in text for text in texts)


def _hang_up_on_sessions(request: Request) -> Response | None:
    if "/pending/" in request.path:
        return None
    if request.path.startswith("/social-accounts?"):
        return Response(200, {"Content-Type": "application/json"}, b'{"data": [], "next_cursor": null}')
    return Response(404, {"Content-Type": CONTENT_TYPE}, json.dumps(Problem(404, None).document()).encode())


def test_session_is_masked_if_a_request_got_no_response(tmp_path: Path) -> None:
    env = {"POSTFUZE_KEY": "sk_test_silent", "POSTFUZE_CONTRACTS_SESSIONS_FRESH": "session-token-to-hide"}
    arguments = ("--only", "connect.several-pages,health.unknown", "--require", "all")
    with served(Stub(_hang_up_on_sessions)) as target:
        result = contracts("run", "--url", target.url, *arguments, cwd=tmp_path, env=env)
    assert result.returncode == 4, result.stderr
    assert "GET /social-accounts/pending/‹session 1›" in result.stderr
    assert "to-hide" not in result.stdout + result.stderr


@pytest.fixture
def faulty_check() -> Iterator[str]:
    """The name of a check, of health.unknown, that raises an exception with the key in its text."""

    def fail(target: Target, _: Judge) -> None:
        assert target.options.keys.full is not None
        raise LookupError(target.options.keys.full.value)

    checks = list(REGISTRY)
    check = next(check for check in checks if "health.unknown" in check.statements)
    REGISTRY[:] = [replace(each, run=fail) if each is check else each for each in checks]
    yield check.name
    REGISTRY[:] = checks


@pytest.mark.parametrize("debug", [False, True])
def test_failing_check_shows_its_traceback_only_on_request_and_no_key(
    debug: bool, faulty_check: str, url: str, tmp_path: Path
) -> None:
    arguments = ("--url", url, "--only", "health.unknown", *(["--debug"] if debug else []))
    result = contracts("run", *arguments, cwd=tmp_path, env={"POSTFUZE_KEY": "sk_test_do-not-show"})
    assert result.returncode == 5
    assert f"{faulty_check}: LookupError" in result.stderr
    assert ("Traceback" in result.stderr) is debug
    assert "do-not-show" not in result.stderr


def test_failing_session_command_blocks_and_is_reported_once(url: str, tmp_path: Path) -> None:
    env = {"POSTFUZE_KEY": "sk_test_no-sessions", "POSTFUZE_CONTRACTS_SESSIONS_COMMAND": "echo secret-token; exit 9"}
    result = contracts("run", "--url", url, "--only", "connect", "--access", "full", cwd=tmp_path, env=env)
    assert result.returncode == 0
    assert result.stderr.count("exit code 9") == 1
    assert "secret-token" not in result.stdout + result.stderr


@pytest.mark.parametrize("bound", [("--max-requests", "2"), ("--max-time", "0.001")])
def test_spent_budget_blocks_the_rest(bound: tuple[str, str], url: str, tmp_path: Path) -> None:
    result = contracts("run", "--url", url, *bound, cwd=tmp_path, env={"POSTFUZE_KEY": "sk_test_budget"})
    assert result.returncode == 6
    assert "the run's budget was spent" in result.stderr
    assert "\nINCOMPLETE  " in result.stdout


@pytest.mark.parametrize("bound", [("--max-requests", "60"), ("--max-time", "3")])
def test_run_without_budget_disconnects_what_it_connected(
    bound: tuple[str, str], server: Deployment, tmp_path: Path
) -> None:
    control = server.control_of(f"bound{bound[0]}")
    tokens = [control.create_session("facebook", 3)["session_token"] for _ in range(24)]
    key = f"sk_test_bound{bound[0]}"
    env = {"POSTFUZE_KEY": key, "POSTFUZE_CONTRACTS_SESSIONS_FRESH": ",".join(tokens)}
    before = [row["account"]["id"] for row in control.get_state()["accounts"]]
    arguments = ("--access", "full", "--only", "connect.once,connect.exactly-selected", "--rate", "25", *bound)
    result = contracts("run", "--url", server.url, *arguments, cwd=tmp_path, env=env)
    accounts = control.get_state()["accounts"]
    assert result.returncode == 6
    assert "changed  connected" in result.stdout
    assert [row["account"]["id"] for row in accounts if not row.get("deleted")] == before
    assert "still exists" not in result.stderr
