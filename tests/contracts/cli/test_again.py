"""A run that failed ends with the command that tries it again."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contracts.cli.commands import contracts
from tests.contracts.cli.targets import changed_mock
from tests.contracts.family.wire import Request, Response

ENV = {"POSTFUZE_KEY": "sk_test_again", "OTHER": "sk_test_again"}


@pytest.fixture(scope="module")
def broken() -> Iterator[str]:
    """The URL of a mock that breaks get.unknown with a 500."""

    def change(_: Request, response: Response) -> Response:
        return Response.of(500, {}) if response.status == 404 else response

    with changed_mock("getSocialAccount", change) as target:
        yield target.url


@pytest.mark.parametrize(
    ("reports", "command"),
    [
        (("--report", "json=my report.json"), "replay 'my report.json'"),
        (("--report", "junit=run.xml"), "run --only get.unknown"),
        ((), "run --only get.unknown"),
    ],
)
def test_last_line_is_a_command_that_fails_again(
    reports: tuple[str, ...], command: str, broken: str, tmp_path: Path
) -> None:
    flags = ("--url", broken, "--key-env", "OTHER", "--seed", "2")
    result = contracts("run", "--only", "get.unknown", *flags, *reports, cwd=tmp_path, env=ENV)
    *_, last = result.stdout.splitlines()
    assert last == f"again    postfuze-contracts {command} {shlex.join(flags)}"
    again = contracts(*shlex.split(last)[2:], cwd=tmp_path, env=ENV)
    assert again.returncode == result.returncode == 1, again.stderr
    assert "get.unknown" in again.stdout


def test_reports_are_written_when_they_are_named(broken: str, tmp_path: Path) -> None:
    reports = [f"--report={format}=out/{format}" for format in ("json", "html", "junit")]
    result = contracts("run", "--only", "get.unknown", "--url", broken, *reports, cwd=tmp_path, env=ENV)
    written = [line.split()[1] for line in result.stdout.splitlines() if line.startswith("written")]
    assert written == ["out/json", "out/html", "out/junit"]
    assert all((tmp_path / path).stat().st_size for path in written)
