"""`list` and `explain`: what is known of a statement without a run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.contracts.cli.commands import contracts
from tests.contracts.family.mock import Deployment

from postfuze_contracts.checks import REGISTRY
from postfuze_contracts.engine import catalogue
from postfuze_contracts.model.events import RunFinished
from postfuze_contracts.model.options import Access, Keys, Options, Secret
from postfuze_contracts.run import run
from postfuze_mock import spec


def test_list_has_every_statement_that_a_run_can_judge(tmp_path: Path) -> None:
    listed = json.loads(contracts("list", "--json", cwd=tmp_path).stdout)["statements"]
    assert [each["id"] for each in listed] == [each.id for each in spec.statements() if each.observable]


def test_list_tells_what_a_statement_needs(tmp_path: Path) -> None:
    listed = {each["id"]: each for each in json.loads(contracts("list", "--json", cwd=tmp_path).stdout)["statements"]}
    needed = [need["id"] for need in listed["delete.needs-scope"]["needs"]]
    assert {"access.full", "keys.read_only"} <= set(needed)
    assert listed["delete.needs-scope"]["access"] == "full"
    assert listed["health.unknown"]["access"] == "passive"


def test_list_names_no_need_that_never_blocks(tmp_path: Path) -> None:
    listed = {each["id"]: each for each in json.loads(contracts("list", "--json", cwd=tmp_path).stdout)["statements"]}
    needed = {need["id"]: need["how"] for need in listed["connect.once"]["needs"]}
    assert set(needed) == {"access.full", "sessions.fresh"}
    assert needed["sessions.fresh"].startswith("set [sessions] fresh to unused tokens")


@pytest.mark.parametrize("access", [Access.PASSIVE, Access.FULL])
@pytest.mark.parametrize("empty", [False, True], ids=["accounts", "no account"])
def test_what_blocks_in_a_run_was_told_before_it(access: Access, empty: bool, server: Deployment) -> None:
    key = f"sk_test_told-{access.name}-{empty}".lower()
    if empty:
        server.control_of(key.removeprefix("sk_test_")).reset(world="empty")
    *_, finished = run(Options(server.url, Keys(Secret(key)), access=access), REGISTRY)
    assert isinstance(finished, RunFinished)
    told = {each.statement.id: {need.id for need in each.needs} for each in catalogue.entries(REGISTRY)}
    for verdict in finished.verdicts:
        blocking = {"data.account" if need.id.startswith("data.account") else need.id for need in verdict.needs}
        assert blocking <= told[verdict.statement] | {"target.unexpected"}, verdict.statement


def test_list_is_a_table_for_people(tmp_path: Path) -> None:
    lines = contracts("list", cwd=tmp_path).stdout.splitlines()
    assert lines[0].split() == ["STATEMENT", "CHECKS", "ACCESS", "NEEDS"]
    assert any(line.startswith("delete.needs-scope ") and "keys.read_only" in line for line in lines)


def test_explain_tells_all_of_a_statement(tmp_path: Path) -> None:
    said = contracts("explain", "delete.needs-scope", cwd=tmp_path).stdout
    statement = next(each for each in spec.statements() if each.id == "delete.needs-scope")
    assert " ".join(statement.statement.split())[:60] in said
    assert "deleteSocialAccount" in said
    assert "(access full)" in said
    assert "It writes: " in said
    assert "keys.read_only: set [keys] read_only to a key that lacks accounts:write" in said


def test_explain_names_the_line_of_the_statement(tmp_path: Path) -> None:
    said = contracts("explain", "list.newest-first", cwd=tmp_path).stdout
    number = int(said.partition("openapi.yaml:")[2].split()[0])
    assert spec.load_bytes().decode().splitlines()[number - 1].strip() == "- id: list.newest-first"


def test_explain_says_what_no_run_can_judge(tmp_path: Path) -> None:
    ended = contracts("explain", "events.connected", cwd=tmp_path)
    assert ended.returncode == 0
    assert "HTTP alone cannot show it" in ended.stdout


def test_help_has_examples_for_every_command(tmp_path: Path) -> None:
    for command in ((), ("run",), ("list",), ("explain",), ("replay",), ("diff",)):
        assert "examples:\n" in contracts(*command, "--help", cwd=tmp_path).stdout
