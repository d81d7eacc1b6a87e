"""A test of `make test` names each statement and each alternative of an assumption; every id that a test names
exists."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from postfuze_mock import spec

TESTS = Path(__file__).parents[1]
LEFT_OUT = {f"pytest.mark.{name}" for name in ("slow", "browser", "process", "packaging")}


@cache
def marks(name: str) -> frozenset[tuple[str, ...]]:
    """The arguments of each `pytest.mark.<name>(…)` that decorates a test, one of its parameters or a whole file."""
    return frozenset(
        tuple(str(argument.value) for argument in call.args if isinstance(argument, ast.Constant))
        for file in sorted(TESTS.rglob("test_*.py"))
        for call in _calls_at_tests(ast.parse(file.read_text(encoding="utf-8")))
        if ast.unparse(call.func) == f"pytest.mark.{name}"
    )


def _calls_at_tests(tree: ast.Module) -> Iterator[ast.Call]:
    """All calls in the decorators of the file's tests, and in its `pytestmark`."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            if LEFT_OUT & {ast.unparse(each) for each in node.decorator_list}:
                continue
            for decorator in node.decorator_list:
                yield from (each for each in ast.walk(decorator) if isinstance(each, ast.Call))
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark":
            yield from (each for each in ast.walk(node) if isinstance(each, ast.Call))


def exercised() -> set[str]:
    return {id for ids in marks("statement") for id in ids}


def decided() -> set[tuple[str, ...]]:
    return set(marks("assumption"))


def test_each_statement_is_exercised() -> None:
    assert {statement.id for statement in spec.statements()} - exercised() == set()


def test_every_named_statement_exists() -> None:
    assert exercised() - {statement.id for statement in spec.statements()} == set()


def test_each_alternative_of_an_assumption_is_exercised() -> None:
    played = {each.id: [id for id in each.choices if id not in each.unplayed] for each in spec.assumptions()}
    assert {(id, way) for id, ways in played.items() if len(ways) > 1 for way in ways} - decided() == set()


def test_every_named_decision_exists() -> None:
    assert decided() - {(each.id, id) for each in spec.assumptions() for id in each.choices} == set()
