"""`x-statements`: unique ids, existing operations, correct pointers."""

import re
from collections import Counter
from typing import Any, cast

from postfuze_mock import spec

STATEMENTS = spec.statements()


def entry_at(pointer: str) -> dict[str, Any]:
    """The value in the document at a JSON pointer."""
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    node: Any = spec.load()
    for part in parts:
        node = node[int(part)] if isinstance(node, list) else node[part]
    return cast(dict[str, Any], node)


def test_ids_and_sentences_are_unique() -> None:
    ids = Counter(each.id for each in STATEMENTS)
    sentences = Counter((each.statement, each.operations) for each in STATEMENTS)
    assert [id for id, times in ids.items() if times > 1] == []
    assert [each for each, times in sentences.items() if times > 1] == []


def test_each_id_is_a_subject_and_a_slug() -> None:
    pattern = re.compile(r"[a-z]+(-[a-z]+)*\.[a-z0-9]+(-[a-z0-9]+)*")
    assert [each.id for each in STATEMENTS if not pattern.fullmatch(each.id)] == []
    assert [each.id for each in STATEMENTS if each.subject != each.id.split(".")[0]] == []


def test_each_statement_has_a_sentence_and_a_basis() -> None:
    pattern = re.compile(r"[A-Z`\"].*\.[\"]?")
    assert [each.statement for each in STATEMENTS if not pattern.fullmatch(each.statement)] == []
    assert {each.basis for each in STATEMENTS} == {"document", "around"}


def test_each_statement_binds_existing_operations() -> None:
    operations = set(spec.operations())
    assert [each.id for each in STATEMENTS if not each.operations or not set(each.operations) <= operations] == []
    assert [each.id for each in STATEMENTS if len(set(each.operations)) < len(each.operations)] == []


def test_each_statement_is_at_its_pointer() -> None:
    for statement in STATEMENTS:
        entry = entry_at(statement.pointer)
        assert (entry["id"], entry["statement"]) == (statement.id, statement.statement)


def test_statements_have_no_unused_member() -> None:
    members = {"id", "statement", "basis", "from", "observable", "operations"}
    entries = {each.id: entry_at(each.pointer) for each in STATEMENTS}
    assert [id for id, entry in entries.items() if not set(entry) <= members] == []
    assert [id for id, entry in entries.items() if entry.get("observable") is True] == [], "true is the default"


def test_statement_at_an_operation_binds_it() -> None:
    for operation in spec.operations().values():
        own = {entry["id"] for entry in operation.definition.get("x-statements", ())}
        assert own, operation.id
        assert own <= {each.id for each in STATEMENTS if operation.id in each.operations}, operation.id


def test_loader_finds_all() -> None:
    """Compared with the raw text of the file."""
    ids = re.findall(r"^ +- id: (\S+)\n +basis:", spec.load_bytes().decode(), re.MULTILINE)
    assert sorted(ids) == sorted(each.id for each in STATEMENTS)
