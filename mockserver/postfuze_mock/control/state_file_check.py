"""What is wrong with a state file, by what the levers' specification says of a state."""

from __future__ import annotations

from typing import Any

from postfuze_fixtures.schema_errors import Schema
from postfuze_mock.problems import pointer
from postfuze_mock.worlds.persistence.state_file import Check


def state_file_check(levers: dict[str, Any]) -> Check:
    """Says the first thing that is wrong with a document, and where; `levers` is the levers' specification."""
    return lambda document: _first_problem(Schema(_file_schema(levers)), document)


def _first_problem(schema: Schema, document: Any) -> str | None:
    issue = next(schema.violations(document), None)
    return None if issue is None else f"{pointer(issue.path)} {issue.message}"


def _file_schema(levers: dict[str, Any]) -> dict[str, Any]:
    timestamp = {"type": "string", "format": "date-time"}
    origin = {
        "seed": {"type": "integer"},
        "source": {"type": "string"},
        "world": {"type": "object"},
        "assume": {"type": "object", "additionalProperties": {"type": "string"}},
        "clock": {"type": "string", "nullable": True},
        "begun": timestamp,
    }
    world = {
        "origin": _object(origin),
        "ahead": {"type": "integer", "nullable": True},
        "state": _followed({"$ref": "#/components/schemas/State"}, levers),
    }
    return _object(
        {"version": {"type": "integer"}, "worlds": {"type": "object", "additionalProperties": _object(world)}}
    )


def _object(members: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(members), "additionalProperties": False, "properties": members}


def _followed(node: Any, document: dict[str, Any]) -> Any:
    """`node` with what it refers to in place."""
    if isinstance(node, list):
        return [_followed(each, document) for each in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("$ref"), str):
        target: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        return _followed(target, document)
    return {name: _followed(each, document) for name, each in node.items()}
