"""Checks a state file against the control API's schema of a state."""

from __future__ import annotations

from typing import Any

from postfuze_fixtures.schema_errors import Schema
from postfuze_mock.setting_values import MAX_SEED
from postfuze_mock.worlds.persistence.state_file import Check


def state_file_check(control_document: dict[str, Any]) -> Check:
    """A function that returns a state file's document with its numbers cast. It raises ValueError for the first
    violation.

    `control_document` is the control API's specification.
    """
    return lambda document: _checked(Schema(_schema(control_document)), document)


def _checked(schema: Schema, document: Any) -> Any:
    for violation in schema.violations(document):
        raise ValueError(f"{violation.pointer} {violation.message}")
    return schema.cast(document)


def _schema(control_document: dict[str, Any]) -> dict[str, Any]:
    origin = {
        "seed": {"type": "integer", "minimum": -MAX_SEED, "maximum": MAX_SEED},
        "source": {"type": "string"},
        "world": {"type": "object"},
        "assume": {"type": "object", "additionalProperties": {"type": "string"}},
        "clock": {"type": "string", "nullable": True},
        "begun": {"type": "string", "format": "date-time"},
    }
    world = {
        "origin": _object(origin),
        "ahead": {"type": "integer", "nullable": True},
        "state": {"$ref": "#/components/schemas/State"},
    }
    entry = _object(world)
    entry["properties"] |= {"first": _object(origin), "unchanged": {"type": "boolean"}}
    name = {"pattern": "^[A-Za-z0-9_-]{1,64}(:test)?$", "x-must-be": "the name of a world"}
    worlds = {"type": "object", "propertyNames": name, "additionalProperties": entry}
    file = _object({"version": {"type": "integer"}, "worlds": worlds})
    return {**file, "components": control_document["components"]}


def _object(members: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(members), "additionalProperties": False, "properties": members}
