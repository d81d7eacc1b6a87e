"""`postfuze-mock exec --coverage`: what the command met of what the mock can show it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.e2e.exec.conftest import Exec, python

SOME_CALLS = "call('/social-accounts')\ncall('/social-accounts', 'sk_test_other')\nsys.exit(%d)"


@pytest.mark.process(quick=True)
def test_reports_are_written_as_asked(execute: Exec, tmp_path: Path) -> None:
    flags = ["--coverage", "text", "--coverage", "json=c.json", "--coverage", "html=c.html", "--coverage", "text=c.txt"]
    result = execute(*flags, command=python(SOME_CALLS % 0))
    document = json.loads((tmp_path / "c.json").read_bytes())

    assert (result.returncode, result.stdout) == (0, "")
    assert document["calls"] == 2
    assert 0 < document["percent"] < 100
    assert f"Coverage: {document['percent']:g} %" in result.stderr
    assert (tmp_path / "c.txt").read_text(encoding="utf-8") == result.stderr
    assert "\x1b" not in result.stderr
    assert (tmp_path / "c.html").read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("minimum", "code", "result", "says"),
    [("0.1", 0, 0, False), ("99.5", 0, 1, True), ("99.5", 7, 7, True), ("0", 7, 7, False)],
)
def test_too_little_fails_a_command_that_passed(
    execute: Exec, minimum: str, code: int, result: int, says: bool
) -> None:
    done = execute("--coverage-fail-under", minimum, command=python(SOME_CALLS % code))

    assert done.returncode == result
    assert (f"less than the {minimum} % that are required" in done.stderr) is says


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--coverage", "xml=c.xml"], "must be text, text=PATH, json=PATH or html=PATH; it is 'xml=c.xml'"),
        (["--coverage", "json"], "must be text, text=PATH, json=PATH or html=PATH; it is 'json'"),
        (["--coverage", "html=none/c.html"], "--coverage html=none/c.html cannot be written: there is no such folder"),
        (["--coverage-fail-under", "101"], "must be a number of percent from 0 to 100"),
        (["--coverage-fail-under", "nan"], "must be a number of percent from 0 to 100"),
        (["--coverage", "text", "--each-assumption"], "--each-assumption has no --coverage"),
    ],
)
def test_report_that_cannot_be_written_is_wrong_usage(execute: Exec, flags: list[str], says: str) -> None:
    result = execute(*flags, command=["echo", "started"])

    assert (result.returncode, result.stdout) == (2, "")
    assert says in result.stderr.splitlines()[-1]


def test_coverage_that_cannot_be_read_is_a_failure(execute: Exec) -> None:
    result = execute("--coverage", "text", "--no-control", command=["true"])

    assert result.returncode == 1
    assert "postfuze-mock: the coverage cannot be read: The control API is switched off" in result.stderr
