"""Checking a state file against the schema of a state in the control API's specification."""

from __future__ import annotations

from typing import Any

from postfuze_fixtures.schema_errors import Schema
from postfuze_mock.worlds.persistence.state_file import Check


def state_file_check(control: dict[str, Any]) -> Check:
    """A check that returns the first violation of a document; `control` is the control API's specification."""
    return lambda document: _first_violation(Schema(_file_schema(control)), document)


def _first_violation(schema: Schema, document: Any) -> str | None:
    violation = next(schema.violations(document), None)
    return None if violation is None else f"{violation.pointer} {violation.message}"


def _file_schema(control: dict[str, Any]) -> dict[str, Any]:
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
        "state": _resolved({"$ref": "#/components/schemas/State"}, control),
    }
    return _object(
        {"version": {"type": "integer"}, "worlds": {"type": "object", "additionalProperties": _object(world)}}
    )


def _object(members: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(members), "additionalProperties": False, "properties": members}


def _resolved(node: Any, document: dict[str, Any]) -> Any:
    """`node` with its references resolved."""
    if isinstance(node, list):
        return [_resolved(each, document) for each in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("$ref"), str):
        target: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        return _resolved(target, document)
    return {name: _resolved(each, document) for name, each in node.items()}
