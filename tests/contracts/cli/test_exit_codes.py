"""The exit codes of runs against the mock."""

from __future__ import annotations

import argparse
import json
import socket
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from tests.contracts.cli.commands import contracts
from tests.contracts.cli.targets import changed_mock, stub
from tests.contracts.family.mock import Deployment
from tests.contracts.family.wire import Request, Response

from postfuze_contracts.cli import exit_codes

ONE = "health.unknown"  # a statement that is judged with any access, on any organization
WAIVER = '[[waivers]]\nstatement = "{}"\nreason = "a reason"\nowner = "an owner"\nexpires = {}\n'


def broken(times: int = 1000) -> AbstractContextManager[Deployment]:
    """The mock, whose first `times` responses break ONE."""
    rest = iter(range(times))

    def change(_: Request, response: Response) -> Response:
        return Response.of(500, {}) if next(rest, None) is not None else response

    return changed_mock("getSocialAccountHealth", change)


def code_of(url: str, key: str, folder: Path, *arguments: str) -> tuple[int, str]:
    result = contracts("run", "--url", url, *arguments, cwd=folder, env={"POSTFUZE_KEY": key})
    assert "Traceback" not in result.stderr
    return result.returncode, result.stderr


def test_exit_code_0_if_every_judged_statement_passes(url: str, tmp_path: Path) -> None:
    assert code_of(url, "sk_test_kept", tmp_path, "--only", ONE) == (0, "")


def test_exit_code_1_if_a_statement_fails(tmp_path: Path) -> None:
    with broken() as target:
        assert code_of(target.url, "sk_test_broken", tmp_path, "--only", ONE)[0] == 1


def test_failure_outweighs_a_blocked_required_statement(tmp_path: Path) -> None:
    arguments = ("--only", f"{ONE},delete.acknowledged", "--require", "all")
    with broken() as target:
        assert code_of(target.url, "sk_test_both", tmp_path, *arguments)[0] == 1


@pytest.mark.parametrize(("arguments", "code"), [((), 0), (("--strict",), 1)])
def test_flaky_failure_fails_only_a_strict_run(arguments: tuple[str, ...], code: int, tmp_path: Path) -> None:
    with broken(times=1) as target:
        assert code_of(target.url, "sk_test_flaky", tmp_path, "--only", ONE, *arguments)[0] == code


def test_exit_code_0_if_the_failure_is_waived(tmp_path: Path) -> None:
    (tmp_path / "contracts.toml").write_text(WAIVER.format(ONE, "2999-01-01"))
    with broken() as target:
        assert code_of(target.url, "sk_test_waived", tmp_path, "--only", ONE) == (0, "")


def test_exit_code_1_if_the_waiver_has_expired(url: str, tmp_path: Path) -> None:
    (tmp_path / "contracts.toml").write_text(WAIVER.format(ONE, "2020-01-01"))
    code, message = code_of(url, "sk_test_expired-waiver", tmp_path, "--only", ONE)
    assert code == 1
    assert f"the waiver of {ONE} (owner: an owner) expired on 2020-01-01; it passes now, so remove" in message


def test_unneeded_waiver_is_a_warning(url: str, tmp_path: Path) -> None:
    (tmp_path / "contracts.toml").write_text(WAIVER.format(ONE, "2999-01-01"))
    code, message = code_of(url, "sk_test_no-waiver", tmp_path, "--only", ONE)
    assert code == 0
    assert f"warning: {ONE} passes; its waiver (owner: an owner) is no longer needed" in message


def test_exit_code_3_if_nothing_listens(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    code, message = code_of(f"http://127.0.0.1:{port}", "k", tmp_path)
    assert code == 3
    assert f"http://127.0.0.1:{port} cannot be reached: [Errno 111] Connection refused" in message


def test_exit_code_3_and_a_report_if_the_key_is_refused(url: str, tmp_path: Path) -> None:
    code, message = code_of(url, "sk_test_kept_revoked", tmp_path, "--report", "json=run.json")
    assert code == 3
    assert "refuses the API key: 401" in message
    report = json.loads((tmp_path / "run.json").read_text())
    assert "refuses the API key" in report["run"]["fault"]
    assert {each["outcome"] for each in report["statements"]} == {"blocked"}


def test_exit_code_3_if_the_target_is_another_service(tmp_path: Path) -> None:
    with stub(308, headers={"Location": "https://elsewhere.example.com"}) as target:
        code, message = code_of(target.url, "k", tmp_path)
    assert code == 3
    assert "redirects (308)" in message
    assert len(target.requests) == 1


def test_exit_code_3_if_nothing_could_be_judged(url: str, tmp_path: Path) -> None:
    code, message = code_of(url, "sk_test_nothing", tmp_path, "--only", "delete.acknowledged")
    assert code == 3
    assert "nothing could be judged" in message


def test_exit_code_4_if_a_required_statement_is_blocked(url: str, tmp_path: Path) -> None:
    arguments = ("--only", f"{ONE},delete.acknowledged", "--require", "delete.acknowledged")
    code, message = code_of(url, "sk_test_required", tmp_path, *arguments)
    assert code == 4
    assert "delete.acknowledged is required, and was not judged: writing is not allowed" in message


def test_exit_code_5_and_one_line_if_the_harness_fails(capsys: pytest.CaptureFixture[str]) -> None:
    def at_fault(_: argparse.Namespace) -> int:
        raise LookupError("sk_live_do-not-show")

    assert exit_codes.guarded(argparse.Namespace(run=at_fault, debug=False)) == 5
    message = capsys.readouterr().err
    assert message.count("\n") == 1
    assert "fault of the harness, not of the target: LookupError" in message
    assert "--debug" in message


def test_harness_failure_shows_its_traceback_on_request_and_no_key(capsys: pytest.CaptureFixture[str]) -> None:
    def at_fault(_: argparse.Namespace) -> int:
        raise LookupError("sk_live_do-not-show")

    assert exit_codes.guarded(argparse.Namespace(run=at_fault, debug=True)) == 5
    message = capsys.readouterr().err
    assert "Traceback" in message
    assert "do-not-show" not in message
