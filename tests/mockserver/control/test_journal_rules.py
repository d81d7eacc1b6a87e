"""The control API: the rules that refuse a request, as the journal names them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import yaml

import postfuze_mock
from postfuze_mock import spec
from postfuze_mock.control import spec as control_spec
from postfuze_mock.http.validation.assumptions import CLAUSES

SOURCES = sorted(Path(postfuze_mock.__file__).parent.rglob("*.py"))
OWN = {each["id"]: each["rule"] for each in yaml.safe_load(control_spec.FILE.read_bytes())["x-rules"]}
KNOWN = {*OWN, *(each.id for each in spec.statements()), *(each.id for each in spec.assumptions())}
#: Rules that are composed at run time, by prefix: the state of a key, the exhausted bucket.
COMPOSED = {"auth.": ["revoked", "expired"], "limits.": [each["id"] for each in spec.load()["x-rate-limits"]]}
#: Modules whose problems belong to no request: the response to invalid HTTP.
NO_REQUEST = {"bounds.py", "uvicorn_protocol.py"}


def calls(name: str) -> Iterator[tuple[Path, ast.Call]]:
    """All calls of the function `name` in the package."""
    for file in SOURCES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == name:
                yield file, node


def rules_in_code() -> set[str]:
    """Every text passed as a `rule`, directly or by tables and functions."""
    texts = {each.rule for each in CLAUSES.values()} | {"errors.validation"}
    for file in SOURCES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.keyword(arg="rule" | "unknown" | "deleted", value=value):
                    texts |= constants(value)
                case ast.Assign(targets=[ast.Tuple(elts=[*_, ast.Name(id="rule")])], value=ast.Tuple(elts=[*_, value])):
                    texts |= constants(value)
                case ast.FunctionDef(name="refusal" | "rule"):
                    texts |= {text for each in ast.walk(node) if isinstance(each, ast.Return) for text in values(each)}
                case ast.FunctionDef(args=ast.arguments(kwonlyargs=names, kw_defaults=defaults)):
                    pairs = zip(names, defaults, strict=True)
                    texts |= {
                        t for n, d in pairs if d and n.arg in ("rule", "unknown", "deleted") for t in constants(d)
                    }
    return {text for text in texts if text}


def values(node: ast.Return) -> set[str]:
    return constants(node.value) if isinstance(node.value, ast.Constant | ast.IfExp) else set()


def constants(node: ast.expr) -> set[str]:
    """The texts that an expression may have; none if it is composed."""
    if isinstance(node, ast.IfExp):
        return constants(node.body) | constants(node.orelse)
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


def test_every_raised_problem_has_a_rule() -> None:
    without = [
        f"{file.name}:{call.lineno}"
        for file, call in calls("Problem")
        if file.name not in NO_REQUEST and not any(keyword.arg == "rule" for keyword in call.keywords)
    ]

    assert without == []


def test_every_rule_is_a_statement_an_assumption_or_a_mock_rule() -> None:
    rules = rules_in_code()

    assert len(rules) > 25
    assert rules - KNOWN == set()


def test_every_composed_rule_is_known() -> None:
    for file, call in calls("Problem"):
        for keyword in call.keywords:
            if keyword.arg == "rule" and isinstance(keyword.value, ast.JoinedStr):
                assert str(ast.literal_eval(keyword.value.values[0])) in COMPOSED, file
    assert {f"{first}{rest}" for first, parts in COMPOSED.items() for rest in parts} <= KNOWN


def test_every_mock_rule_is_used() -> None:
    assert set(OWN) - rules_in_code() == set()


def test_no_mock_rule_has_the_name_of_a_statement_or_assumption() -> None:
    assert len(KNOWN) == len(OWN) + len(spec.statements()) + len(spec.assumptions())
