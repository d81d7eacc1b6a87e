"""`list` and `explain`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.contracts.cli.commands import contracts

from postfuze_mock import spec


@pytest.fixture(scope="module")
def entries(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The statements that `list --json` prints."""
    output = contracts("list", "--json", cwd=tmp_path_factory.mktemp("list")).stdout
    return {each["id"]: each for each in json.loads(output)["statements"]}


def test_list_has_every_statement_that_a_run_can_judge(entries: dict[str, dict[str, Any]]) -> None:
    assert list(entries) == [each.id for each in spec.statements() if each.observable]


def test_list_shows_the_needs_of_a_statement(entries: dict[str, dict[str, Any]]) -> None:
    needs = {need["id"] for need in entries["delete.needs-scope"]["needs"]}
    assert needs >= {"access.full", "keys.read_only"}
    assert entries["delete.needs-scope"]["access"] == "full"
    assert entries["health.unknown"]["access"] == "passive"


def test_list_says_how_to_provide_a_need(entries: dict[str, dict[str, Any]]) -> None:
    needs = {need["id"]: need["how"] for need in entries["connect.once"]["needs"]}
    assert set(needs) == {"access.full", "sessions.fresh"}
    assert "[sessions] fresh" in needs["sessions.fresh"]


def test_list_is_a_table_by_default(tmp_path: Path) -> None:
    lines = contracts("list", cwd=tmp_path).stdout.splitlines()
    assert lines[0].split() == ["STATEMENT", "CHECKS", "ACCESS", "NEEDS"]
    assert any(line.startswith("delete.needs-scope ") and "keys.read_only" in line for line in lines)


def test_explain_describes_a_statement_completely(tmp_path: Path) -> None:
    output = contracts("explain", "delete.needs-scope", cwd=tmp_path).stdout
    statement = next(each for each in spec.statements() if each.id == "delete.needs-scope")
    assert " ".join(statement.statement.split())[:60] in output
    assert "deleteSocialAccount" in output
    assert "(access full)" in output
    assert "It writes: " in output
    assert "keys.read_only: set POSTFUZE_KEY_READ_ONLY or [keys] read_only to a key that lacks accounts:write" in output


def test_explain_names_the_line_of_the_statement(tmp_path: Path) -> None:
    output = contracts("explain", "list.newest-first", cwd=tmp_path).stdout
    number = int(output.partition("openapi.yaml:")[2].split()[0])
    assert spec.load_bytes().decode().splitlines()[number - 1].strip() == "- id: list.newest-first"


def test_explain_says_what_no_run_can_judge(tmp_path: Path) -> None:
    result = contracts("explain", "events.connected", cwd=tmp_path)
    assert result.returncode == 0
    assert "HTTP alone cannot show it" in result.stdout


def test_help_has_examples_for_every_command(tmp_path: Path) -> None:
    for command in ((), ("run",), ("list",), ("explain",), ("replay",), ("diff",)):
        assert "examples:\n" in contracts(*command, "--help", cwd=tmp_path).stdout


def test_list_has_every_assumption(tmp_path: Path) -> None:
    document = json.loads(contracts("list", "--json", cwd=tmp_path).stdout)
    assert [each["id"] for each in document["assumptions"]] == [each.id for each in spec.assumptions()]
    assert "\nASSUMPTION " in contracts("list", cwd=tmp_path).stdout


@pytest.mark.parametrize("assumption", spec.assumptions(), ids=lambda assumption: assumption.id)
def test_explain_describes_an_assumption_completely(assumption: spec.Assumption, tmp_path: Path) -> None:
    output = " ".join(contracts("explain", assumption.id, cwd=tmp_path).stdout.split())
    assert " ".join(assumption.question.split()) in output
    assert f"{assumption.choice} (as the mock)" in output
    for choice in assumption.choices:
        assert f"{choice} " in output
        assert " ".join(assumption.descriptions[choice].split()) in output
    assert spec.load_bytes().decode().splitlines()[position(output) - 1].strip() == f"- id: {assumption.id}"


def position(output: str) -> int:
    return int(output.partition("openapi.yaml:")[2].split()[0])


def test_explain_corrects_an_unknown_id(tmp_path: Path) -> None:
    result = contracts("explain", "keys.mode", cwd=tmp_path)
    assert result.returncode == 2
    assert "there is no statement keys.mode, and no assumption; did you mean keys.modes?" in result.stderr
