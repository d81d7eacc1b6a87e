"""`x-statements`: each has an id of its own, binds operations that exist, and stands where it says."""

import re
from collections import Counter
from typing import Any, cast

import pytest

from postfuze_mock import spec
from postfuze_mock.spec import Statement

STATEMENTS = spec.statements()
each_statement = pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: statement.id)


def entry_at(pointer: str) -> dict[str, Any]:
    """What stands in the document at a JSON pointer."""
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    node: Any = spec.load()
    for part in parts:
        node = node[int(part)] if isinstance(node, list) else node[part]
    return cast(dict[str, Any], node)


def test_no_two_have_the_same_id_or_say_the_same_of_the_same() -> None:
    ids = Counter(statement.id for statement in STATEMENTS)
    said = Counter((statement.statement, statement.operations) for statement in STATEMENTS)
    assert [id for id, times in ids.items() if times > 1] == []
    assert [each for each, times in said.items() if times > 1] == []


@each_statement
def test_its_id_is_a_subject_and_a_slug(statement: Statement) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*\.[a-z0-9]+(-[a-z0-9]+)*", statement.id)
    assert statement.subject == statement.id.split(".")[0]


@each_statement
def test_it_is_a_sentence_with_a_basis(statement: Statement) -> None:
    assert re.fullmatch(r"[A-Z`\"].*\.[\"]?", statement.statement), statement.statement
    assert statement.basis in ("document", "around")


@each_statement
def test_it_binds_operations_that_exist(statement: Statement) -> None:
    assert statement.operations
    assert set(statement.operations) <= set(spec.operations())
    assert len(set(statement.operations)) == len(statement.operations)


@each_statement
def test_it_stands_where_it_says(statement: Statement) -> None:
    entry = entry_at(statement.pointer)
    assert (entry["id"], entry["statement"]) == (statement.id, statement.statement)


@each_statement
def test_it_has_no_member_that_nobody_reads(statement: Statement) -> None:
    entry = entry_at(statement.pointer)
    assert set(entry) <= {"id", "statement", "basis", "observable", "operations"}
    assert entry.get("observable") is not True, "is the default"


@pytest.mark.parametrize("operation", spec.operations().values(), ids=lambda operation: operation.id)
def test_what_stands_at_an_operation_binds_it(operation: spec.Operation) -> None:
    own = {entry["id"] for entry in operation.definition.get("x-statements", ())}
    assert own
    assert own <= {statement.id for statement in STATEMENTS if operation.id in statement.operations}


def test_the_loader_misses_none() -> None:
    """Told by the bare text, which no loader has a part in."""
    listed = re.findall(r"^ +- id: (\S+)\n +basis:", spec.load_bytes().decode(), re.MULTILINE)
    assert sorted(listed) == sorted(statement.id for statement in STATEMENTS)
