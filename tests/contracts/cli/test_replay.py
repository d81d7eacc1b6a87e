"""`replay` repeats the failures of an earlier run."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from tests.contracts.cli.commands import contracts
from tests.contracts.cli.targets import changed_mock, stub
from tests.contracts.family.mock import Deployment, Mock
from tests.contracts.family.wire import Request, Response

from postfuze_contracts.engine.judge import Judge
from postfuze_contracts.engine.registry import Check
from postfuze_contracts.model.options import Access, Keys, Options, Secret
from postfuze_contracts.replay import rerun
from postfuze_contracts.target.client import Client
from postfuze_contracts.target.target import Target

ONE = ("--only", "get.unknown")


def broken() -> AbstractContextManager[Deployment]:
    """The mock, breaking get.unknown with a 500."""

    def change(_: Request, response: Response) -> Response:
        return Response.of(500, {}) if response.status == 404 else response

    return changed_mock("getSocialAccount", change)


def test_replay_reports_what_still_fails_and_what_passes_now(url: str, tmp_path: Path) -> None:
    env = {"POSTFUZE_KEY": "sk_test_replay", "POSTFUZE_URL": url}
    with broken() as target:
        at = ("--url", target.url)
        assert contracts("run", *ONE, *at, "--report", "json=run.json", cwd=tmp_path, env=env).returncode == 1
        again = contracts("replay", "run.json", *at, cwd=tmp_path, env=env)
    assert again.returncode == 1, again.stderr
    assert "get.unknown: still fails" in again.stdout
    assert "then 500, now 500" in again.stdout

    mresult = contracts("replay", "run.json", cwd=tmp_path, env=env)
    assert mresult.returncode == 0, mresult.stderr
    assert "get.unknown: passes now" in mresult.stdout


def test_replay_needs_only_the_report_and_the_key(tmp_path: Path) -> None:
    env = {"POSTFUZE_KEY": "sk_test_replay-alone"}
    with broken() as target:
        contracts("run", *ONE, "--url", target.url, "--report", "json=run.json", cwd=tmp_path, env=env)
        again = contracts("replay", "run.json", cwd=tmp_path, env=env)
    assert again.returncode == 1, again.stderr
    assert again.stdout.startswith(f"Target {target.url}\n")
    assert "get.unknown: still fails" in again.stdout


@pytest.mark.parametrize("change", [{}, {"seal": None}, {"seal": "00:00"}, {"seal": "x"}, {"seal": 1}])
def test_replay_sends_no_key_to_a_target_that_someone_else_wrote_into_the_report(
    change: dict[str, Any], tmp_path: Path
) -> None:
    env = {"POSTFUZE_KEY": "sk_test_replay-forged"}
    with broken() as target:
        contracts("run", *ONE, "--url", target.url, "--report", "json=run.json", cwd=tmp_path, env=env)
    report = json.loads((tmp_path / "run.json").read_text())
    with stub() as foreign:
        report["target"] |= {"url": foreign.url, **change}
        (tmp_path / "run.json").write_text(json.dumps(report))
        result = contracts("replay", "run.json", cwd=tmp_path, env=env)
    assert result.returncode == 2
    assert result.stderr.endswith(f"if you trust that target: postfuze-contracts replay run.json --url {foreign.url}\n")
    assert foreign.requests == []


def test_replay_with_another_key_wants_to_be_told_the_target(tmp_path: Path) -> None:
    with broken() as target:
        env = {"POSTFUZE_KEY": "sk_test_replay-mine"}
        contracts("run", *ONE, "--url", target.url, "--report", "json=run.json", cwd=tmp_path, env=env)
        result = contracts("replay", "run.json", cwd=tmp_path, env={"POSTFUZE_KEY": "sk_test_replay-other"})
    assert result.returncode == 2
    assert "so the key is not sent to its target" in result.stderr


def test_replay_sends_only_reads_that_openapi_yaml_describes(tmp_path: Path) -> None:
    env = {"POSTFUZE_KEY": "sk_test_replay-odd"}
    with broken() as target:
        contracts("run", *ONE, "--url", target.url, "--report", "json=run.json", cwd=tmp_path, env=env)
    report = json.loads((tmp_path / "run.json").read_text())
    failures = next(each["failures"] for each in report["statements"] if each["failures"])
    odd = {"path": "/social-accounts/x", "method": "DELETE"}, {"path": "//127.0.0.1:1/x"}, {"path": "/_mock/reset"}
    for failure, change in zip(failures * 3, odd, strict=False):
        failure["exchanges"][-1]["request"] |= change
    (tmp_path / "run.json").write_text(json.dumps(report))
    with stub(200, b'{"data": [], "next_cursor": null}') as empty:
        contracts("replay", "run.json", "--url", empty.url, cwd=tmp_path, env=env)
    assert not [request for request in empty.requests if not request.startswith("GET /social-accounts")]


def test_replay_masks_people() -> None:
    def look(target: Target, judge: Judge) -> None:
        page = target.call("listSocialAccounts")
        judge.expect("list.envelope", False, "nobody", page, got=page.member("data")[0]["username"])

    naming = Check("a.names", "a", frozenset({"list.envelope"}), look, Access.PASSIVE, None, "")
    with stub(200, b'{"data": [{"id": "a", "username": "name-to-hide"}], "next_cursor": null}') as target:
        options = Options(target.url, Keys(Secret("key")))
        finished = rerun(options, [naming], Client(options))
    got = [failure.got for verdict in finished.verdicts for failure in verdict.failures]
    assert got == ["‹username 1›"]


def test_report_without_a_failure_has_nothing_to_replay(url: str, tmp_path: Path) -> None:
    env = {"POSTFUZE_KEY": "sk_test_replay-none", "POSTFUZE_URL": url}
    contracts("run", *ONE, "--report", "json=run.json", cwd=tmp_path, env=env)
    result = contracts("replay", "run.json", cwd=tmp_path, env=env)
    assert (result.returncode, result.stdout) == (0, "The report has no failures.\n")


def test_replay_that_is_cut_off_says_so(tmp_path: Path) -> None:
    env = {"POSTFUZE_KEY": "sk_test_replay-cut"}
    with broken() as target:
        contracts("run", *ONE, "--url", target.url, "--report", "json=run.json", cwd=tmp_path, env=env)
    with Mock().served() as mended:
        arguments = ("replay", "run.json", "--url", mended.url, "--max-requests", "4")
        result = contracts(*arguments, cwd=tmp_path, env=env)
    assert result.returncode == 6
    assert "Incomplete: the run's budget was spent: 4 requests" in result.stdout
